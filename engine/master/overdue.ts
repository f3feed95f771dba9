/**
 * Finds requests that are past their harakiri deadline, from the scoreboard alone: it works when a gateway hangs.
 * Each request is reported once; where the worker may be able to cancel it, once before (`request-late`).
 */
import { SlotField } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import type { MasterEvent } from './events.ts';
import type { MasterState } from './machine-state.ts';

export interface Scan {
  events: Extract<MasterEvent, { type: 'request-late' | 'request-overdue' }>[];
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
  /** Slot to the request id whose worker was asked to cancel it, and until when it has time for that. */
  readonly #late = new Map<number, { requestId: number; untilMs: number }>();

  scan(state: MasterState, accounts: Accounts, nowMs: number, pressure: Pressure): Scan {
    const scan: Scan = { events: [], nextMs: null };
    for (const worker of state.workers.values()) {
      const slots = accounts.slotsOf(worker.spawnId);
      const cancelMs = state.generations.get(worker.generation)?.plan.harakiri.cancelMs ?? 0;
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
        const startMs = accounts.read(slot, SlotField.startMs);
        const seconds = Math.round((deadlineMs - startMs) / 1000);
        const { spawnId } = worker;
        const late = this.#late.get(slot);
        if (cancelMs > 0 && late?.requestId !== requestId) {
          const untilMs = nowMs + cancelMs;
          this.#late.set(slot, { requestId, untilMs });
          scan.nextMs = Math.min(scan.nextMs ?? untilMs, untilMs);
          scan.events.push({ type: 'request-late', spawnId, core, requestId, seconds });
          return;
        }
        if (cancelMs > 0 && late !== undefined && late.untilMs > nowMs) {
          scan.nextMs = Math.min(scan.nextMs ?? late.untilMs, late.untilMs);
          return;
        }
        this.#reported.set(slot, requestId);
        scan.events.push({
          type: 'request-overdue',
          spawnId,
          core,
          requestId,
          seconds,
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
