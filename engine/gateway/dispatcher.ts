/**
 * Which request goes to which core, and what becomes of it: the bounded queue, the frames that wait at a busy
 * worker, taking them back, lost workers, harakiri, retirement. No sockets: cores are given as CoreWire, and the
 * worker's frames come in as calls. Two promises are kept here: no request runs twice, none is lost.
 */
import { AnswerFrames } from './answer-frames.ts';
import { type Core, chooseBusy, chooseIdle, type DispatchWorker, Pace } from './core-choice.ts';
import type { CoreClaims } from './core-claims.ts';
import { FrameFlag, stampRequestId } from './frames.ts';
import type { HeadEdits } from './head-edits.ts';
import { type GatewayRequest, RequestQueue } from './request.ts';
import type { SlotWriter } from './slot-writer.ts';
import { askBack, askBackBehind, cancelRequest, SlowWatch } from './take-back.ts';
import { closeWorkerFile } from './worker-file.ts';

export interface DispatcherEvents {
  retired(spawnId: number): void;
  workerRetiring(spawnId: number): void;
  workerWorn(spawnId: number): void;
  /** So many requests wait, and no worker serves or half the queue is taken. */
  demand(count: number): void;
  coreLost(spawnId: number, core: number, lostRequest: boolean): void;
  /** A request that was at a worker is over, answered or not: time to log it. */
  finished(request: GatewayRequest, core: Core, micros: number): void;
}

/** Demand is said at most this often; the master looks at the queue itself once a cycle. */
const DEMAND_PAUSE_MS = 100;

export class Dispatcher {
  readonly queue = new RequestQueue();
  readonly workers = new Map<number, DispatchWorker>();
  /** Requests that are at a worker. */
  outstanding = 0;
  paused = false;
  readonly #answers: AnswerFrames;
  readonly #slots: SlotWriter;
  readonly #claims: CoreClaims;
  readonly #events: DispatcherEvents;
  readonly #clock: () => number;
  #generation: number | null = null;
  #nextId = 0;
  #uses = 0;
  readonly #serving: DispatchWorker[] = [];
  readonly #pace = new Pace();
  readonly #slowWatch: SlowWatch;
  #nextDemandMs = 0;

