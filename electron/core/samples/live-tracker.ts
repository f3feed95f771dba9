/**
 * What single samples do not keep and options are judged by: busy cores, the longest running request, memory of the
 * largest worker, workers that stay active, and how long workers lived. The last 15 minutes in steps of 10 seconds;
 * a few additions for each poll.
 */
import type { StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';
import type { RequestRow } from '../../contract/model.ts';
import { statusOf, workersOf } from './worker-rows.ts';

const STEP_MS = 10_000;
export const STEPS = 90;
const MOST_LIVES = 100;

interface Step {
  index: number;
  busyCores: number;
  activeLeast: number;
  longestMs: number;
  rssLargestBytes: number;
  rssTotalBytes: number;
}

/** How a worker ended that was replaced by another process. */
export interface WorkerLife {
  wid: number;
  lifeMs: number;
  requests: number;
  rssBytes: number;
  endedAtMs: number;
}

export interface TrackedPeaks {
  /** 0: nothing was seen yet. */
  steps: number;
  busyCores: number;
  activeLeast: number;
  longestMs: number;
  rssLargestBytes: number;
  rssTotalBytes: number;
}

export class LiveTracker {
  readonly #steps: Step[] = [];
  #lives: WorkerLife[] = [];
  #before = new Map<number, StatsWorker>();
  #masterPid = 0;

  /** Workers that were replaced one by one in the last 15 minutes, oldest first; all at once is a reload. */
  livesSince(sinceMs: number): WorkerLife[] {
    return this.#lives.filter(({ endedAtMs }) => endedAtMs >= sinceMs);
  }

  see(document: StatsDocument, requests: readonly RequestRow[], atMs: number): void {
    const workers = workersOf(document);
    this.#countLives(document.pid, workers, atMs);
    const index = Math.floor(atMs / STEP_MS);
    let step = this.#steps.at(-1);
    if (step === undefined || step.index !== index) {
      step = {
        index,
        busyCores: 0,
        activeLeast: Number.POSITIVE_INFINITY,
        longestMs: 0,
        rssLargestBytes: 0,
        rssTotalBytes: 0,
      };
      this.#steps.push(step);
      if (this.#steps.length > STEPS) this.#steps.shift();
    }
    let busyCores = 0;
    let active = 0;
    let rssTotal = 0;
    for (const worker of workers) {
      const { status } = statusOf(worker);
      if (status !== 'cheap' && status !== 'down') active += 1;
      for (const core of worker.cores) busyCores += core.in_request > 0 ? 1 : 0;
      rssTotal += worker.rss;
      step.rssLargestBytes = Math.max(step.rssLargestBytes, worker.rss);
    }
    for (const { elapsedMs } of requests) step.longestMs = Math.max(step.longestMs, elapsedMs ?? 0);
    step.busyCores = Math.max(step.busyCores, busyCores);
    step.rssTotalBytes = Math.max(step.rssTotalBytes, rssTotal);
    // A server on its way up or down has no active workers for a moment; that is no sign of little to do.
    if (active > 0) step.activeLeast = Math.min(step.activeLeast, active);
  }

  peaksSince(sinceMs: number): TrackedPeaks {
    const steps = this.#steps.filter(({ index }) => (index + 1) * STEP_MS > sinceMs);
    const most = (value: (step: Step) => number): number => Math.max(0, ...steps.map(value));
    const least = Math.min(...steps.map(({ activeLeast }) => activeLeast));
    return {
      steps: steps.length,
      busyCores: most(({ busyCores }) => busyCores),
      activeLeast: Number.isFinite(least) ? least : 0,
      longestMs: most(({ longestMs }) => longestMs),
      rssLargestBytes: most(({ rssLargestBytes }) => rssLargestBytes),
      rssTotalBytes: most(({ rssTotalBytes }) => rssTotalBytes),
    };
  }

  #countLives(masterPid: number, workers: readonly StatsWorker[], atMs: number): void {
    const ended: WorkerLife[] = [];
    let present = 0;
    for (const worker of workers) {
      if (worker.pid > 0) present += 1;
      const before = this.#before.get(worker.id);
      if (before === undefined || before.pid <= 0 || worker.pid <= 0 || worker.pid === before.pid) continue;
      const lifeMs = atMs - before.last_spawn * 1000;
      const { delta_requests: requests, rss: rssBytes, id: wid } = before;
      if (before.last_spawn > 0 && lifeMs > 0) ended.push({ wid, lifeMs, requests, rssBytes, endedAtMs: atMs });
    }
    const isReload = ended.length > 1 && ended.length === present;
    if (masterPid === this.#masterPid && !isReload) {
      this.#lives = [...this.#lives, ...ended].slice(-MOST_LIVES);
    }
    this.#masterPid = masterPid;
    this.#before = new Map(workers.map((worker) => [worker.id, worker]));
  }
}
