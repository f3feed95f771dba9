/** The queue over the wire. Without a queue everything is `nothing`. */
import type { Operation } from './operations.ts';
import type { Queue } from './queue.ts';
import { doneIf, encodeInteger, encodeList, NOTHING, Op, type RequestReader, valueOrNothing } from './wire.ts';

export const queueOperations: readonly [number, Operation][] = [
  // bytes value
  [Op.queuePush, onQueue((queue, request) => doneIf(queue.push(request.rest())))],
  [Op.queuePop, onQueue((queue) => valueOrNothing(queue.pop()))],
  [Op.queuePull, onQueue((queue) => valueOrNothing(queue.pull()))],
  // u32 slot
  [Op.queueGet, onQueue((queue, request) => valueOrNothing(queue.get(request.u32())))],
  // u32 slot | bytes value
  [
    Op.queueSet,
    onQueue((queue, request) => {
      const slot = request.u32();
      return doneIf(queue.set(slot, request.rest()));
    }),
  ],
  // u32 count
  [Op.queueLast, onQueue((queue, request) => encodeList(queue.last(request.u32())))],
  // u8: 1 for the place of pull
  [
    Op.queuePosition,
    onQueue((queue, request) => encodeInteger(BigInt(request.u8() === 1 ? queue.pullPosition : queue.position))),
  ],
];

function onQueue(operation: (queue: Queue, request: RequestReader) => Buffer): Operation {
  return ({ queue }, _session, request) => (queue === null ? NOTHING : operation(queue, request));
}
