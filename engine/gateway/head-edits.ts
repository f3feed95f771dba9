/** `add-header` and `del-header`: what the configuration changes about the head of every answer of the application,
 * of a file and of a route. */
import type { ProtocolSettings } from '../config/settings.ts';
import type { ResponseHead } from './frames.ts';

export class HeadEdits {
  readonly #added: Buffer;
  readonly #addedCount: number;
  readonly #deleted: ReadonlySet<string>;

  private constructor(added: readonly string[], deleted: readonly string[]) {
    this.#added = Buffer.from(added.map((line) => `${line}\r\n`).join(''), 'latin1');
    this.#addedCount = added.length;
    this.#deleted = new Set(deleted.map((name) => name.toLowerCase()));
  }

  /** Null: there is nothing to change. */
  static of({ addHeaders, delHeaders }: ProtocolSettings): HeadEdits | null {
    return addHeaders.length + delHeaders.length === 0 ? null : new HeadEdits(addHeaders, delHeaders);
  }

  apply(head: ResponseHead): ResponseHead {
    const kept = this.#deleted.size > 0 ? this.#withoutDeleted(head) : head;
    if (this.#addedCount === 0) return kept;
    return {
      ...kept,
      headerCount: kept.headerCount + this.#addedCount,
      block: Buffer.concat([kept.block, this.#added]),
    };
  }

  #withoutDeleted(head: ResponseHead): ResponseHead {
    const [reason = '', ...lines] = head.block.toString('latin1').split('\r\n').slice(0, -1);
    const kept = lines.filter((line) => !this.#deleted.has(nameOf(line)));
    if (kept.length === lines.length) return head;
    return {
      ...head,
      headerCount: kept.length,
      contentLength: this.#deleted.has('content-length') ? -1 : head.contentLength,
      block: Buffer.from([reason, ...kept, ''].join('\r\n'), 'latin1'),
    };
  }
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}