  constructor(
    slots: SlotWriter,
    claims: CoreClaims,
    events: DispatcherEvents,
    clock: () => number = () => performance.now(),
  ) {
    this.#answers = new AnswerFrames(slots, (core, request, micros, flags) =>
      this.#answered(core, request, micros, flags),
    );
    this.#slots = slots;
    this.#claims = claims;
    this.#events = events;
    this.#clock = clock;
    this.#slowWatch = new SlowWatch(() => this.workers.values(), clock);
  }

  /** What the configuration changes about the heads of answers; null: nothing. */
  set edits(edits: HeadEdits | null) {
    this.#answers.edits = edits;
  }

  /** Takes a request in; false: `limit` of them wait already. */
  submit(request: GatewayRequest, limit: number): boolean {
    if (this.queue.length === 0 && this.#dispatch(request)) return true;
    if (this.queue.length >= limit) {
      this.#demand(limit);
      this.#slots.queueOverflow();
      return false;
    }
    this.queue.push(request);
    this.#queueChanged();
    this.#demand(limit);
    return true;
  }

  /** The client is gone. A request that waits here will not run; one at a worker runs on, unheard. */
  abandon(request: GatewayRequest): void {
    request.target = null;
    if (request.id !== 0) {
      cancelRequest(this.workers.values(), request);
      return;
    }
    if (!this.queue.remove(request)) return;
    this.#queueChanged();
    request.release();
  }

  useGeneration(generation: number): void {
    this.#generation = generation;
    this.pump();
  }

  /** Sends what waits to cores that are free. */
  pump(): void {
    this.#sendQueued();
    this.#queueChanged();
  }

  retire(spawnId: number, retiring: 'yes' | 'announced'): void {
    const worker = this.workers.get(spawnId);
    if (worker === undefined) return;
    if (worker.retiring !== 'announced') worker.retiring = retiring;
    for (const core of worker.cores) askBackBehind(core);
    this.#checkRetired(worker);
  }

  /** The worker is at something else: what it has not begun is asked back, and it gets nothing until that is over. */
  occupied(spawnId: number, isOccupied: boolean): void {
    const worker = this.workers.get(spawnId);
    if (worker === undefined) return;
    worker.isOccupied = isOccupied;
    if (!isOccupied) return this.pump();
    for (const core of worker.cores) askBack(worker, core.outstanding, core.index);
  }

  /**
   * Answers 504 to the request if it still runs there (true); the worker gets nothing more, unless it can let go of the
   * request.
   */
  harakiri(spawnId: number, coreIndex: number, requestId: number, keepsWorker: boolean): boolean {
    const worker = this.workers.get(spawnId);
    const request = worker?.cores[coreIndex]?.outstanding[0];
    if (!keepsWorker) this.retire(spawnId, 'yes');
    if (request === undefined || request.id !== requestId) return false;
    if (!request.failed) this.#failRunning(request, 504);
    return true;
  }

  /** A core's connection ended. `isRead`: everything that the worker sent has been seen. */
  coreLost(core: Core, isRead: boolean): void {
    if (core.wire === null) return;
    core.wire = null;
    const { worker } = core;
    // A worker that dies loses its cores one by one: none of them is lost because it was told to go.
    const isReplaced = worker.retiring !== 'no' && !worker.isCrippled;
    if (!isReplaced) {
      worker.retiring = 'yes';
      worker.isCrippled = true;
    }
    const lost = core.outstanding;
    core.outstanding = [];
    this.outstanding -= lost.length;
    // Answers are written before the next request begins: when all of them were seen, only the first one has begun.
    const begun = isRead ? lost.slice(0, 1) : lost;
    for (const request of begun) {
      if (!request.failed) this.#failRunning(request, 502, isReplaced);
      this.#finish(request, core, (this.#clock() - core.headBeganMs) * 1000, 0);
    }
    for (const request of lost.slice(begun.length)) this.#requeue(request);
    // Otherwise another gateway may have it.
    if (lost.length > 0) this.#coreIdle(core);
    this.#events.coreLost(worker.spawnId, core.index, begun.length > 0);
    this.#checkRetired(worker);
    this.pump();
  }

  /** The worker's answer to TAKE_BACK. */
  takeBackAnswered(worker: DispatchWorker, requestId: number, taken: boolean): void {
    for (const core of worker.cores) {
      const at = core.outstanding.findIndex((request) => request.id === requestId);
      const request = core.outstanding[at];
      if (request === undefined) continue;
      if (!taken) {
        request.takeBack = 'begun';
        return;
      }
      core.outstanding.splice(at, 1);
      this.outstanding--;
      // It was queued behind another one; if that has been answered since, the core is idle now.
      if (core.outstanding.length === 0) this.#coreIdle(core);
      else if (at === 0) this.#headBegins(core);
      this.#slots.setQueued(core.slot, Math.max(0, core.outstanding.length - 1));
      this.#requeue(request);
      this.#checkRetired(worker);
      this.pump();
      return;
    }
  }

  /** A frame of an answer. */
  frameReceived(
    core: Core,
    type: number,
    flags: number,
    requestId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    this.#skipTaken(core, requestId);
    const request = core.outstanding[0];
    if (
      request === undefined ||
      request.id !== requestId ||
      !this.#answers.accept(core, request, type, flags, bytes, start, end)
    ) {
      core.wire?.destroy();
      this.coreLost(core, true);
    }
  }

  dispose(): void {
    this.#slowWatch.dispose();
  }

  /** An answer that overtakes requests which were asked back: the worker has skipped them, its TAKEN is on the way. */
  #skipTaken(core: Core, requestId: number): void {
    if (core.outstanding[0]?.id === requestId) return;
    const at = core.outstanding.findIndex((request) => request.id === requestId);
    const ahead = core.outstanding.slice(0, Math.max(0, at));
    if (ahead.length === 0 || ahead.some((request) => request.takeBack !== 'asked')) return;
    core.outstanding.splice(0, at);
    this.outstanding -= at;
    for (const request of ahead) this.#requeue(request);
    this.#headBegins(core);
  }

  #answered(core: Core, request: GatewayRequest, micros: number, flags: number): void {
    core.outstanding.shift();
    this.outstanding--;
    this.#pace.note(micros);
    const { appRequests } = core.worker;
    const app = Math.max(0, request.app);
    appRequests[app] = (appRequests[app] ?? 0) + 1;
    request.isLoggedByApp = (flags & FrameFlag.LOG) !== 0;
    this.#finish(request, core, micros, flags);
    if ((flags & FrameFlag.RETIRING) !== 0) this.#announcedRetirement(core);
    else if ((flags & FrameFlag.WORN) !== 0) this.#announcedWear(core.worker);
    if (core.outstanding.length > 0) this.#headBegins(core);
    else this.#coreIdle(core);
    this.#checkRetired(core.worker);
    if (this.queue.length > 0) this.pump();
  }

  /** The worker takes no more (max-requests): what is queued on this core will not begin. */
  #announcedRetirement(core: Core): void {
    const { worker } = core;
    const behind = core.outstanding;
    core.outstanding = [];
    this.outstanding -= behind.length;
    for (const request of behind) this.#requeue(request);
    if (worker.retiring === 'no') {
      worker.retiring = 'yes';
      this.#events.workerRetiring(worker.spawnId);
    }
    for (const sibling of worker.cores) askBackBehind(sibling);
  }

  #announcedWear(worker: DispatchWorker): void {
    if (!worker.isWorn) this.#events.workerWorn(worker.spawnId);
    worker.isWorn = true;
  }

  #finish(request: GatewayRequest, core: Core, micros: number, flags: number): void {
    this.#slots.requestEnded(core.slot, micros, request, (flags & FrameFlag.EXCEPTION) !== 0);
    this.#events.finished(request, core, micros);
    closeWorkerFile(request);
    request.release();
    request.target = null;
  }

  #failRunning(request: GatewayRequest, status: number, isReplaced = false): void {
    request.failed = true;
    const { target } = request;
    if (target === null) return;
    if (request.answering) target.abort(isReplaced);
    else {
      request.answer = target.fail(status);
      request.status = status;
    }
  }

  #requeue(request: GatewayRequest): void {
    request.id = 0;
    request.wire = null;
    request.takeBack = 'none';
    if (request.target === null) {
      request.release();
      return;
    }
    this.queue.insert(request);
    this.#slots.setQueueLength(this.queue.length);
    this.#demand(Number.POSITIVE_INFINITY);
  }

  #coreIdle(core: Core): void {
    core.worker.busyCores--;
    this.#slots.setIdle(core.slot);
    if (core.worker.retiring === 'no') this.#claims.giveBack(core.slot);
    else this.#claims.close(core.slot);
  }

  #checkRetired(worker: DispatchWorker): void {
    if (worker.retiring !== 'announced' || worker.busyCores > 0) return;
    worker.retiring = 'yes';
    this.#events.retired(worker.spawnId);
  }

  // Sending

  #sendQueued(): void {
    while (this.queue.length > 0) {
      const next = this.queue.peek();
      const core = next === undefined ? null : this.#choose(next);
      if (core === null) break;
      const request = this.queue.shift();
      if (request === undefined) break;
      this.#send(core, request);
    }
  }

  /** Says how many wait. Other gateways give way to this one while some do. */
  #queueChanged(): void {
    if (this.#claims.setWaiting(this.queue.length > 0 && !this.paused, () => this.pump())) {
      this.#sendQueued();
      if (this.queue.length === 0) this.#claims.setWaiting(false, () => undefined);
    }
    this.#slots.setQueueLength(this.queue.length);
  }

  #dispatch(request: GatewayRequest): boolean {
    const core = this.#choose(request);
    if (core === null) return false;
    this.#send(core, request);
    return true;
  }

  #choose(request: GatewayRequest): Core | null {
    if (this.paused) return null;
    if (this.#claims.mustYield()) return null;
    const serving = this.#servingNow();
    const idle = this.#claimIdle(serving);
    // A request that may hold its core for long waits for one of its own.
    return idle ?? (request.isUpgrade ? null : chooseBusy(serving, this.#pace.depth, this.#clock()));
  }

  #claimIdle(serving: readonly DispatchWorker[]): Core | null {
    for (;;) {
      const core = chooseIdle(serving, this.#claims);
      if (core === null || this.#claims.take(core.slot)) return core;
    }
  }

  /** Those that take requests, until the next call: each request asks. */
  #servingNow(): readonly DispatchWorker[] {
    const serving = this.#serving;
    serving.length = 0;
    for (const worker of this.workers.values()) if (this.#isServing(worker)) serving.push(worker);
    return serving;
  }

  #isServing(worker: DispatchWorker): boolean {
    return worker.connected && !worker.isOccupied && worker.retiring === 'no' && worker.generation === this.#generation;
  }

  #send(core: Core, request: GatewayRequest): void {
    // The frame of an earlier try may still be in a socket's buffer: it is not written to again.
    if (request.dispatches > 0) request.frame = Buffer.from(request.frame);
    request.dispatches++;
    request.wire = core.wire;
    this.#nextId = this.#claims.nextRequestId(this.#nextId);
    request.id = this.#nextId;
    stampRequestId(request.frame, request.id);
    core.outstanding.push(request);
    this.outstanding++;
    core.worker.lastUsed = ++this.#uses;
    // The scoreboard first: whoever sees the request run finds it there.
    if (core.outstanding.length === 1) {
      core.worker.busyCores++;
      this.#headBegins(core);
    } else {
      this.#slots.setQueued(core.slot, core.outstanding.length - 1);
      this.#slowWatch.begin();
    }
    core.wire?.send(request.frame);
  }

  #headBegins(core: Core): void {
    const request = core.outstanding[0];
    if (request === undefined) return;
    core.headBeganMs = this.#clock();
    request.beganMs = Date.now();
    this.#slots.requestBegan(core.slot, request, core.outstanding.length - 1);
  }

  /** Says that more workers would help, when `cheap` or `cheaper` may have some at rest. */
  #demand(limit: number): void {
    if (this.paused || this.#clock() < this.#nextDemandMs) return;
    const { length } = this.queue;
    if (length * 2 < limit && this.#hasServing()) return;
    this.#nextDemandMs = this.#clock() + DEMAND_PAUSE_MS;
    this.#events.demand(length);
  }

  #hasServing(): boolean {
    for (const worker of this.workers.values()) if (this.#isServing(worker)) return true;
    return false;
  }
}
