/**
 * Timers, times of cron and file monitors that raise signals of uWSGI's framework. They belong to the generation whose
 * application has asked for them: those of a new one begin when it takes over. The same one asked for again by another
 * process of the generation (each worker loads the application with `lazy-apps`) is the same one.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { StatsTimer } from '../api/stats.ts';
import { type CronTime, formatCronTime, isDue, MINUTE_MS, nextRunMs } from '../config/cron-time.ts';
import { waitable } from '../longest-wait.ts';
import { minutesToLookAt } from './schedule.ts';

/** As on uWSGI, of each kind. */
const MOST_OF_A_KIND = 64;
/** Changes that come together raise one signal. */
const GATHER_MS = 50;
/** A file that is not there (any more) is looked for again so often. */
const LOOK_AGAIN_MS = 1000;

export type TimerRequest =
  | { kind: 'timer' | 'rbtimer'; number: number; seconds: number; iterations: number }
  | { kind: 'cron'; number: number; time: CronTime }
  | { kind: 'file'; number: number; path: string };

export interface TimersHost {
  raise: (number: number) => void;
  log: (text: string) => void;
}

interface Running {
  request: TimerRequest;
  raised: number;
  lastMs: number;
  /** Of a cron: the time of the day. Of a timer: on the monotonic clock, so that a clock that is set does not stop it. */
  nextMs: number;
  clock: NodeJS.Timeout | null;
  watcher: FSWatcher | null;
}

export class Timers {
  readonly #host: TimersHost;
  readonly #wanted = new Map<number, Map<string, TimerRequest>>();
  readonly #running = new Map<string, Running>();
  /** The last minute since the epoch that each cron has looked at: a reload raises none of them again. */
  readonly #minutes = new Map<string, number>();
  #generation = 0;

  constructor(host: TimersHost) {
    this.#host = host;
  }

  get reports(): StatsTimer[] {
    return [...this.#running.values()].map(({ request, raised, lastMs, nextMs }) => ({
      kind: request.kind,
      signal: request.number,
      path: request.kind === 'file' ? request.path : request.kind === 'cron' ? formatCronTime(request.time) : '',
      seconds: 'seconds' in request ? request.seconds : 0,
      iterations: 'seconds' in request && request.iterations > 0 ? request.iterations - raised : 0,
      last: Math.floor(lastMs / 1000),
      next: Math.floor((request.kind === 'cron' || nextMs === 0 ? nextMs : wallMs(nextMs)) / 1000),
      raised,
    }));
  }

  /** A process of this generation asks for one. */
  add(generation: number, request: TimerRequest): void {
    const wanted = this.#wanted.get(generation) ?? new Map<string, TimerRequest>();
    this.#wanted.set(generation, wanted);
    const key = JSON.stringify(request);
    if (wanted.has(key)) return;
    if ([...wanted.values()].filter(({ kind }) => kind === request.kind).length >= MOST_OF_A_KIND) {
      this.#host.log(`*** a ${request.kind} for signal ${request.number} is left out: there are ${MOST_OF_A_KIND} ***`);
      return;
    }
    wanted.set(key, request);
    if (generation === this.#generation) this.#start(key, request);
  }

  /** This generation serves from now on: its timers run, those of the one before end. */
  takeOver(generation: number): void {
    if (generation === this.#generation) return;
    this.dispose();
    this.#wanted.delete(this.#generation);
    this.#generation = generation;
    for (const [key, request] of this.#wanted.get(generation) ?? []) this.#start(key, request);
  }

  forget(generation: number): void {
    if (generation !== this.#generation) this.#wanted.delete(generation);
  }

  dispose(): void {
    for (const running of this.#running.values()) unwatch(running);
    this.#running.clear();
  }

  #start(key: string, request: TimerRequest): void {
    const running: Running = { request, raised: 0, lastMs: 0, nextMs: 0, clock: null, watcher: null };
    this.#running.set(key, running);
    if (request.kind === 'cron') return this.#lookAtClock(key, running, request.time);
    if (request.kind !== 'file') return this.#arm(running, request.seconds * 1000, performance.now());
    this.#watch(running, request.path, false);
    if (running.watcher === null)
      this.#host.log(`*** ${request.path} can not be watched now: it is looked for again ***`);
  }

  /** From the time it should have come, so that it does not drift; times that were missed are left out. */
  #arm(running: Running, periodMs: number, fromMs: number): void {
    const nowMs = performance.now();
    const missed = Math.max(0, Math.floor((nowMs - fromMs) / periodMs));
    running.nextMs = fromMs + (missed + 1) * periodMs;
    this.#await(running, periodMs);
  }

  /** Months are more than a timer of Node can wait: it is set again then. */
  #await(running: Running, periodMs: number): void {
    const leftMs = running.nextMs - performance.now();
    const waitMs = waitable(leftMs);
    const next = waitMs < leftMs ? () => this.#await(running, periodMs) : () => this.#ring(running, periodMs);
    running.clock = setTimeout(next, waitMs);
  }

  #ring(running: Running, periodMs: number): void {
    const { request, nextMs } = running;
    this.#raise(running);
    const isLast = 'seconds' in request && request.iterations > 0 && running.raised >= request.iterations;
    if (!isLast) return this.#arm(running, periodMs, nextMs);
    running.clock = null;
    running.nextMs = 0;
  }

  /** At the start and whenever a minute begins. */
  #lookAtClock(key: string, running: Running, time: CronTime): void {
    const nowMs = Date.now();
    const minutes = minutesToLookAt(this.#minutes.get(key) ?? null, Math.floor(nowMs / MINUTE_MS));
    const last = minutes.at(-1);
    if (last !== undefined) this.#minutes.set(key, last);
    if (minutes.some((minute) => isDue(time, new Date(minute * MINUTE_MS)))) this.#raise(running);
    running.nextMs = nextRunMs(time, nowMs) ?? 0;
    const waitMs = MINUTE_MS - (nowMs % MINUTE_MS);
    running.clock = setTimeout(() => this.#lookAtClock(key, running, time), waitMs);
  }

  #raise(running: Running): void {
    running.raised += 1;
    running.lastMs = Date.now();
    this.#host.raise(running.request.number);
  }

  /** `isNews`: it was away, and has changed when it is there again. */
  #watch(running: Running, path: string, isNews: boolean): void {
    try {
      const watcher = watch(path, { persistent: false });
      running.watcher = watcher;
      watcher.on('change', () => this.#gather(running, path));
      watcher.on('error', () => this.#look(running, path));
      if (isNews) this.#gather(running, path);
    } catch {
      // It is not there, or not for this user: it is looked for again.
      this.#look(running, path);
    }
  }

  #look(running: Running, path: string): void {
    unwatch(running);
    running.clock = setTimeout(() => {
      running.clock = null;
      this.#watch(running, path, true);
    }, LOOK_AGAIN_MS);
  }

  /** One signal for what comes together; after that the path is watched anew: another file may have its name. */
  #gather(running: Running, path: string): void {
    if (running.clock !== null) return;
    running.clock = setTimeout(() => {
      unwatch(running);
      this.#watch(running, path, false);
      this.#raise(running);
    }, GATHER_MS);
  }
}

function unwatch(running: Running): void {
  if (running.clock !== null) clearTimeout(running.clock);
  running.clock = null;
  running.watcher?.close();
  running.watcher = null;
}

function wallMs(monotonicMs: number): number {
  return Date.now() + monotonicMs - performance.now();
}
