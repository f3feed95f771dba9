/**
 * The newest 10,000 lines of one log, numbered, each with its level and, of a request, its parts. Bytes or lines in,
 * lines out, without secrets; those are given to who asks for them. What makes a line (decoding, parsing, levels,
 * times) is in the modules beside this one.
 */
import { type LogLine, MOST_LOG_LINES, type RevealedLine } from '../../contract/logs-model.ts';
import { lastStack } from '../../contract/stack-lines.ts';
import { LevelReader } from './line-level.ts';
import { DOTS, hideSecrets, SecretHider } from './line-secrets.ts';
import { LineSplitter } from './line-splitter.ts';
import { timeOfLine } from './line-time.ts';
import type { RequestParser } from './log-format.ts';
import { stripControls } from './log-text.ts';
import { type ParsedRequest, parseRequestLine } from './request-line.ts';

export const LOG_LINES = MOST_LOG_LINES;

const MOST_REVEALED_CHARS = 2_000_000;

export class LogRing {
  readonly #lines: LogLine[] = [];
  readonly #levels = new LevelReader();
  #splitter = new LineSplitter();
  #lastSeq = 0;
  readonly #hider = new SecretHider();
  /** Lines as they were before secrets were taken out, by number. */
  readonly #withSecrets = new Map<number, RevealedLine>();
  /** Reads lines of the instance's own `log-format`, tried before the known ones. */
  parser: RequestParser | null = null;
  /** For who asked to see its lines as they are. */
  showsSecrets = false;

  /** The lines that are complete now. */
  push(chunk: Uint8Array, atMs: number): LogLine[] {
    return this.#splitter.push(chunk).map((text) => this.add(text, atMs));
  }

  /** Nothing more comes: what is left is a line too. */
  end(atMs: number): LogLine[] {
    const rest = this.#splitter.end();
    this.#splitter = new LineSplitter();
    return rest.map((text) => this.add(text, atMs));
  }

  add(raw: string, atMs: number): LogLine {
    return this.#read(raw, () => atMs);
  }

  /** A line whose own time counts; `zoneMinutes`: of the machine, for dates without one. `fallbackMs`: it says none. */
  addDated(raw: string, fallbackMs: number, zoneMinutes: number): LogLine {
    return this.#read(raw, (text, request) => request?.atMs ?? timeOfLine(text, zoneMinutes) ?? fallbackMs);
  }

  /** A line of the console's own. */
  note(text: string, atMs: number): LogLine {
    return this.#keep({ atMs, text, hasSecrets: false, level: 'note', pid: null, wid: null, request: null });
  }

  /** Newest `most` lines, oldest first. */
  read(most: number): LogLine[] {
    return this.#lines.slice(-Math.min(most, LOG_LINES));
  }

  /** Lines after this number that have secrets, with them, oldest first; the newest when they are too many. */
  reveal(sinceSeq: number): RevealedLine[] {
    const found: RevealedLine[] = [];
    let room = MOST_REVEALED_CHARS;
    for (const line of [...this.#withSecrets.values()].toReversed()) {
      room -= line.text.length;
      if (line.seq <= sinceSeq || room < 0) break;
      found.push(line);
    }
    return found.toReversed();
  }

  since(seq: number): LogLine[] {
    return this.#lines.filter((line) => line.seq > seq);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  #read(raw: string, timeOf: (text: string, request: ParsedRequest | null) => number): LogLine {
    const whole = stripControls(raw.endsWith('\r') ? raw.slice(0, -1) : raw);
    const request = this.parser?.(whole) ?? parseRequestLine(whole);
    const text = this.#hide(whole, request);
    const hasSecrets = text !== whole;
    const line = this.#keep({
      atMs: timeOf(whole, request),
      text,
      hasSecrets,
      level: request === null ? this.#levels.levelOf(whole) : 'request',
      ...workerOf(whole, request),
      request: toRequestLine(request, hasSecrets),
    });
    if (hasSecrets) this.#withSecrets.set(line.seq, { seq: line.seq, text: whole, uri: request?.uri ?? null });
    return line;
  }

  #hide(text: string, request: ParsedRequest | null): string {
    if (this.showsSecrets) return text;
    const secrets = request?.secrets ?? [];
    return this.#hider.hide(secrets.reduce((rest, secret) => rest.replaceAll(secret, DOTS), text));
  }

  #keep(line: Omit<LogLine, 'seq'>): LogLine {
    this.#lastSeq += 1;
    const kept = { seq: this.#lastSeq, ...line };
    this.#lines.push(kept);
    if (this.#lines.length > LOG_LINES + LOG_LINES / 10) {
      for (const { seq } of this.#lines.splice(0, this.#lines.length - LOG_LINES)) this.#withSecrets.delete(seq);
    }
    return kept;
  }
}

function toRequestLine(parsed: ParsedRequest | null, hides: boolean): LogLine['request'] {
  if (parsed === null) return null;
  const { method, status, tookMs, sizeBytes, client } = parsed;
  const uri = hides ? hideSecrets(parsed.uri) : parsed.uri;
  return { method, uri, status, tookMs, sizeBytes, client };
}

/** uWSGI names the worker in `worker 3 (pid: 17)` and the like. */
function workerOf(text: string, request: ParsedRequest | null): Pick<LogLine, 'pid' | 'wid'> {
  if (request !== null) return { pid: request.pid, wid: request.wid };
  const pid = /\bpid:? (\d{1,9})\b/i.exec(text)?.[1];
  const wid = /\bworker (\d{1,5})\b/i.exec(text)?.[1];
  return { pid: pid === undefined ? null : Number(pid), wid: wid === undefined ? null : Number(wid) };
}

/** What the engine says of itself at its start and its end; the reason may stand before or after it. */
const SMALL_TALK = /^(\[uWSGI\] getting .* configuration from |\*\*\* Starting |stopping$|goodbye from Reeve)/;

/** The end of a log that says why a start failed: the last stack and what follows, or the last lines. */
export function failureText(lines: readonly LogLine[]): string {
  const stack = lastStack(lines.map((line) => line.text));
  const from = stack === null ? firstErrorOf(lines) : Math.max(stack.start, lines.length - 60);
  const said = lines.slice(from).map((line) => line.text);
  return said
    .filter((text) => !SMALL_TALK.test(text))
    .join('\n')
    .trim();
}

function firstErrorOf(lines: readonly LogLine[]): number {
  const tail = Math.max(0, lines.length - 12);
  const error = lines.findIndex((line, index) => index >= tail && line.level === 'error');
  return error >= 0 ? error : Math.max(0, lines.length - 4);
}
