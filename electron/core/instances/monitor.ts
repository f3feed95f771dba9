/**
 * Watches one stats address: the shell around the link machine with its one timer, and what the answers become
 * (samples, rates, rows, events). One poll in flight; a poll that is due meanwhile is skipped. What an instance is
 * beside its figures (engine, configuration, name) is instance.ts.
 */
import type { EmperorStats } from '../../../engine/api/emperor-stats.ts';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { Figures, InstanceEvent, Link, RequestRow, SampleRow, WorkerRow } from '../../contract/model.ts';
import { isOpenConnection } from '../../contract/open-connection.ts';
import type { ErrorCode } from '../errors.ts';
import {
  initialLink,
  type LinkEvent,
  type LinkState,
  linkOf,
  POLL_INTERVAL_MS,
  SOON_INTERVAL_MS,
  SOON_POLLS,
  stepLink,
} from '../link/link-machine.ts';
import { localMachine } from '../machine/local-machine.ts';
import type { Machine } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { type CounterReading, compareCounters, type IntervalDelta, readCounters } from '../samples/counters.ts';
import { makeFigures, makeGapRow, makeSampleRow, sumWorkers } from '../samples/figures.ts';
import { findPollEvents, plainEvent } from '../samples/poll-events.ts';
import { RecentCount } from '../samples/recent-count.ts';
import { type KnownStarts, readRunningRequests } from '../samples/running-requests.ts';
import { SampleRing } from '../samples/sample-ring.ts';
import { mostCores } from '../samples/shown-cores.ts';
import { makeWorkerRow, stateString, workersOf } from '../samples/worker-rows.ts';
import { LOCAL_LIMITS, pollStats, REMOTE_LIMITS, type StatsPoll } from '../stats/stats-client.ts';
import type { StatsTarget } from '../stats/target.ts';
import { seconds } from '../words.ts';

export interface MonitorOptions {
  clock: Clock;
  random: () => number;
  poll?: typeof pollStats;
  /** The row of the instance is another than before. */
  onChanged: () => void;
  /** Its figures are newer; whatever follows from them may be another than before, too. */
  onFigures: () => void;
  /** Once a stored sample, and once a failed poll (with `row` null). */
  onSample: (sample: MonitorSample) => void;
  /** Each answer, also between samples while polling is faster. */
  onDocument: (document: StatsDocument, atMs: number) => void;
  /** Each failed poll. */
  onGap: (reason: string, code: string, atMs: number) => void;
}

export interface MonitorSample {
  atMs: number;
  row: SampleRow | null;
  states: string;
  events: InstanceEvent[];
}

