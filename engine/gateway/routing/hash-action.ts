/**
 * `hash`: chooses one of a list for a key and puts it into a variable, which `http` and `uwsgi` may then name as the
 * server that gets the request. The sums are those of uWSGI 2.0.21, so that a key has the same place behind both.
 */
import { type Fields, field } from './route-actions.ts';
import type { RouteContext, Verdict } from './route-context.ts';
import type { LongActions } from './route-program.ts';

export function hashAction(): LongActions['actions'][string] {
  const rounds = new Map<Fields, number>();
  const nextRound = (fields: Fields): number => {
    const round = rounds.get(fields) ?? 0;
    rounds.set(fields, (round + 1) % 0x1_0000_0000);
    return round;
  };
  return (context: RouteContext, fields): Verdict => {
    const items = field(context, fields, 'items')
      .split(';')
      .filter((item) => item !== '');
    const number = numberOf(field(context, fields, 'algo'), field(context, fields, 'key'), () => nextRound(fields));
    const item = items[number % items.length] ?? '';
    context.set(field(context, fields, 'var'), item);
    context.chosen.add(item);
    return 'next';
  };
}

function numberOf(algorithm: string, key: string, nextRound: () => number): number {
  switch (algorithm) {
    case 'murmur2':
      return murmur2(Buffer.from(key, 'latin1'));
    case 'rand':
      return Math.floor(Math.random() * 0x1_0000_0000);
    case 'rr':
      return nextRound();
    default:
      return djb33x(Buffer.from(key, 'latin1'));
  }
}

function djb33x(bytes: Buffer): number {
  let hash = 5381;
  for (const byte of bytes) hash = (Math.imul(hash, 33) ^ byte) >>> 0;
  return hash;
}

const MIX = 0x5bd1e995;

/** MurmurHash2, 32 bits, seed 0; as uWSGI the up to three bytes that are left over are the key's first ones. */
function murmur2(bytes: Buffer): number {
  let hash = bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(bytes.readUInt32LE(at), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  const left = bytes.length - at;
  if (left > 0) hash = Math.imul(hash ^ bytes.readUIntLE(0, left), MIX);
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return (hash ^ (hash >>> 15)) >>> 0;
}
