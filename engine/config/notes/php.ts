/** Notes about PHP; see option-notes.ts for their form. */
export const phpNotes = `
php-docroot
  The folder whose scripts requests name. On uWSGI a request reaches PHP only with modifier 14: set
  'http-socket-modifier1 = 14' or 'http-modifier1 = 14', or let nginx send uwsgi_modifier1 14; the engine needs none.
  Set 'php-allowed-ext = .php' and 'php-index = index.php' beside it; versions before 2.0.17 could be led out of the
  folder (CVE-2018-7490). The engine runs php-cgi, one process for each worker, and each has an opcode cache of its own.
php-sapi-name
  uWSGI's name for 'apache' had caching plugins and old opcode caches believe that they run there. Under the engine
  PHP_SAPI is "cgi-fcgi", as it is "fpm-fcgi" behind nginx.
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
  One setting of php.ini for each line: 'php-set = memory_limit=256M', in the language of php.ini, so that a semicolon
  begins a comment. They apply to all scripts of the instance. 'php-set = opcache.file_cache=/var/cache/shop' keeps
  compiled scripts for workers that start anew, whose first request is then about five times as quick. The folder has
  to exist and to belong to their user; PHP says nothing when it can not use it.
php-index
  Without it a path that is a folder is answered with 404, the first page of a site too. It may be given several
  times, the first that exists counts.
`;
