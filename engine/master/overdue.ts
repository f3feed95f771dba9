/**
 * Finds requests that are past their harakiri deadline, from the scoreboard alone: it works when a gateway hangs.
 * Each request is reported once.
 */
import { SlotField } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import type { MasterEvent } from './events.ts';
import type { MasterState } from './machine-state.ts';

export interface Scan {
  events: Extract<MasterEvent, { type: 'request-overdue' }>[];
  /** The next deadline of a request that runs now; null: none has one. */
  nextMs: number | null;
}

/** `harakiri-queue-threshold`: with fewer requests waiting nobody is given up. */
export interface Pressure {
  waiting: number;
  threshold: number;
}

/** A request that was spared is looked at again after this time. */
const SPARED_MS = 1000;

export class OverdueScanner {
  /** Slot to the request id that was reported there. */
  readonly #reported = new Map<number, number>();

  scan(state: MasterState, accounts: Accounts, nowMs: number, pressure: Pressure): Scan {
    const scan: Scan = { events: [], nextMs: null };
    for (const worker of state.workers.values()) {
      const slots = accounts.slotsOf(worker.spawnId);
      slots.forEach((slot, core) => {
        const requestId = accounts.read(slot, SlotField.requestId);
        const deadlineMs = accounts.read(slot, SlotField.deadlineMs);
        if (requestId === 0 || deadlineMs === 0 || this.#reported.get(slot) === requestId) return;
        if (deadlineMs > nowMs) {
          scan.nextMs = Math.min(scan.nextMs ?? deadlineMs, deadlineMs);
          return;
        }
        if (pressure.waiting < pressure.threshold) {
          scan.nextMs = Math.min(scan.nextMs ?? Number.POSITIVE_INFINITY, nowMs + SPARED_MS);
          return;
        }
        this.#reported.set(slot, requestId);
        const startMs = accounts.read(slot, SlotField.startMs);
        scan.events.push({
          type: 'request-overdue',
          spawnId: worker.spawnId,
          core,
          requestId,
          seconds: Math.round((deadlineMs - startMs) / 1000),
          siblingsUntilMs: this.#siblingsUntilMs(accounts, slots, core),
        });
      });
    }
    return scan;
  }

  /** The latest deadline on the worker's other cores; 0: one runs without a deadline; null: none runs. */
  #siblingsUntilMs(accounts: Accounts, slots: readonly number[], core: number): number | null {
    let latest: number | null = null;
    for (const [index, slot] of slots.entries()) {
      const requestId = accounts.read(slot, SlotField.requestId);
      if (index === core || requestId === 0 || this.#reported.get(slot) === requestId) continue;
      const deadlineMs = accounts.read(slot, SlotField.deadlineMs);
      if (deadlineMs === 0) return 0;
      latest = Math.max(latest ?? 0, deadlineMs);
    }
    return latest;
  }
}
