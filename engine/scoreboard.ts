/**
 * The scoreboard: one slot for each core of each worker in shared memory. The gateway that owns the core
 * writes it, the master reads it: stats and harakiri cost a request nothing and go on when a gateway hangs.
 * Slots are handed out by the master (slot numbers travel in `expect-worker`) and freed when the worker is gone.
 *
 *   header  MAX_GATEWAYS x 16 float64, see HeaderField: each gateway writes a row of its own
 *   slots   SLOT_COUNT x 16 float64, see SlotField
 *   apps    SLOT_COUNT x APPS_SHOWN x 2 float64: requests and exceptions of each application but the first, whose
 *           share is what is left of the slot's
 *   claims  int32: which gateway has which core (gateway/core-claims.ts)
 *   vars    SLOT_COUNT x VARS_BYTES: the encoded environ of the request that runs, cut off at VARS_BYTES
 */

/** Twice the cores that processes may have together: memory that nobody has touched costs nothing. */
export const SLOT_COUNT = 16_384;
export const VARS_BYTES = 8192;
/** Applications of a worker that are counted apart. */
export const APPS_SHOWN = 32;
const FIELDS = 16;
export const MAX_GATEWAYS = 16;
const HEADER_BYTES = MAX_GATEWAYS * FIELDS * 8;
const APP_FIELDS = 2;
const APPS_OFFSET = HEADER_BYTES + SLOT_COUNT * FIELDS * 8;
/** For each gateway: since when it waits for a core, and how many it has. */
export const ClaimField = { sinceMs: 0, held: 1 } as const;
const CLAIM_FIELDS = 2;
/** Index of the word that gateways which wait for a core are woken by. */
export const CLAIM_WAKE = SLOT_COUNT + MAX_GATEWAYS * CLAIM_FIELDS;
const CLAIMS_OFFSET = APPS_OFFSET + SLOT_COUNT * APPS_SHOWN * APP_FIELDS * 8;
const CLAIM_WORDS = CLAIM_WAKE + 1;
const VARS_OFFSET = CLAIMS_OFFSET + CLAIM_WORDS * 4;

export const HeaderField = {
  /** Requests that wait for a worker now. */
  listenQueue: 0,
  /** Requests refused with 503 because the queue was full. */
  listenQueueErrors: 1,
  openConnections: 2,
  requests: 3,
  /** What the gateway answered without a worker (gateway/request-gate.ts): requests, by what answered them, and bytes. */
  gateRequests: 4,
  staticRequests: 5,
  routedRequests: 6,
  offloadedRequests: 7,
  gateTxBytes: 8,
  gateWriteErrors: 9,
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
  /** Answers whose file the gateway sent. */
  offloaded: 12,
} as const;
export type HeaderField = (typeof HeaderField)[keyof typeof HeaderField];
export type SlotField = (typeof SlotField)[keyof typeof SlotField];

export interface Scoreboard {
  buffer: SharedArrayBuffer;
  header: Float64Array<SharedArrayBuffer>;
  slots: Float64Array<SharedArrayBuffer>;
  apps: Float64Array<SharedArrayBuffer>;
  claims: Int32Array<SharedArrayBuffer>;
  vars: Uint8Array<SharedArrayBuffer>;
}

export function createScoreboard(): Scoreboard {
  return openScoreboard(new SharedArrayBuffer(VARS_OFFSET + SLOT_COUNT * VARS_BYTES));
}

export function openScoreboard(buffer: SharedArrayBuffer): Scoreboard {
  return {
    buffer,
    header: new Float64Array(buffer, 0, MAX_GATEWAYS * FIELDS),
    slots: new Float64Array(buffer, HEADER_BYTES, SLOT_COUNT * FIELDS),
    apps: new Float64Array(buffer, APPS_OFFSET, SLOT_COUNT * APPS_SHOWN * APP_FIELDS),
    claims: new Int32Array(buffer, CLAIMS_OFFSET, CLAIM_WORDS),
    vars: new Uint8Array(buffer, VARS_OFFSET, SLOT_COUNT * VARS_BYTES),
  };
}

/** Index of a gateway's field in `header`. */
export function headerIndex(gatewayId: number, field: HeaderField): number {
  return gatewayId * FIELDS + field;
}

/** All gateways together. */
export function headerTotal(board: Scoreboard, field: HeaderField): number {
  let total = 0;
  for (let id = 0; id < MAX_GATEWAYS; id++) total += board.header[headerIndex(id, field)] ?? 0;
  return total;
}

/** Index of a gateway's word in `claims`; a core's word is at its slot's number. */
export function claimIndex(gatewayId: number, field: (typeof ClaimField)[keyof typeof ClaimField]): number {
  return SLOT_COUNT + gatewayId * CLAIM_FIELDS + field;
}

/** A gateway is no more: nothing waits there, and nobody gives way to it. Its cores stay claimed until they are cleared. */
export function forgetGateway(board: Scoreboard, gatewayId: number): void {
  board.header[headerIndex(gatewayId, HeaderField.listenQueue)] = 0;
  board.header[headerIndex(gatewayId, HeaderField.openConnections)] = 0;
  Atomics.store(board.claims, claimIndex(gatewayId, ClaimField.sinceMs), 0);
  Atomics.store(board.claims, claimIndex(gatewayId, ClaimField.held), 0);
}

/** Index of a slot's field in `slots`. */
export function slotIndex(slot: number, field: SlotField): number {
  return slot * FIELDS + field;
}

/** Index of an application's counter in `apps`. */
export function appIndex(slot: number, app: number, counter: 'requests' | 'exceptions'): number {
  return (slot * APPS_SHOWN + app) * APP_FIELDS + (counter === 'requests' ? 0 : 1);
}

export function clearSlot(board: Scoreboard, slot: number): void {
  Atomics.store(board.claims, slot, 0);
  board.slots.fill(0, slot * FIELDS, (slot + 1) * FIELDS);
  board.apps.fill(0, appIndex(slot, 0, 'requests'), appIndex(slot + 1, 0, 'requests'));
}
