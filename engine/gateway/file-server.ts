/**
 * Answers requests with files: small ones from memory, others in pieces (file-sender.ts). Used for static files, for the
 * actions of routes that name a file, and for files that applications name (FILE in frames.ts).
 */

import { boundExpressions } from '../bounded-expressions.ts';
import { bytesOf } from '../byte-text.ts';
import type { StaticSettings } from '../config/static-settings.ts';
import type { BodyPart } from './byte-ranges.ts';
import { answerWithFile, type FileAnswer, type FileFacts, headOf, isPlain } from './file-answer.ts';
import { FileSender } from './file-sender.ts';
import { FileStore, type Found, type FoundFile } from './file-store.ts';
import type { ResponseHead } from './frames.ts';
import { MediaTypes } from './media-types.ts';
import { takesGzip } from './preconditions.ts';
import type { GateCount, GateVisit } from './request-gate.ts';
import { expiresHeaders, StaticExpires } from './static-expires.ts';

/** What a visit was answered with; `none`: with nothing, there is no such file. */
export type ServeResult = 'answered' | 'folder' | 'none';

export class FileServer {
  readonly store: FileStore;
  readonly #settings: StaticSettings;
  readonly types: MediaTypes;
  readonly #expires: StaticExpires;
  readonly #gzip: (path: string) => boolean;
  /** Answers to plain requests for small files, where nothing in them depends on the time. */
  readonly #plain = new WeakMap<FoundFile, Map<string, FileAnswer>>();

  /** @param escaped told when a path led out of its folder */
  constructor(settings: StaticSettings, escaped: (path: string, root: string) => void) {
    this.#settings = settings;
    this.store = new FileStore(settings.safeFolders.map(bytesOf), escaped);
    this.types = new MediaTypes(settings.typeFiles);
    this.#expires = new StaticExpires(settings.expires);
    this.#gzip = gzipChooser(settings);
  }

  /**
   * Answers with the file at `path`, which must lie in `root`, or anywhere where that is null. Both are latin-1 of their
   * bytes. `count` is what the answer counts as. The request's conditions and ranges are minded.
   */
  serve(visit: GateVisit, path: string, root: string | null, count: GateCount, contentType?: string): ServeResult {
    const found = this.store.find(path, root);
    if (found === 'folder') return found;
    if (found === null) return 'none';
    visit.counts.push(count);
    if (found === 'exhausted') visit.fail(503);
    else this.#serve(visit, found, root, contentType);
    return 'answered';
  }

  /** As `serve`, with a head of the caller's own for a file of this size; conditions and ranges do not count. */
  serveWhole(
    visit: GateVisit,
    path: string,
    root: string | null,
    count: GateCount,
    headFor: (size: number) => ResponseHead,
  ): ServeResult {
    const found = this.store.find(path, root);
    if (found === 'folder') return found;
    if (found === null) return 'none';
    visit.counts.push(count);
    if (found === 'exhausted') visit.fail(503);
    else this.#answer(visit, found, { head: headFor(found.size), parts: wholeFile(found) });
    return 'answered';
  }

