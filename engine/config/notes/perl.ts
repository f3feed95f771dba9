/** Notes about Perl; see option-notes.ts for their form. */
export const perlNotes = `
psgi
  Names the .psgi file. On uWSGI a request reaches Perl only with modifier 5 ('http-socket-modifier1 = 5',
  'http-modifier1 = 5', or uwsgi_modifier1 5 in nginx); the engine needs none. It is loaded once with the 'perl' on the
  PATH, by Plack where that is installed, and workers are forked from it. Modules of a local::lib need 'perl-local-lib'
  or PERL5LIB. PLACK_ENV is 'uwsgi' unless it is set.
perl-exec
  Runs a file before the application is loaded and before the fork, to load large modules once. Connections belong in
  'perl-exec-post-fork': forked ones are shared and mixed up.
perl-auto-reload
  Looks at all loaded files every so many seconds and reloads when one changes. For development only; in production
  reload with 'touch-reload'.
coroae
  Runs so many requests of one worker at once with Coro and AnyEvent. In the engine a Perl worker runs one at a time:
  raise 'processes', which share the memory of the loaded application.
`;
