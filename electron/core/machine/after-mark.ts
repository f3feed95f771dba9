/**
 * What a program on a host printed, without what the start files of its user's login shell printed before it: scripts
 * write a mark first, on standard output and standard error. Without a mark (no script ran) it is given as it came.
 */
import { Transform, type TransformCallback } from 'node:stream';

/** As the scripts write it. */
export const OUTPUT_MARK = '\n-- output of the program --\n';
const MARK = Buffer.from(OUTPUT_MARK);
/** Of what comes before the mark, its end is kept: the words of an account that runs no commands. */
const MOST_KEPT = 4_096;

/** Of output that has come whole. */
export function bytesAfterMark(bytes: Buffer): Buffer {
  const at = bytes.indexOf(MARK);
  return at < 0 ? bytes : bytes.subarray(at + MARK.length);
}

/** Of output that goes on coming. */
export class AfterMark extends Transform {
  /** null: the mark has come. */
  #before: Buffer | null = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#before === null) {
      done(null, chunk);
      return;
    }
    const bytes = Buffer.concat([this.#before, chunk]);
    const at = bytes.indexOf(MARK);
    if (at < 0) {
      this.#before = bytes.subarray(Math.max(0, bytes.length - MOST_KEPT));
      done();
      return;
    }
    this.#before = null;
    const rest = bytes.subarray(at + MARK.length);
    if (rest.length === 0) done();
    else done(null, rest);
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#before);
  }
}
