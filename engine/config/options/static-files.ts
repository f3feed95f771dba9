/** Static files: what the server hands out itself, and how long clients may keep it. */
import { resolvePath } from '../host.ts';
import type { EngineSettings } from '../settings.ts';
import type { ExpiresBy, StaticSettings } from '../static-settings.ts';
import { type Draft, type OptionSection, type Reader, readFlag, readPath, take } from './section.ts';

export const staticFilesOptions: OptionSection = {
  data: `
static-map | list | works | | Serves a folder or a file under a path, without that path: /path=/folder.
static-map2 | list | works | | Serves a folder under a path that is a folder in it as well: /path=/folder.
check-static | list | works | | Serves a file of this folder when the path names one.
static-check | list | works | | As 'check-static', by another name.
check-static-docroot | flag | works | | Serves a file of the folder that the request names in DOCUMENT_ROOT.
static-index | list | works | | File served for a folder, index.html for example.
static-skip-ext | list | works | | File name extension, '.php' for example, that is left to the application.
static-safe | list | works | | Further folder that symbolic links may lead to.
static-expires | list | works | | Seconds a file may be kept by clients, by its path: EXPRESSION SECONDS.
static-expires-mtime | list | works | | As 'static-expires', counted from the last change of the file.
static-expires-type | list | works | | Seconds a file may be kept by clients, by its type: TYPE=SECONDS.
static-expires-type-mtime | list | works | | As 'static-expires-type', counted from the last change of the file.
static-expires-uri | list | works | | Seconds a file may be kept by clients, by REQUEST_URI: EXPRESSION SECONDS.
static-expires-uri-mtime | list | works | | As 'static-expires-uri', counted from the last change of the file.
static-expires-path-info | list | works | | Seconds a file may be kept by clients, by PATH_INFO: EXPRESSION SECONDS.
static-expires-path-info-mtime | list | works | | As 'static-expires-path-info', counted from the last change of the file.
static-gzip | list | works | | Serves FILE.gz in place of a file whose path matches, to clients that take gzip.
static-gzip-all | flag | works | | Serves FILE.gz in place of each file that has one, to clients that take gzip.
static-gzip-dir | list | works | | Serves FILE.gz in place of files in this folder, to clients that take gzip.
static-gzip-ext | list | works | | Serves FILE.gz in place of files with this extension, to clients that take gzip.
static-cache-paths | seconds | none: what was found is remembered anyway, and looked at again with each request | | Remembers where a path led for this time, in a cache.
static-cache-paths-name | string | none: where a path led is remembered without a cache | | Name of the cache of 'static-cache-paths'.
mimefile | list | works | /etc/mime.types | File that says which extension has which type.
honour-range | flag | works | true | Answers requests for a part of a file with that part. | uwsgi=false
file-serve-mode | string | works | | Leaves sending files to the front server: x-accel-redirect for nginx, x-sendfile for others. | choices=x-accel-redirect,xaccelredirect,nginx,x-sendfile,xsendfile
disable-sendfile | flag | none: the gateway reads and writes files anyway, Node has no sendfile() | | Sends files by reading and writing them and not by sendfile().
upload-progress | path | no: uploads are kept back by the gateway until they are whole, and their progress is not written to files | | Folder in which a JSON file shows how far an upload is.
`,
  readers: {
    'static-map': place(false),
    'static-map2': place(true),
    'check-static': readPath(checkFolder),
    'static-check': readPath(checkFolder),
    'check-static-docroot': readFlag(({ staticFiles }, isOn) => (staticFiles.usesDocumentRoot = isOn)),
    'static-index': text(({ indexes }, name) => indexes.push(name)),
    'static-skip-ext': text(({ skipped }, ending) => skipped.push(ending)),
    'static-safe': readPath(({ staticFiles }, path) => staticFiles.safeFolders.push(path)),
    'static-expires': expires('file', false),
    'static-expires-mtime': expires('file', true),
    'static-expires-type': expires('type', false),
    'static-expires-type-mtime': expires('type', true),
    'static-expires-uri': expires('uri', false),
    'static-expires-uri-mtime': expires('uri', true),
    'static-expires-path-info': expires('path-info', false),
    'static-expires-path-info-mtime': expires('path-info', true),
    'static-gzip': ({ settings }, pattern) =>
      patternFault(pattern) ?? take(pattern, () => settings.staticFiles.gzip.patterns.push(pattern)),
    'static-gzip-all': readFlag(({ staticFiles }, isOn) => (staticFiles.gzip.all = isOn)),
    'static-gzip-dir': readPath(({ staticFiles }, path) => staticFiles.gzip.folders.push(path)),
    'static-gzip-ext': text(({ gzip }, ending) => gzip.endings.push(ending)),
    mimefile: readPath(({ staticFiles }, path) => staticFiles.typeFiles.push(path)),
    'honour-range': readFlag(({ staticFiles }, isOn) => (staticFiles.honoursRanges = isOn)),
    'file-serve-mode': delegation,
  },
};

function text(use: (settings: StaticSettings, value: string) => unknown): Reader {
  return ({ settings }, value) => take(value, () => use(settings.staticFiles, value));
}

function checkFolder({ staticFiles }: EngineSettings, target: string): void {
  staticFiles.places.push({ prefix: '', target, keepsPrefix: false });
}

/** `/path=/folder` */
function place(keepsPrefix: boolean): Reader {
  return ({ settings, folder }, value) => {
    const [, prefix = '', target = ''] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (target === '') return "needs a path and a folder with '=' between them, as in /static=/srv/app/static.";
    if (!prefix.startsWith('/')) return "needs a path that begins with '/', as in /static=/srv/app/static.";
    settings.staticFiles.places.push({
      prefix: prefix.replace(/\/+$/, ''),
      target: resolvePath(folder, target),
      keepsPrefix,
    });
    return null;
  };
}

function expires(by: ExpiresBy, fromMtime: boolean): Reader {
  return ({ settings }, value) => {
    const parts = by === 'type' ? /^([^=]+)=\s*(\d+)$/.exec(value) : /^(.+?)\s+(\d+)$/.exec(value);
    const [, pattern = '', seconds = ''] = parts ?? [];
    if (pattern === '') {
      return by === 'type'
        ? 'needs a type and seconds, as in text/css=3600.'
        : 'needs an expression and seconds with a blank between them, as in \\.css$ 3600.';
    }
    const wrong = by === 'type' ? null : patternFault(pattern);
    if (wrong === null) settings.staticFiles.expires.push({ by, pattern, seconds: Number(seconds), fromMtime });
    return wrong;
  };
}

function patternFault(pattern: string): string | null {
  try {
    RegExp(pattern);
    return null;
  } catch (error) {
    return `has an expression that can not be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

const DELEGATIONS: Readonly<Record<string, StaticSettings['delegation']>> = {
  'x-accel-redirect': 'X-Accel-Redirect',
  xaccelredirect: 'X-Accel-Redirect',
  nginx: 'X-Accel-Redirect',
  'x-sendfile': 'X-Sendfile',
  xsendfile: 'X-Sendfile',
};

function delegation({ settings }: Draft, value: string): string | null {
  const header = DELEGATIONS[value.toLowerCase()];
  if (header === undefined) return "is one of 'x-accel-redirect' (nginx) and 'x-sendfile' (Apache, lighttpd).";
  settings.staticFiles.delegation = header;
  return null;
}
