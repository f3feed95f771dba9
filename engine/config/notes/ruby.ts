/** Notes about Ruby; see option-notes.ts for their form. */
export const rubyNotes = `
rack
  Names config.ru. On uWSGI a request reaches Ruby only with modifier 7: set 'http-socket-modifier1 = 7' or
  'http-modifier1 = 7', or let nginx send uwsgi_modifier1 7; otherwise the log says 'unavailable modifier requested: 0'.
  The bundled engine takes requests without it as well. Gems come from the bundle that BUNDLE_GEMFILE or a Gemfile beside
  config.ru names. RUBYOPT=--yjit (Ruby 3.1 and newer) makes most applications faster.
rb-require
  For code that the application does not load itself. It is loaded once before the fork, or in each worker with
  'lazy-apps'. 'shared-rb-require' comes before it, on uWSGI before the fork in any case.
rbthreads
  Needed beside 'threads' for Ruby on uWSGI, whose interpreter must know of each thread that runs Ruby code. The
  application and its gems must bear threads.
ruby-gc-freq
  Collects garbage after so many requests beside Ruby's own choice. uWSGI collects after each request unless it is told a
  number; the bundled engine leaves it to Ruby. Measure before and after.
`;
