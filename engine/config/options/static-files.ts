/**
 * Files that are served without the application. Explained here, not supported yet.
 */
import type { OptionSection } from './section.ts';

export const staticFilesOptions: OptionSection = {
  data: `
static-map | list | no | | Serves a folder or a file under a path, without that path: /path=/folder.
static-map2 | list | no | | Serves a folder under a path that is a folder in it as well: /path=/folder.
check-static | list | no | | Serves a file of this folder when the path names one.
static-check | list | no | | As 'check-static', by another name.
check-static-docroot | flag | no | | Serves a file of the folder that the request names in DOCUMENT_ROOT.
static-index | list | no | | File served for a folder, index.html for example.
static-skip-ext | list | no | | File name extension, '.php' for example, that is left to the application.
static-safe | list | no | | Further folder that symbolic links may lead to.
static-expires | list | no | | Seconds a file may be kept by clients, by its path: EXPRESSION SECONDS.
static-expires-mtime | list | no | | As 'static-expires', counted from the last change of the file.
static-expires-type | list | no | | Seconds a file may be kept by clients, by its type: TYPE=SECONDS.
static-expires-type-mtime | list | no | | As 'static-expires-type', counted from the last change of the file.
static-expires-uri | list | no | | Seconds a file may be kept by clients, by REQUEST_URI: EXPRESSION SECONDS.
static-expires-uri-mtime | list | no | | As 'static-expires-uri', counted from the last change of the file.
static-expires-path-info | list | no | | Seconds a file may be kept by clients, by PATH_INFO: EXPRESSION SECONDS.
static-expires-path-info-mtime | list | no | | As 'static-expires-path-info', counted from the last change of the file.
static-gzip | list | no | | Serves FILE.gz in place of a file whose path matches, to clients that take gzip.
static-gzip-all | flag | no | | Serves FILE.gz in place of each file that has one, to clients that take gzip.
static-gzip-dir | list | no | | Serves FILE.gz in place of files in this folder, to clients that take gzip.
static-gzip-ext | list | no | | Serves FILE.gz in place of files with this extension, to clients that take gzip.
static-cache-paths | seconds | no | | Remembers where a path led for this time, in a cache.
static-cache-paths-name | string | no | | Name of the cache of 'static-cache-paths'.
mimefile | list | no | /etc/mime.types | File that says which extension has which type.
honour-range | flag | no | | Answers requests for a part of a file with that part.
file-serve-mode | string | no | | Leaves sending files to the front server: x-accel-redirect for nginx, x-sendfile for others. | choices=x-accel-redirect,xaccelredirect,nginx,x-sendfile,xsendfile
disable-sendfile | flag | no | | Sends files by reading and writing them and not by sendfile().
upload-progress | path | no | | Folder in which a JSON file shows how far an upload is.
`,
  readers: {},
};
