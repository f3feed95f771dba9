/**
 * The scoreboard: one slot for each core of each worker in shared memory. The gateway that owns the core
 * writes it, the master reads it: stats and harakiri cost a request nothing and go on when a gateway hangs.
 * Slots are handed out by the master (slot numbers travel in `expect-worker`) and freed when the worker is gone.
 *
 *   header  16 float64      see HeaderField
 *   slots   SLOT_COUNT x 16 float64, see SlotField
 *   vars    SLOT_COUNT x VARS_BYTES: the encoded environ of the request that runs, cut off at VARS_BYTES
 */

export const SLOT_COUNT = 2048;
export const VARS_BYTES = 8192;
const FIELDS = 16;
const HEADER_BYTES = FIELDS * 8;
const VARS_OFFSET = HEADER_BYTES + SLOT_COUNT * FIELDS * 8;

export const HeaderField = {
  /** Requests that wait for a worker now. */
  listenQueue: 0,
  /** Requests refused with 503 because the queue was full. */
  listenQueueErrors: 1,
  openConnections: 2,
  requests: 3,
} as const;

export const SlotField = {
  /** 0: idle. */
  requestId: 0,
  /** Epoch milliseconds at which the request that runs began. */
  startMs: 1,
  /** Epoch milliseconds at which harakiri is due; 0: none. */
  deadlineMs: 2,
  requests: 3,
  exceptions: 4,
  runningMicros: 5,
  /** uWSGI's average: (average + last) / 2. */
  avgRtMicros: 6,
  txBytes: 7,
  writeErrors: 8,
  readErrors: 9,
  /** Bytes of the encoded environ in the vars area. */
  varsLength: 10,
  /** Requests sent to the core and not yet begun. */
  queued: 11,
} as const;
export type SlotField = (typeof SlotField)[keyof typeof SlotField];

export interface Scoreboard {
  buffer: SharedArrayBuffer;
  header: Float64Array<SharedArrayBuffer>;
  slots: Float64Array<SharedArrayBuffer>;
  vars: Uint8Array<SharedArrayBuffer>;
}

export function createScoreboard(): Scoreboard {
  return openScoreboard(new SharedArrayBuffer(VARS_OFFSET + SLOT_COUNT * VARS_BYTES));
}

export function openScoreboard(buffer: SharedArrayBuffer): Scoreboard {
  return {
    buffer,
    header: new Float64Array(buffer, 0, FIELDS),
    slots: new Float64Array(buffer, HEADER_BYTES, SLOT_COUNT * FIELDS),
    vars: new Uint8Array(buffer, VARS_OFFSET, SLOT_COUNT * VARS_BYTES),
  };
}

/** Index of a slot's field in `slots`. */
export function slotIndex(slot: number, field: SlotField): number {
  return slot * FIELDS + field;
}

export function clearSlot(board: Scoreboard, slot: number): void {
  board.slots.fill(0, slot * FIELDS, (slot + 1) * FIELDS);
}
