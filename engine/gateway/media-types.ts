/**
 * Types of files by their extension: a table of what the web is made of, and the system's list of media types on top of it
 * (`mimefile`: `type extension extension...`).
 */
import { readFileSync } from 'node:fs';

const COMMON = `
application/javascript js mjs cjs
application/json json map
application/pdf pdf
application/vnd.ms-fontobject eot
application/wasm wasm
application/xml xsd
application/zip zip
application/gzip gz
audio/mpeg mp3
audio/ogg ogg oga
audio/wav wav
font/otf otf
font/ttf ttf
font/woff woff
font/woff2 woff2
image/avif avif
image/bmp bmp
image/gif gif
image/jpeg jpg jpeg jpe
image/png png
image/svg+xml svg svgz
image/tiff tif tiff
image/webp webp
image/x-icon ico
text/calendar ics
text/css css
text/csv csv
text/html html htm shtml
text/markdown md
text/plain txt text log
text/vtt vtt
text/xml xml
application/atom+xml atom
application/rss+xml rss
application/manifest+json webmanifest
video/mp4 mp4
video/mpeg mpeg mpg
video/quicktime mov
video/webm webm
`;

const SYSTEM_FILE = '/etc/mime.types';

export class MediaTypes {
  readonly #types = new Map<string, string>();

  /** @param files lists of types; a later one wins. None: the system's. */
  constructor(files: readonly string[] = []) {
    this.#add(COMMON);
    for (const file of files.length > 0 ? files : [SYSTEM_FILE]) this.#add(textOf(file));
  }

  /** The type of a file with this name; null: its extension says nothing. */
  of(path: string): string | null {
    const dot = path.lastIndexOf('.');
    if (dot <= path.lastIndexOf('/')) return null;
    return this.#types.get(path.slice(dot + 1).toLowerCase()) ?? null;
  }

  #add(list: string): void {
    for (const line of list.split('\n')) {
      const [type = '', ...extensions] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (!/^[\w.+-]+\/[\w.+-]+$/.test(type)) continue;
      for (const extension of extensions) this.#types.set(extension.toLowerCase(), type);
    }
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // A small container has no list of types: the table above is what there is.
    return '';
  }
}
