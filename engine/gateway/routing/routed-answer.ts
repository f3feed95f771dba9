/**
 * An answer on its way to the client, as the tables for errors and responses, and what routes said before the
 * application ran, change it: another status, headers, or an answer in its place; then the body's transformations.
 * The order of things is uWSGI's: the status is set and the error table runs, headers are collected, the response table
 * runs, added headers follow the application's.
 */
import type { CollectedHeader } from '../../config/routing-settings.ts';
import type { ResponseHead } from '../frames.ts';
import { GzipBody } from '../gzip-body.ts';
import type { AnswerEdit } from '../request.ts';
import { type AnswerHead, headerName, headerText, headerValue, readHead, writeHead } from './answer-head.ts';
import type { Reply, RouteContext } from './route-context.ts';
import type { Programs } from './route-program.ts';

/** An answer that is kept for a cache or a file is at most this long. */
const MOST_KEPT_MIB = 16;
const MOST_KEPT_BYTES = MOST_KEPT_MIB * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export class RoutedAnswer implements AnswerEdit {
  readonly #context: RouteContext;
  readonly #programs: Programs;
  readonly #collected: readonly CollectedHeader[];
  /** The answer that routes have put in the place of the application's. */
  #reply: Reply | null = null;
  #gzip: GzipBody | null = null;
  #kept: Buffer[] | null = null;
  #keptBytes = 0;
  #sentFirst: Buffer = NOTHING;

  constructor(context: RouteContext, programs: Programs, collected: readonly CollectedHeader[]) {
    this.#context = context;
    this.#programs = programs;
    this.#collected = collected;
  }

  get isStreamed(): boolean {
    return this.#context.isStreamed;
  }

  /** The head as the client gets it. */
  begin(sent: ResponseHead): ResponseHead {
    const context = this.#context;
    context.visit = null;
    const head = this.#runTables(readHead(sent));
    context.status = head.status;
    const added = context.added;
    context.added = [];
    head.lines.push(...added.filter((line) => mayBeAdded(line, head)));
    if (context.keepers.length > 0 && head.status === 200) this.#kept = [];
    if (context.isGzipped && !head.lines.some((line) => headerName(line) === 'content-encoding')) {
      this.#gzip = new GzipBody();
      head.lines = head.lines.filter((line) => headerName(line) !== 'content-length');
      head.lines.push('Content-Encoding: gzip', 'Vary: Accept-Encoding');
    }
    this.#sentFirst = Buffer.concat(context.sent);
    context.sent = [];
    if (context.isStreamed || this.#sentFirst.length > 0 || this.#reply !== null) {
      head.lines = head.lines.filter((line) => headerName(line) !== 'content-length');
    }
    return writeHead(head, sent.parts);
  }

  data(bytes: Buffer): Buffer {
    if (this.#reply !== null) return NOTHING;
    return this.#transform(bytes);
  }

  /** What is left of the body. */
  end(): Buffer {
    const body = this.#reply === null ? this.#transform(NOTHING) : this.#transform(this.#reply.body);
    const last = this.#gzip === null ? body : Buffer.concat([body, this.#gzip.end()]);
    this.#keep();
    return last;
  }

  /** After the answer, before its line in the log. */
  finished(): void {
    const context = this.#context;
    context.visit = null;
    context.status = context.request.status;
    context.bodyBytes = context.request.answer.bodyBytes;
    this.#programs.final.runAtOnce(context);
  }

  #runTables(head: AnswerHead): AnswerHead {
    const context = this.#context;
    context.status = head.status;
    const { error, response } = this.#programs;
    let present = head;
    if (error.runAtOnce(context) === 'break') present = this.#replaced(present);
    if (this.#reply === null) {
      this.#collect(present);
      present.lines = present.lines.filter((line) => !context.removed.has(headerName(line)));
    }
    context.status = present.status;
    const before = this.#reply;
    if (response.runAtOnce(context) === 'break') {
      present = this.#replaced(present);
      context.status = present.status;
      // The status is set anew.
      if (this.#reply !== before) error.runAtOnce(context);
    }
    // What the tables have removed just now.
    if (this.#reply === null) present.lines = present.lines.filter((line) => !context.removed.has(headerName(line)));
    return present;
  }

  /** The answer that a rule has made; the present one when `break` made none. */
  #replaced(present: AnswerHead): AnswerHead {
    const { reply } = this.#context;
    this.#context.reply = null;
    if (reply === null) return present;
    this.#reply = reply;
    return { status: reply.status, reason: reply.reason, lines: [...reply.lines] };
  }

  #collect(head: AnswerHead): void {
    for (const { header, variable, isPulled } of this.#collected) {
      const name = header.toLowerCase();
      const line = head.lines.findLast((candidate) => headerName(candidate) === name);
      if (line === undefined) continue;
      this.#context.variables.set(variable, headerValue(line));
      const { request } = this.#context;
      request.logVariables ??= new Map();
      request.logVariables.set(`var.${variable}`, headerValue(line));
      if (isPulled) head.lines = head.lines.filter((candidate) => headerName(candidate) !== name);
    }
  }

  #transform(bytes: Buffer): Buffer {
    let body = this.#sentFirst.length > 0 ? Buffer.concat([this.#sentFirst, bytes]) : bytes;
    this.#sentFirst = NOTHING;
    if (this.#context.isUpper) body = upperCase(body);
    this.#note(body);
    return this.#gzip === null || body.length === 0 ? body : this.#gzip.part(body);
  }

  #note(body: Buffer): void {
    if (this.#kept === null || body.length === 0) return;
    this.#keptBytes += body.length;
    // The bytes are valid during the call only.
    if (this.#keptBytes <= MOST_KEPT_BYTES) this.#kept.push(Buffer.from(body));
    else {
      this.#kept = null;
      const uri = headerText(this.#context.get('REQUEST_URI'));
      this.#context.host.log(`[routing] the answer to ${uri} is longer than ${MOST_KEPT_MIB} MiB and is not kept`);
    }
  }

  #keep(): void {
    if (this.#kept === null) return;
    const body = Buffer.concat(this.#kept);
    for (const keeper of this.#context.keepers) keeper(body);
    this.#kept = null;
  }
}

/** What says where the body ends is the gateway's to say: it makes the chunks, and two lengths are one too many. */
function mayBeAdded(line: string, { lines }: AnswerHead): boolean {
  const name = headerName(line);
  return (
    name !== 'transfer-encoding' &&
    (name !== 'content-length' || !lines.some((present) => headerName(present) === name))
  );
}

/** Letters of ASCII, as C does. */
function upperCase(bytes: Buffer): Buffer {
  const upper = Buffer.from(bytes);
  for (const [at, byte] of upper.entries()) if (byte >= 97 && byte <= 122) upper[at] = byte - 32;
  return upper;
}
