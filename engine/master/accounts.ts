/**
 * The books of the workers: which scoreboard slots belong to whom, and what dead processes had counted. A worker
 * number (`wid`) of a generation is a seat; its totals survive its processes as in uWSGI, and a new generation
 * begins anew, as uWSGI does when it executes itself again.
 */
import { APPS_SHOWN, appIndex, clearSlot, type Scoreboard, SLOT_COUNT, SlotField, slotIndex } from '../scoreboard.ts';

/** Counters of one core, summed over a seat's processes. */
export interface CoreTotals {
  requests: number;
  exceptions: number;
  runningMicros: number;
  txBytes: number;
  writeErrors: number;
  readErrors: number;
  /** Files that the gateway sent in the worker's place. */
  offloaded: number;
}

/** Counters of one application of a seat. */
export interface AppTotals {
  requests: number;
  exceptions: number;
}

export interface SeatTotals {
  cores: CoreTotals[];
  /** By the application's number; the first one's are those of the cores less these. */
  apps: AppTotals[];
  avgRtMicros: number;
  harakiris: number;
  /** Processes so far; uWSGI's respawn_count. */
  spawns: number;
  lastSpawnMs: number;
}

interface Entry {
  generation: number;
  wid: number;
  slots: number[];
  /** The gateways have confirmed that this many cores are there no more. */
  lostCores: number;
  isConnected: boolean;
  /** Its process is gone; the slots are free when the gateways have let go, at this time at the latest. */
  freeAtMs: number | null;
}

/** A gateway that never says that it let go of a core is believed after this time. */
const LET_GO_MS = 10_000;

const COUNTERS = [
  ['requests', SlotField.requests],
  ['exceptions', SlotField.exceptions],
  ['runningMicros', SlotField.runningMicros],
  ['txBytes', SlotField.txBytes],
  ['writeErrors', SlotField.writeErrors],
  ['readErrors', SlotField.readErrors],
  ['offloaded', SlotField.offloaded],
] as const;

export class Accounts {
  readonly #board: Scoreboard;
  readonly #freeSlots: number[] = [];
  readonly #seats = new Map<string, SeatTotals>();
  readonly #entries = new Map<number, Entry>();
  /** Requests of processes whose slots others have by now. */
  #freedRequests = 0;

  constructor(board: Scoreboard) {
    this.#board = board;
    for (let slot = SLOT_COUNT - 1; slot >= 0; slot--) this.#freeSlots.push(slot);
  }

