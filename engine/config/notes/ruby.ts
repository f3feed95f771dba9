/** Notes about Ruby; see option-notes.ts for their form. */
export const rubyNotes = `
rack
  Names config.ru. A request reaches Ruby only with modifier 7: set 'http-socket-modifier1 = 7' or 'http-modifier1 =
  7', or let nginx send uwsgi_modifier1 7; otherwise the log says 'unavailable modifier requested: 0'. Gems come from
  the bundle of the folder of 'chdir'; start with Bundler's environment or set 'gemset'.
rb-require
  For code that the application does not load itself. It is loaded once before the fork, or in each worker with
  'lazy-apps'; 'shared-rb-require' is loaded before the fork in any case.
rbthreads
  Needed beside 'threads' for Ruby, whose interpreter must know of each thread that runs Ruby code. The application
  and its gems must bear threads.
ruby-gc-freq
  Collects garbage after so many requests in place of Ruby's own choice. Recent Rubies do better alone; measure before
  and after.
`;