const MOST_EVENTS = 200;
/** Codes that say that the address is no stats server: trying again soon is of no use. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set([
  'stats-address',
  'stats-http-server',
  'stats-ssh-server',
  'stats-not-json',
  'stats-not-uwsgi',
  'stats-router',
  'stats-too-large',
]);

const HOUR_MS = 3_600_000;

export class Monitor {
  readonly ring = new SampleRing();
  readonly #options: MonitorOptions;
  #target: StatsTarget | null = null;
  #machine: Machine = localMachine;
  #stopListening: (() => void) | null = null;
  #link: LinkState = initialLink();
  #cancelTimer: (() => void) | null = null;
  /** Answers of an earlier target or of before a stop carry an older number and are dropped. */
  #epoch = 0;
  #document: StatsDocument | null = null;
  #emperor: EmperorStats | null = null;
  #figures: Figures | null = null;
  #delta: IntervalDelta | null = null;
  #reading: CounterReading | null = null;
  #requests: RequestRow[] = [];
  #starts: KnownStarts = new Map();
  #states = '';
  #lastPollAtMs: number | null = null;
  #gapSinceMs: number | null = null;
  #events: InstanceEvent[] = [];
  #newEvents: InstanceEvent[] = [];
  readonly #harakiri = new RecentCount(HOUR_MS);
  #queueErrors: { atMs: number; count: number }[] = [];
  #lastEmitAtMs = 0;
  /** Samples that may still come as soon after each other as the first polls of a link do. */
  #soonSamples = 0;
  #lastPoll = { tookMs: 0, bytes: 0, atMs: 0 };
  harakiriMs: number | null = null;
  reloadRunning = false;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  get link(): Link {
    return linkOf(this.#link);
  }

  get target(): StatsTarget | null {
    return this.#target;
  }

  /** The newest document; null before the first answer. */
  get document(): StatsDocument | null {
    return this.#document;
  }

  /** Of the newest answer, when it was an emperor's. */
  get emperor(): EmperorStats | null {
    return this.#emperor;
  }

  get figures(): Figures | null {
    return this.#figures;
  }

  get requests(): RequestRow[] {
    return this.#requests;
  }

  get events(): InstanceEvent[] {
    return this.#events;
  }

  get states(): string {
    return this.#states;
  }

  /** Duration and size of the newest poll, for the status bar. */
  get lastPoll(): { tookMs: number; bytes: number; atMs: number } {
    return this.#lastPoll;
  }

  workers(): WorkerRow[] {
    if (this.#document === null) return [];
    const workers = workersOf(this.#document);
    const most = mostCores(workers.length);
    return workers.map((worker) => makeWorkerRow(worker, this.#delta, this.#requests, most));
  }

  queueErrorsSince(sinceMs: number): number {
    return this.#queueErrors.reduce((sum, entry) => (entry.atMs >= sinceMs ? sum + entry.count : sum), 0);
  }

  /**
   * Begins to poll, or begins anew with another address. `eager`: the server is about to come up; `phaseMs` spreads
   * many starts; `known`: what it has answered already, which counts until the first poll.
   */
  start(
    target: StatsTarget,
    {
      eager = false,
      phaseMs = 0,
      machine = localMachine,
      known = null,
    }: { eager?: boolean; phaseMs?: number; machine?: Machine; known?: StatsDocument | null } = {},
  ): void {
    this.#epoch += 1;
    this.#target = target;
    this.#machine = machine;
    this.#document = known ?? this.#document;
    this.#forgetReading();
    this.#link = {
      ...this.#link,
      pollInFlight: false,
      held: machine.way !== null && machine.way.state.status !== 'ready',
    };
    this.#step({ type: 'start', eager, phaseMs });
    this.#stopListening?.();
    this.#stopListening = machine.way?.listen(() => this.#followWay()) ?? null;
    machine.way?.begin();
    this.#followWay();
  }

  stop(): void {
    this.#epoch += 1;
    this.#forgetReading();
    this.#requests = [];
    this.#step({ type: 'stop' });
  }

  retry(): void {
    if (this.#link.held) this.#machine.way?.connect();
    this.#step({ type: 'retry' });
  }

  /** No more tries until `retry` or `start`. */
  pause(): void {
    this.#epoch += 1;
    this.#forgetReading();
    this.#requests = [];
    this.#step({ type: 'pause' });
  }

  /** Time passes for those who watch, also while nothing is polled or the next try is far off. */
  beat(): void {
    const now = this.#options.clock.now();
    const isPolled = this.#link.status === 'attached' || this.#link.status === 'lost';
    if (!isPolled && now - this.#lastEmitAtMs >= POLL_INTERVAL_MS * 0.8) this.#emit(null, now);
  }

  setEager(eager: boolean): void {
    this.#step({ type: 'eager', eager });
  }

  /** null: the usual rate. */
  setInterval(intervalMs: number | null): void {
    this.#step({ type: 'interval', intervalMs: intervalMs ?? POLL_INTERVAL_MS });
  }

  /** Puts an event of the console's own (a reload, a saved file) on the charts. */
  addEvent(event: InstanceEvent): void {
    this.#events = [...this.#events, event].slice(-MOST_EVENTS);
    this.#newEvents.push(event);
  }

  dispose(): void {
    this.#epoch += 1;
    this.#stopListening?.();
    this.#stopListening = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #step(event: LinkEvent): void {
    const before = this.#link;
    const { state, effects } = stepLink(before, event, this.#options.clock.now());
    this.#link = state;
    for (const effect of effects) {
      this.#cancelTimer?.();
      this.#cancelTimer = null;
      if (effect.type === 'arm') this.#arm(effect.atMs);
      else if (effect.type === 'poll') void this.#poll();
    }
    if (before.status !== state.status || before.reason !== state.reason || before.nextTryAtMs !== state.nextTryAtMs) {
      this.#options.onChanged();
    }
  }

  /** An instance on a machine that is not reached makes no tries of its own. */
  #followWay(): void {
    const state = this.#machine.way?.state;
    if (state === undefined) return;
    if (state.status === 'ready') {
      this.#step({ type: 'released' });
      return;
    }
    const { reason, code, nextTryAtMs } = state;
    const wasHeld = this.#link.held;
    // An answer that still comes belongs to the time before.
    this.#epoch += 1;
    // `idle`: its user disconnected it.
    const isStill = state.status === 'failed' || state.status === 'idle';
    const status = state.status === 'waiting' ? 'waiting' : isStill ? 'failed' : 'connecting';
    this.#step({ type: 'held', status, reason, code, nextTryAtMs });
    if (wasHeld || this.#link.status === 'idle') return;
    const now = this.#options.clock.now();
    this.#beginGap(now);
    this.#options.onGap(reason ?? 'The connection to its machine is being made.', code ?? 'ssh-lost', now);
  }

  #arm(atMs: number): void {
    const { clock } = this.#options;
    this.#cancelTimer = clock.setTimer(() => this.#step({ type: 'due' }), Math.max(0, atMs - clock.now()));
  }

  async #poll(): Promise<void> {
    const target = this.#target;
    if (target === null) return;
    const epoch = this.#epoch;
    const limits = this.#machine.isLocal ? LOCAL_LIMITS : REMOTE_LIMITS;
    const poll = await (this.#options.poll ?? pollStats)(target, limits, this.#machine);
    if (epoch !== this.#epoch) return;
    const now = this.#options.clock.now();
    this.#lastPoll = { tookMs: poll.tookMs, bytes: poll.bytes, atMs: now };
    if (poll.ok) this.#answered(poll, now);
    else this.#failed(poll, now);
  }

  #answered(poll: Extract<StatsPoll, { ok: true }>, now: number): void {
    const { document } = poll;
    this.#document = document;
    this.#emperor = poll.emperor;
    const requestsBefore = this.#requests;
    const running = readRunningRequests(document, {
      atMs: now,
      previousAtMs: this.#lastPollAtMs,
      previousStarts: this.#starts,
      harakiriMs: this.harakiriMs,
    });
    this.#requests = running.rows;
    this.#starts = running.starts;
    this.#lastPollAtMs = now;
    this.#step({ type: 'answered' });
    this.#options.onDocument(document, now);
    this.#store(document, requestsBefore, now);
  }

  /** Samples keep their second even while polls are faster, but for the first ones. */
  #store(document: StatsDocument, requestsBefore: RequestRow[], now: number): void {
    const monotonicMs = this.#options.clock.monotonicMs();
    const before = this.#reading;
    if (before === null) this.#soonSamples = SOON_POLLS;
    else {
      const intervalMs = this.#soonSamples > 0 ? SOON_INTERVAL_MS : POLL_INTERVAL_MS;
      if (monotonicMs - before.atMs < intervalMs * 0.8) return;
      this.#soonSamples -= 1;
    }
    const after = readCounters(document, monotonicMs);
    const delta = before === null ? null : compareCounters(before, after);
    if (before !== null) {
      const { reloadRunning } = this;
      const found = findPollEvents({ before, after, document, requestsBefore, atMs: now, reloadRunning });
      for (const event of found) this.addEvent(event);
      this.#countQueueErrors(document, now);
    }
    this.#endGap(now);
    this.#delta = delta;
    this.#reading = after;
    const pids = before === null ? null : new Map([...before.workers].map(([wid, worker]) => [wid, worker.pid]));
    this.#states = stateString(document, this.#requests, pids, this.harakiriMs);
    const totals = sumWorkers(document);
    const row = makeSampleRow(document, totals, delta, now);
    this.ring.push(row, this.#states);
    const exceptionsPerMin = delta === null ? null : this.ring.sumSince('exceptions', now - 60_000);
    const harakiriLastHour = delta === null ? null : this.#harakiri.add(delta.harakiri, now);
    const websockets = this.#requests.filter(isOpenConnection).length;
    this.#figures = makeFigures(document, totals, delta, now, { exceptionsPerMin, harakiriLastHour, websockets });
    this.#emit(row, now);
    this.#options.onFigures();
  }

  #failed(poll: Extract<StatsPoll, { ok: false }>, now: number): void {
    const { error } = poll;
    const reason = error.message;
    this.#beginGap(now);
    this.#step({
      type: 'failed',
      code: error.code,
      reason,
      permanent: PERMANENT.has(error.code),
      random: this.#options.random(),
    });
    this.#options.onGap(reason, error.code, now);
    // Tries may be quicker than samples: a page hears of a gap once a second.
    if (now - this.#lastEmitAtMs >= POLL_INTERVAL_MS * 0.8) this.#emit(null, now);
  }

  #beginGap(now: number): void {
    this.#lastPollAtMs = null;
    if (this.#reading !== null && this.#gapSinceMs === null) {
      this.#gapSinceMs = now;
      this.ring.push(makeGapRow(now), '');
    }
    this.#reading = null;
  }

  #endGap(now: number): void {
    const since = this.#gapSinceMs;
    if (since === null) return;
    this.#gapSinceMs = null;
    if (now - since < 1_500) return;
    const lastTry = this.#link.tries.findLast((entry) => !entry.ok);
    this.addEvent(plainEvent(since, 'gap', `No data for ${seconds(now - since)}`, lastTry?.text ?? null));
  }

  #countQueueErrors(document: StatsDocument, now: number): void {
    const count = document.listen_queue_errors - (this.#figures?.listenQueueErrors ?? document.listen_queue_errors);
    this.#queueErrors = this.#queueErrors.filter((entry) => entry.atMs >= now - 60_000);
    if (count > 0) this.#queueErrors.push({ atMs: now, count });
  }

  #emit(row: SampleRow | null, atMs: number): void {
    const events = this.#newEvents;
    this.#newEvents = [];
    this.#lastEmitAtMs = atMs;
    this.#options.onSample({ atMs, row, states: row === null ? '' : this.#states, events });
  }

  /** The next sample has nothing to be compared with. */
  #forgetReading(): void {
    if (this.#reading !== null) this.ring.push(makeGapRow(this.#options.clock.now()), '');
    this.#reading = null;
    this.#lastPollAtMs = null;
    this.#gapSinceMs = null;
    this.#starts = new Map();
  }
}
