/** Notes about Perl; see option-notes.ts for their form. */
export const perlNotes = `
psgi
  Names the .psgi file. A request reaches Perl only with modifier 5: set 'http-socket-modifier1 = 5' or
  'http-modifier1 = 5', or let nginx send uwsgi_modifier1 5. Modules of a local::lib need 'perl-local-lib' or
  PERL5LIB.
perl-exec
  Runs a file before the application is loaded and before the fork, to load large modules once. Connections belong in
  'perl-exec-post-fork': forked ones are shared and mixed up.
perl-auto-reload
  Looks at all loaded files every so many seconds and reloads when one changes. For development only; in production
  reload with 'touch-reload'.
coroae
  Runs so many requests of one worker at once with Coro and AnyEvent, and needs both installed. Only code that gives
  way to Coro profits: ordinary DBI calls block all of them.
`;