  #serve(visit: GateVisit, found: FoundFile, root: string | null, contentType: string | undefined): void {
    const { variables } = visit;
    const { delegation } = this.#settings;
    const type = contentType ?? this.types.of(found.path);
    const zipped = this.#gzip(found.path) ? this.store.find(`${found.path}.gz`, root) : null;
    const hasZipped = isFile(zipped);
    const isZipped = hasZipped && takesGzip(variables.get('HTTP_ACCEPT_ENCODING'));
    const file = isZipped ? zipped : found;
    // A name with a line end in it would be a header of its own.
    if (delegation !== null && !/[\r\n]/.test(file.path)) {
      const typeLine = type === null ? '' : `Content-Type: ${type}\r\n`;
      visit.respond(headOf(200, -1, `${delegation}: ${file.path}\r\n${typeLine}`), NOTHING);
      return;
    }
    const isSimple = isPlain(variables);
    const encoding = isZipped ? 'zipped' : hasZipped ? 'both' : 'plain';
    // A rule that names the type makes another answer of the same file.
    const isKept = isSimple && contentType === undefined;
    const known = isKept ? this.#plain.get(file)?.get(encoding) : undefined;
    if (known !== undefined && file.content !== null) {
      visit.respond(known.head, variables.get('REQUEST_METHOD') === 'HEAD' ? NOTHING : file.content);
      return;
    }
    const nowSeconds = Math.floor(Date.now() / 1000);
    const until = this.#expires.until(
      {
        file: found.path,
        pathInfo: variables.get('PATH_INFO') ?? '',
        uri: variables.get('REQUEST_URI') ?? '',
        type,
        modifiedSeconds: file.modifiedSeconds,
      },
      nowSeconds,
    );
    const headers =
      (hasZipped ? 'Vary: Accept-Encoding\r\n' : '') +
      (isZipped ? 'Content-Encoding: gzip\r\n' : '') +
      expiresHeaders(until, nowSeconds);
    const facts: FileFacts = { contentType: type, headers, honoursRanges: this.#settings.honoursRanges };
    const answer = answerWithFile(file, facts, isSimple ? null : variables);
    if (isKept && until === null && file.content !== null) {
      const answers = this.#plain.get(file) ?? new Map<string, FileAnswer>();
      this.#plain.set(file, answers.set(encoding, answer));
    }
    this.#answer(visit, file, answer);
  }

  #answer(visit: GateVisit, file: FoundFile, { head, parts }: FileAnswer): void {
    const { content } = file;
    if (parts.length === 0 || visit.variables.get('REQUEST_METHOD') === 'HEAD') {
      visit.respond(head, NOTHING);
    } else if (content !== null) {
      const bytes = parts.map((part) => (part instanceof Uint8Array ? part : content.subarray(part.start, part.end)));
      visit.respond(head, bytes.length === 1 && bytes[0] !== undefined ? bytes[0] : Buffer.concat(bytes));
    } else {
      this.#send(visit, file, { head, parts });
    }
  }

  #send(visit: GateVisit, file: FoundFile, { head, parts }: FileAnswer): void {
    const fd = this.store.open(file);
    if (fd === null) {
      // It was exchanged between two looks: the client may ask again.
      visit.fail(503);
      return;
    }
    const sender = new FileSender(fd, parts, {
      begin: () => visit.begin(head),
      data: (bytes) => visit.data(bytes),
      end: () => visit.end(),
      failed: (hasBegun) => (hasBegun ? visit.abort() : visit.fail(500)),
      whenRoom: (callback) => visit.whenRoom(callback),
      close: () => this.store.close(file),
    });
    visit.onAbandoned = () => sender.stop();
    sender.start();
  }
}

const NOTHING = Buffer.alloc(0);

function wholeFile({ size }: FoundFile): BodyPart[] {
  return size === 0 ? [] : [{ start: 0, end: size }];
}

function isFile(found: Found): found is FoundFile {
  return found !== null && typeof found === 'object';
}

/** Which files are looked for with `.gz` behind their name, too. */
function gzipChooser({ gzip }: StaticSettings): (path: string) => boolean {
  if (gzip.patterns.length > 0) boundExpressions();
  const expressions = gzip.patterns.map((pattern) => new RegExp(pattern));
  const folders = gzip.folders.map((folder) => `${bytesOf(folder).replace(/\/$/, '')}/`);
  const endings = gzip.endings.map(bytesOf);
  if (!gzip.all && expressions.length + folders.length + endings.length === 0) return () => false;
  return (path) =>
    gzip.all ||
    endings.some((ending) => path.endsWith(ending)) ||
    folders.some((folder) => path.startsWith(folder)) ||
    expressions.some((expression) => expression.test(path));
}
