/**
 * What an engine wrote to its standard output and error: the last 10,000 lines, numbered, each with a guess of its
 * level. Bytes in, lines out; a line without an end is given out when the next one begins or the process ends.
 */
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../contract/model.ts';

export const LOG_LINES = 10_000;
const LONGEST_LINE = 16_384;
const TRACEBACK = 'Traceback (most recent call last)';

export class LogRing {
  readonly #lines: LogLine[] = [];
  #decoder = new StringDecoder('utf8');
  #partial = '';
  #lastSeq = 0;
  #inTraceback = false;

  /** The lines that are complete now. */
  push(chunk: Uint8Array, atMs: number): LogLine[] {
    const parts = `${this.#partial}${this.#decoder.write(chunk)}`.split('\n');
    this.#partial = parts.pop() ?? '';
    if (this.#partial.length > LONGEST_LINE) {
      parts.push(this.#partial);
      this.#partial = '';
    }
    return parts.map((text) => this.add(text, atMs));
  }

  /** The process has ended: what is left is a line too. */
  end(atMs: number): LogLine[] {
    const rest = `${this.#partial}${this.#decoder.end()}`;
    this.#decoder = new StringDecoder('utf8');
    this.#partial = '';
    return rest === '' ? [] : [this.add(rest, atMs)];
  }

  /** A line of the console's own. */
  add(text: string, atMs: number): LogLine {
    this.#lastSeq += 1;
    const clean = text.endsWith('\r') ? text.slice(0, -1) : text;
    const line: LogLine = { seq: this.#lastSeq, atMs, text: clean.slice(0, LONGEST_LINE), level: this.#levelOf(clean) };
    this.#lines.push(line);
    if (this.#lines.length > LOG_LINES + LOG_LINES / 10) this.#lines.splice(0, this.#lines.length - LOG_LINES);
    return line;
  }

  /** Newest `most` lines, oldest first. */
  read(most: number): LogLine[] {
    return this.#lines.slice(-Math.min(most, LOG_LINES));
  }

  since(seq: number): LogLine[] {
    return this.#lines.filter((line) => line.seq > seq);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  #levelOf(text: string): LogLine['level'] {
    if (this.#inTraceback) {
      // A traceback goes on while lines are indented; the one after them names the exception.
      this.#inTraceback = /^\s/.test(text) || text === '';
      return 'error';
    }
    if (text.startsWith(TRACEBACK)) {
      this.#inTraceback = true;
      return 'error';
    }
    return guessLevel(text);
  }
}

/** uWSGI's own line, also behind a prefix or inside JSON; Apache's; a JSON object with a method and a status. */
function isRequestLine(text: string): boolean {
  return (
    /\[pid: \d+\|app: -?\d+\|req: -?\d+\/\d+\] /.test(text) ||
    /^\S+ \S+ \S+ \[[^\]]+\] "[A-Z]+ \S+[^"]*" \d{3} /.test(text) ||
    /^\{.*"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)".*:\s*"?[1-5]\d\d\b/.test(text)
  );
}

/** Level of a line that stands alone. */
export function guessLevel(text: string): LogLine['level'] {
  if (isRequestLine(text)) return 'request';
  if (/\bHARAKIRI\b|\bDAMN\b|\bNO MERCY\b/.test(text)) return 'error';
  if (
    /^(\S+Error|\S+Exception)\b|(^|[^\w-])(error|fatal|critical|failed|unable to|can ?not|could not|no such)([^\w-]|$)/i.test(
      text,
    )
  ) {
    return 'error';
  }
  if (/(^|[^\w-])(warning|warn|deprecated|refused|killed|retrying)([^\w-]|$)/i.test(text)) return 'warning';
  return 'info';
}

/** What the engine says of itself at its start and its end; the reason may stand before or after it. */
const SMALL_TALK = /^(\[uWSGI\] getting .* configuration from |\*\*\* Starting |stopping$|goodbye from Reeve)/;

/** The end of a log that says why a start failed: the last traceback and what follows, or the last lines. */
export function failureText(lines: readonly LogLine[]): string {
  const start = lines.findLastIndex((line) => line.text.startsWith(TRACEBACK));
  const from = start >= 0 ? Math.max(start, lines.length - 60) : firstErrorOf(lines);
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
