/** Notes about Ruby, Perl, PHP and CGI; see option-notes.ts for their form. */
export const scriptingNotes = `
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
php-docroot
  The folder whose scripts requests name. A request reaches PHP only with modifier 14: set 'http-socket-modifier1 =
  14' or 'http-modifier1 = 14', or let nginx send uwsgi_modifier1 14. Set 'php-allowed-ext = .php' and 'php-index =
  index.php' beside it; versions before 2.0.17 could be led out of the folder (CVE-2018-7490).
php-app
  One script answers everything, as front controllers of frameworks do. Static files then need 'static-map' or
  'check-static', or the front server.
php-fallback
  The script for paths that are no script, what try_files or a rewrite to index.php does elsewhere. 'php-fallback-qs'
  names a query variable in which it finds the path.
php-allowed-ext
  Without it any file of the folder that a request names goes through PHP, uploads among them. Set it to '.php', and
  keep uploads out of the folder all the same.
php-set
  One setting of php.ini for each line: 'php-set = memory_limit=256M'. They apply to all scripts of the instance, and
  'php-dump-config' shows them in the log.
php-index
  Without it a path that is a folder is answered with 404, the first page of a site too. It may be given several
  times, the first that exists counts.
cgi
  Runs scripts, a process for each request, with modifier 9: 'http-socket-modifier1 = 9' or 'http-modifier1 = 9'. A
  worker waits for its script, so there are as many at once as workers times 'threads'. Set 'cgi-allowed-ext', or
  every file of the folder that is executable can be called.
cgi-map-helper
  Lets scripts run that are not executable or have no first line: 'cgi-map-helper = .pl=/usr/bin/perl'. It counts for
  the extension wherever the file is.
cgi-allowed-ext
  Refuses all but these endings, with the dot: '.cgi', '.py'. Set it whenever other things are in the folder.
cgi-timeout
  Ends a script that says nothing for so long, before 'harakiri' ends the whole worker. Long computations that answer
  at their end need both set higher.
cgi-index
  A folder without it can not be called. It may be given several times, the first that exists counts.
`;
