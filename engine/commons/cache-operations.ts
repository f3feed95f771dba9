/** Caches over the wire. The first field is always the cache's name; an empty one means the first cache. */
import type { Cache, Calculation } from './cache.ts';
import type { Operation } from './operations.ts';
import {
  DONE,
  doneIf,
  encodeError,
  encodeInteger,
  encodeList,
  NOTHING,
  Op,
  type RequestReader,
  valueOrNothing,
  WireError,
} from './wire.ts';

const CALCULATIONS: readonly Calculation[] = ['add', 'subtract', 'multiply', 'divide'];

export const cacheOperations: readonly [number, Operation][] = [
  // text key
  [Op.cacheGet, onCache((cache, request) => valueOrNothing(cache.get(request.text())))],
  // text key | u32 seconds, 0 for ever | u8 mode | bytes value
  [Op.cacheSet, onCache((cache, request) => set(cache, request))],
  // text key
  [Op.cacheDelete, onCache((cache, request) => doneIf(cache.delete(request.text())))],
  // text key
  [Op.cacheExists, onCache((cache, request) => doneIf(cache.has(request.text())))],
  [
    Op.cacheClear,
    onCache((cache) => {
      cache.clear();
      return DONE;
    }),
  ],
  // text key | u32 seconds | u8 calculation | i64 amount
  [Op.cacheCalculate, onCache((cache, request) => calculate(cache, request))],
  [
    Op.cacheKeys,
    // Without the cache uWSGI raises an error here, and nowhere else.
    onCache(
      (cache) => encodeList(cache.keys().map((key) => Buffer.from(key, 'latin1'))),
      () => encodeError('no local uWSGI cache available'),
    ),
  ],
  [Op.cacheCount, onCache((cache) => encodeInteger(BigInt(cache.count)))],
];

function onCache(
  operation: (cache: Cache, request: RequestReader) => Buffer,
  missing: () => Buffer = () => NOTHING,
): Operation {
  return (state, _session, request) => {
    const cache = state.cache(request.text());
    return cache === null ? missing() : operation(cache, request);
  };
}

function set(cache: Cache, request: RequestReader): Buffer {
  const key = request.text();
  const seconds = request.u32();
  const mode = request.u8() === 0 ? 'new' : 'update';
  return doneIf(cache.set(key, request.rest(), seconds, mode));
}

function calculate(cache: Cache, request: RequestReader): Buffer {
  const key = request.text();
  const seconds = request.u32();
  const calculation = CALCULATIONS[request.u8()];
  if (calculation === undefined) throw new WireError('no such calculation');
  return doneIf(cache.calculate(key, calculation, request.i64(), seconds));
}
