/** Notes about static files; see option-notes.ts for their form. */
export const staticFilesNotes = `
static-map
  Files under /path come from the folder, with /path taken off: '/static=/srv/app/static' finds /static/a.css in
  /srv/app/static/a.css. On uWSGI the path is compared as text, so '/static' fits '/staticfoo' too; here it ends where a
  folder's name ends. A file that does not exist goes on to the application. On uWSGI add 'offload-threads', so that a
  download does not hold a worker; here none is asked.
static-map2
  As 'static-map' with the path kept: '/static=/srv/app' finds /static/a.css in /srv/app/static/a.css. Choose it when
  the folder has the path's own name in it.
check-static
  Before each request the path is looked for in this folder, and a file that is there is sent without asking the
  application. Never name a folder that holds code or settings: everything in it is public.
static-index
  A folder is served only by this file in it, 'static-index = index.html'; without it the request goes to the
  application. It may be given several times, the first that exists counts. Folders are never listed.
static-skip-ext
  Files with this ending are never served as they are: '.php', '.py' or '.inc' in a folder that holds scripts too.
  Each ending needs its own line.
static-safe
  A symbolic link that leads out of the folder of 'static-map' or 'check-static' is refused: the log says 'security
  error' and the application gets the request. This names a further folder that links may lead to, such as collected
  media on another disk.
static-expires
  An expression for the file's path and seconds: 'static-expires = .*\\.css 86400'. Clients then do not ask again for
  that time, so only files whose names change with their content should get long ones. 'static-expires-mtime' counts
  from the last change instead of from now.
static-expires-uri
  As 'static-expires' with an expression for the requested URI, which suits versioned paths such as '/v12/'. The query
  string belongs to it.
static-expires-type
  Chooses by the type that 'mimefile' gives. Write it with an equals sign, where the others have a blank:
  'static-expires-type = image/png=604800'.
static-gzip-all
  For each file FILE.gz beside it is looked for and sent to clients that take gzip; it costs one look at the file
  system. The .gz files must be made at deployment, and made anew when the file changes.
static-cache-paths
  Spares uWSGI the look at the file system for paths that were resolved before, for so many seconds. It needs 'cache2'.
  A file that is put elsewhere meanwhile is seen that much later. Here files are known by their identity instead.
honour-range
  Off by default on uWSGI, which then answers a request for a part with the whole file. Video players and downloads that
  go on after a break need it. Here it is on, several parts at a time and If-Range included.
mimefile
  Without the file, as in small containers, uWSGI gives nothing a Content-Type and does not say so; browsers then refuse
  scripts and styles. The engine knows the usual types without it.
file-serve-mode
  The front server sends the file and the worker is free at once: x-accel-redirect for nginx, where an internal
  location must exist, x-sendfile for Apache and lighttpd. It is about files of 'static-map' and its kin, not about
  what the application sends.
`;
