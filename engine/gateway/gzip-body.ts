/**
 * Compresses a body as it comes, each part at once: a gzip stream (RFC 1952) whose parts end on byte borders, so that
 * the client can decompress what it has. Synchronous: the gateway's writers stay free of waiting.
 */
import type { ResponseHead } from './frames.ts';

const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** An empty last block. */
const LAST_BLOCK = Buffer.from([3, 0]);
const MARK = /\r\nuwsgi-encoding:[ \t]*gzip[ \t]*(?=\r\n)/i;

export class GzipBody {
  /** Few applications ask for it, and loading it would be a part of every gateway's start. */
  readonly #zlib = process.getBuiltinModule('node:zlib');
  #crc = 0;
  #bytes = 0;
  #isBegun = false;

  /** The next part, compressed. */
  part(bytes: Buffer): Buffer {
    this.#crc = this.#zlib.crc32(bytes, this.#crc);
    this.#bytes += bytes.length;
    const blocks = this.#zlib.deflateRawSync(bytes, { finishFlush: this.#zlib.constants.Z_SYNC_FLUSH });
    return this.#withHeader(blocks);
  }

  end(): Buffer {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#crc, 0);
    trailer.writeUInt32LE(this.#bytes % 0x100000000, 4);
    return this.#withHeader(Buffer.concat([LAST_BLOCK, trailer]));
  }

  #withHeader(bytes: Buffer): Buffer {
    if (this.#isBegun) return bytes;
    this.#isBegun = true;
    return Buffer.concat([HEADER, bytes]);
  }
}

/**
 * The head of an answer that the application marked with `uWSGI-Encoding: gzip`, as that of a compressed one; null: it
 * is not marked, or says its length or an encoding already (uWSGI's router leaves those alone too).
 */
export function gzipHead(head: ResponseHead): ResponseHead | null {
  const text = head.block.toString('latin1');
  if (head.contentLength >= 0 || !MARK.test(text) || /\r\ncontent-encoding:/i.test(text)) return null;
  const marked = text.replace(MARK, '\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding');
  return { ...head, headerCount: head.headerCount + 1, block: Buffer.from(marked, 'latin1') };
}