  /** Opens the books of a new process; null when no slots are left. */
  admit(spawnId: number, generation: number, wid: number, cores: number, nowMs: number): number[] | null {
    if (this.#freeSlots.length < cores) return null;
    const slots = this.#freeSlots.splice(-cores);
    for (const slot of slots) clearSlot(this.#board, slot);
    this.#entries.set(spawnId, { generation, wid, slots, lostCores: 0, isConnected: false, freeAtMs: null });
    const seat = this.#seat(generation, wid);
    seat.spawns += 1;
    seat.lastSpawnMs = nowMs;
    return slots;
  }

  connected(spawnId: number): void {
    const entry = this.#entries.get(spawnId);
    if (entry !== undefined) entry.isConnected = true;
  }

  coreLost(spawnId: number): void {
    const entry = this.#entries.get(spawnId);
    if (entry === undefined) return;
    entry.lostCores += 1;
    this.#freeIfDone(spawnId, entry);
  }

  /** The process is gone. */
  gone(spawnId: number, nowMs: number): void {
    const entry = this.#entries.get(spawnId);
    if (entry === undefined) return;
    entry.freeAtMs = nowMs + LET_GO_MS;
    this.#freeIfDone(spawnId, entry);
  }

  /** Frees what gateways never let go of. */
  tick(nowMs: number): void {
    for (const [spawnId, entry] of this.#entries) {
      if (entry.freeAtMs !== null && nowMs >= entry.freeAtMs) this.#free(spawnId, entry);
    }
  }

  /** A gateway died: what ran on its cores runs no more, and it will not say so. */
  gatewayLost(): void {
    for (const entry of this.#entries.values()) {
      entry.isConnected = false;
      for (const slot of entry.slots) this.#board.slots[slotIndex(slot, SlotField.requestId)] = 0;
    }
  }

  harakiri(generation: number, wid: number): void {
    this.#seat(generation, wid).harakiris += 1;
  }

  forgetGeneration(generation: number): void {
    for (const key of this.#seats.keys()) {
      if (key.startsWith(`${generation}/`)) this.#seats.delete(key);
    }
  }

  /** Slots of a process, by core; empty when it has none. */
  slotsOf(spawnId: number): readonly number[] {
    return this.#entries.get(spawnId)?.slots ?? [];
  }

  read(slot: number, field: SlotField): number {
    return this.#board.slots[slotIndex(slot, field)] ?? 0;
  }

  /** A request runs on one of its cores. */
  isBusy(spawnId: number): boolean {
    return this.slotsOf(spawnId).some((slot) => this.read(slot, SlotField.requestId) !== 0);
  }

  /** Requests that any process has answered so far, also those that were replaced since. */
  get requestsEver(): number {
    let requests = this.#freedRequests;
    for (const { slots } of this.#entries.values()) {
      for (const slot of slots) requests += this.read(slot, SlotField.requests);
    }
    return requests;
  }

  /** Totals of a seat with what its present processes have counted so far. */
  totalsOf(generation: number, wid: number): SeatTotals {
    const seat = this.#seat(generation, wid);
    const totals: SeatTotals = { ...seat, cores: structuredClone(seat.cores), apps: structuredClone(seat.apps) };
    for (const entry of this.#entries.values()) {
      if (entry.generation === generation && entry.wid === wid) this.#addTo(totals, entry.slots);
    }
    return totals;
  }

  #freeIfDone(spawnId: number, entry: Entry): void {
    if (entry.freeAtMs !== null && entry.isConnected && entry.lostCores >= entry.slots.length)
      this.#free(spawnId, entry);
  }

  #free(spawnId: number, entry: Entry): void {
    this.#addTo(this.#seat(entry.generation, entry.wid), entry.slots);
    for (const slot of entry.slots) {
      this.#freedRequests += this.read(slot, SlotField.requests);
      clearSlot(this.#board, slot);
    }
    this.#freeSlots.push(...entry.slots);
    this.#entries.delete(spawnId);
  }

  #addTo(seat: SeatTotals, slots: readonly number[]): void {
    const averages: number[] = [];
    slots.forEach((slot, index) => {
      const core = (seat.cores[index] ??= emptyCore());
      for (const [name, field] of COUNTERS) core[name] += this.read(slot, field);
      this.#addApps(seat, slot);
      if (this.read(slot, SlotField.requests) > 0) averages.push(this.read(slot, SlotField.avgRtMicros));
    });
    if (averages.length > 0) seat.avgRtMicros = averages.reduce((sum, value) => sum + value, 0) / averages.length;
  }

  #addApps(seat: SeatTotals, slot: number): void {
    for (let app = 1; app < APPS_SHOWN; app++) {
      const requests = this.#board.apps[appIndex(slot, app, 'requests')] ?? 0;
      if (requests === 0) continue;
      const totals = (seat.apps[app] ??= { requests: 0, exceptions: 0 });
      totals.requests += requests;
      totals.exceptions += this.#board.apps[appIndex(slot, app, 'exceptions')] ?? 0;
    }
  }

  #seat(generation: number, wid: number): SeatTotals {
    const key = `${generation}/${wid}`;
    let seat = this.#seats.get(key);
    if (seat === undefined) {
      seat = { cores: [], apps: [], avgRtMicros: 0, harakiris: 0, spawns: 0, lastSpawnMs: 0 };
      this.#seats.set(key, seat);
    }
    return seat;
  }
}

function emptyCore(): CoreTotals {
  return { requests: 0, exceptions: 0, runningMicros: 0, txBytes: 0, writeErrors: 0, readErrors: 0, offloaded: 0 };
}
