/**
 * Reads parser vectors: documents with a title, a reason, the raw input and the full event log (the way of llhttp's
 * tests), so that a new case needs no code. In the input, line ends of the document mean nothing; `\r`, `\n`, `\t`
 * and `\xNN` stand for bytes.
 */
import { readFileSync } from 'node:fs';

export interface Vector {
  title: string;
  input: Buffer;
  events: string[];
}

export function readVectors(path: string): Vector[] {
  const sections = readFileSync(path, 'utf8').split(/^## /m).slice(1);
  return sections.map((section) => {
    const [title = ''] = section.split('\n', 1);
    const block = (language: string): string =>
      new RegExp(`\`\`\`${language}\\n([^]*?)\\n?\`\`\``).exec(section)?.[1] ?? '';
    return { title, input: decodeInput(block('input')), events: block('events').split('\n') };
  });
}

function decodeInput(text: string): Buffer {
  const escapes: Record<string, string> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };
  const bytes = text
    .replaceAll('\n', '')
    .replace(/\\(?:x([0-9a-f]{2})|([rnt\\]))/g, (_, hex: string | undefined, letter: string | undefined) =>
      hex === undefined ? (escapes[letter ?? ''] ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1');
}

/** Ways to cut the input: whole, byte by byte, and at every place into two. */
export function* cuts(input: Buffer): Generator<Buffer[]> {
  yield [input];
  yield Array.from(input, (_, i) => input.subarray(i, i + 1));
  for (let at = 1; at < input.length; at++) yield [input.subarray(0, at), input.subarray(at)];
}

/** Joins the pieces in which a body arrived: how it was cut is not an event. */
export class EventLog {
  readonly events: string[] = [];
  #body: string | null = null;

  add(event: string): void {
    this.flush();
    this.events.push(event);
  }

  body(bytes: string): void {
    this.#body = (this.#body ?? '') + bytes;
  }

  flush(): void {
    if (this.#body !== null) this.events.push(`body ${JSON.stringify(this.#body)}`);
    this.#body = null;
  }
}
