/**
 * What the gateway writes on the scoreboard, in uWSGI's terms: counters of cores, the request that runs, its
 * deadline, its variables. The master reads it at any time (engine/scoreboard.ts describes the layout).
 */
import {
  APPS_SHOWN,
  appIndex,
  HeaderField,
  headerIndex,
  headerTotal,
  type Scoreboard,
  SlotField,
  slotIndex,
  VARS_BYTES,
} from '../scoreboard.ts';
import { environBytes, REQUEST_PREFIX_BYTES } from './frames.ts';
import type { GatewayRequest } from './request.ts';
import type { GateCount } from './request-gate.ts';

const GATE_FIELDS: Record<GateCount, HeaderField> = {
  static: HeaderField.staticRequests,
  routed: HeaderField.routedRequests,
  offloaded: HeaderField.offloadedRequests,
};

export class SlotWriter {
  harakiriSeconds = 0;
  readonly #board: Scoreboard;

  readonly #gatewayId: number;
  readonly #isAlone: boolean;

  constructor(board: Scoreboard, gatewayId = 0, gatewayCount = 1) {
    this.#board = board;
    this.#gatewayId = gatewayId;
    this.#isAlone = gatewayCount === 1;
  }

  /** Requests that were served since the start, by all gateways. */
  get requests(): number {
    if (!this.#isAlone) return headerTotal(this.#board, HeaderField.requests);
    return this.#board.header[HeaderField.requests] ?? 0;
  }

  /** Requests that the process with this slot has served. */
  servedBy(slot: number): number {
    return this.#board.slots[slotIndex(slot, SlotField.requests)] ?? 0;
  }

  requestBegan(slot: number, request: GatewayRequest, queued: number): void {
    const { slots, vars } = this.#board;
    const { frame } = request;
    const shown = Math.min(environBytes(frame), VARS_BYTES);
    frame.copy(vars, slot * VARS_BYTES, REQUEST_PREFIX_BYTES, REQUEST_PREFIX_BYTES + shown);
    const base = slotIndex(slot, SlotField.requestId);
    slots[base + SlotField.varsLength] = shown;
    slots[base + SlotField.queued] = queued;
    slots[base + SlotField.startMs] = request.beganMs;
    const seconds = request.harakiriSeconds ?? this.harakiriSeconds;
    slots[base + SlotField.deadlineMs] = seconds > 0 ? request.beganMs + seconds * 1000 : 0;
    slots[base] = request.id;
  }

  requestEnded(slot: number, micros: number, request: GatewayRequest, exception: boolean): void {
    const { slots, header } = this.#board;
    const base = slotIndex(slot, SlotField.requestId);
    add(slots, base + SlotField.requests, 1);
    if (exception) add(slots, base + SlotField.exceptions, 1);
    add(slots, base + SlotField.runningMicros, micros);
    const average = slots[base + SlotField.avgRtMicros] ?? 0;
    slots[base + SlotField.avgRtMicros] = Math.floor((average + micros) / 2);
    add(slots, base + SlotField.txBytes, request.answer.headBytes + request.answer.bodyBytes);
    // A client that leaves its websocket is no failed write.
    if (request.target === null && request.input === null) add(slots, base + SlotField.writeErrors, 1);
    add(header, headerIndex(this.#gatewayId, HeaderField.requests), 1);
    if (request.app > 0 && request.app < APPS_SHOWN) {
      add(this.#board.apps, appIndex(slot, request.app, 'requests'), 1);
      if (exception) add(this.#board.apps, appIndex(slot, request.app, 'exceptions'), 1);
    }
  }

  /** A request was served that is in no slot of the gateway's: it counts in the total. */
  servedElsewhere(): void {
    add(this.#board.header, headerIndex(this.#gatewayId, HeaderField.requests), 1);
  }

  /** The gateway itself answered a request. */
  answeredAtGate(request: GatewayRequest, counts: readonly GateCount[]): void {
    this.#addToHeader(HeaderField.requests, 1);
    this.#addToHeader(HeaderField.gateRequests, 1);
    for (const count of counts) this.#addToHeader(GATE_FIELDS[count], 1);
    this.#addToHeader(HeaderField.gateTxBytes, request.answer.headBytes + request.answer.bodyBytes);
    if (request.target === null) this.#addToHeader(HeaderField.gateWriteErrors, 1);
  }

  #addToHeader(field: HeaderField, amount: number): void {
    add(this.#board.header, headerIndex(this.#gatewayId, field), amount);
  }

  /** Is the request that runs past its deadline? */
  isOverdue(slot: number): boolean {
    const deadlineMs = this.#board.slots[slotIndex(slot, SlotField.deadlineMs)] ?? 0;
    return deadlineMs > 0 && deadlineMs <= Date.now();
  }

  /** The application asked for another deadline for the request that runs: seconds from now; 0: none. */
  setDeadline(slot: number, seconds: number): void {
    this.#board.slots[slotIndex(slot, SlotField.deadlineMs)] = seconds === 0 ? 0 : Date.now() + seconds * 1000;
  }

  /** The gateway sends the file that is the answer. */
  offloaded(slot: number): void {
    add(this.#board.slots, slotIndex(slot, SlotField.offloaded), 1);
  }

  setQueued(slot: number, queued: number): void {
    this.#board.slots[slotIndex(slot, SlotField.queued)] = queued;
  }

  /** Nothing runs on the core; its counters stay for the master. */
  setIdle(slot: number): void {
    const { slots } = this.#board;
    const base = slotIndex(slot, SlotField.requestId);
    slots[base] = 0;
    slots[base + SlotField.deadlineMs] = 0;
    slots[base + SlotField.varsLength] = 0;
    slots[base + SlotField.queued] = 0;
  }

  setQueueLength(length: number): void {
    this.#board.header[headerIndex(this.#gatewayId, HeaderField.listenQueue)] = length;
  }

  queueOverflow(): void {
    add(this.#board.header, headerIndex(this.#gatewayId, HeaderField.listenQueueErrors), 1);
  }

  addConnections(delta: number): void {
    add(this.#board.header, headerIndex(this.#gatewayId, HeaderField.openConnections), delta);
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] ?? 0) + amount;
}
