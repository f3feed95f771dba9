/** An environ as a gateway writes it for one language, for the tests of what is read back. */
import type { EnvironWriter } from '../environ-writer.ts';

type Pair = readonly [string, string];

/** @param constant pairs that come encoded, as those of a connection do, in front of the others */
export function writeEnviron(writer: EnvironWriter, pairs: readonly Pair[], constant: readonly Pair[] = []): Buffer {
  writer.begin();
  writer.raw(Buffer.concat(constant.map(([key, value]) => writer.encodePair(key, value))));
  for (const [key, value] of pairs) {
    const bytes = Buffer.from(value, 'latin1');
    writer.pair(writer.encodeKey(key), bytes, 0, bytes.length, true);
  }
  writer.finish();
  return Buffer.from(writer.bytes.subarray(0, writer.length));
}
