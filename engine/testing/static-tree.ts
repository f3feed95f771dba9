/**
 * What process tests of static files serve: a tree with files, links and traps, the options that serve it from the engine
 * and from uWSGI, and an application behind them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const STATIC_APP = `
import io, os, uwsgi
def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/file/"):
        start_response("200 OK", [("Content-Type", "x/y")])
        file = open(os.path.join(os.environ["TREE"], path[6:]), "rb")
        file.seek(int(environ["QUERY_STRING"] or 0))
        if "gone" in path:
            os.unlink(file.name)
        return environ["wsgi.file_wrapper"](file)
    start_response("404 Not Found", [("Content-Type", "x/app")])
    return [b"app " + path.encode("latin-1")]
`;

/** When all files were modified. */
const SECONDS = 1_000_000_000;
export const MODIFIED = 'Sun, 09 Sep 2001 01:46:40 GMT';
export const large = Buffer.alloc(5_000_000, '0123456789abcdef\n');

export class StaticTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-static-'));

  constructor() {
    for (const name of ['www/sub/deep', 'www/kept', 'www/empty', 'safe', 'www-old', 'outside']) {
      mkdirSync(this.at(name), { recursive: true });
    }
    const files: Record<string, string | Buffer> = {
      'www/a.txt': 'the file a\n',
      'www/style.css': 'body {}\n',
      'www/style.css.gz': gzipSync('body {}\n'),
      'www/plain.css': 'p {}\n',
      'www/none.txt': '',
      'www/noext': 'no extension\n',
      'www/page.php': '<?php',
      'www/large.bin': large,
      'www/sub/b.txt': 'the file b\n',
      'www/sub/index.html': '<p>index',
      'www/sub/deep/c.txt': 'the file c\n',
      'www/kept/k.txt': 'kept\n',
      'www/\u00e4 b.txt': 'umlaut\n',
      'safe/s.txt': 'safe\n',
      'www-old/secret.txt': 'SECRET',
      'outside/secret.txt': 'SECRET',
      'secret.txt': 'SECRET',
    };
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(this.at(name), content);
      utimesSync(this.at(name), SECONDS, SECONDS);
    }
    symlinkSync('a.txt', this.at('www/inside.txt'));
    symlinkSync('../secret.txt', this.at('www/out.txt'));
    symlinkSync('../outside', this.at('www/out'));
    symlinkSync(this.at('safe/s.txt'), this.at('www/safe.txt'));
    symlinkSync('loop.txt', this.at('www/loop.txt'));
    execFileSync('mkfifo', [this.at('www/fifo.txt')]);
    symlinkSync('/dev/zero', this.at('www/zero.txt'));
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  /** For both servers; a name alone is a switch. */
  options(): string[] {
    return [
      `check-static=${this.at('www')}`,
      `static-map=/map=${this.at('www/sub')}`,
      `static-map=/one=${this.at('www/a.txt')}`,
      `static-map2=/sub=${this.at('www')}`,
      'static-index=index.html',
      'static-skip-ext=.php',
      'static-gzip-ext=.css',
      'static-expires=/kept/ 100',
      'static-expires-uri-mtime=^/sub/ 50',
      `static-safe=${this.at('safe')}`,
      'honour-range',
      'add-header=X-Added: to all',
      'del-header=X-Deleted',
    ];
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
