/**
 * Signals of uWSGI's framework at the master: takes what processes register and raise, sends each signal to the process
 * that handles it (signal-table.ts says which), and knows what became of it. A signal for which nobody runs at the moment
 * waits; one that its process had not begun when it ended goes to another; one whose handler ended with its process is
 * lost, and the log says so.
 */
import type { StatsSignal, StatsTimer } from '../api/stats.ts';
import type { CompanionRole } from '../config/companion-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { type CompanionsState, companionName } from './companions.ts';
import type { MasterToRuntime, SignalMessage } from './control.ts';
import type { RuntimeId } from './control-server.ts';
import type { EngineLog } from './engine-log.ts';
import type { MasterState } from './machine-state.ts';
import { type Recipient, routeSignal } from './signal-table.ts';
import { Timers } from './timers.ts';

export interface SignalHost {
  log: EngineLog;
  settings: () => EngineSettings;
  companions: () => CompanionsState;
  /** A worker serves a request now. */
  isBusy: (spawnId: number) => boolean;
  /** This worker is at handlers of signals now, and has been for a while; or it is not any more. */
  occupied: (spawnId: number, isOccupied: boolean) => void;
  /** False: the process is not connected (any more). */
  tell: (to: RuntimeId, message: MasterToRuntime) => boolean;
}

/** What a process was sent and is not done with. */
interface Duty {
  role: 'worker' | CompanionRole;
  name: string;
  waiting: number[];
  /** The one whose handler runs; null: none. */
  running: number | null;
  /** Since when it has a message. */
  taskSinceMs: number | null;
  signalSinceMs: number;
  done: number;
  /** Of a worker that serves one request at a time: until others are to serve in its place. */
  patience: NodeJS.Timeout | null;
  isOccupied: boolean;
  /** Its handler was told to take too long. */
  isOverdue: boolean;
}

/** A request may wait so long for a handler in its worker; then it is given to another one. */
const PATIENCE_MS = 10;

interface Counter {
  raised: number;
  lastMs: number;
}

export class SignalDesk {
  readonly #host: SignalHost;
  readonly #timers: Timers;
  /** Targets by number, of each generation. */
  readonly #registered = new Map<number, Map<number, string>>();
  readonly #duties = new Map<number, Duty>();
  readonly #counters = new Map<number, Counter>();
  /** Signals that nobody could take yet. */
  #parked: number[] = [];
  #state: MasterState | null = null;
  #generation = 0;
  /** Signals that had a process, and those that had none. */
  routed = 0;
  unrouted = 0;

  constructor(host: SignalHost) {
    this.#host = host;
    this.#timers = new Timers({ raise: (number) => this.raise(number), log: (text) => host.log.write(text) });
  }

  get timers(): StatsTimer[] {
    return this.#timers.reports;
  }

  /** Those that the present generation has registered, and those that were raised. */
  get signals(): StatsSignal[] {
    const targets = this.#registered.get(this.#generation) ?? new Map<number, string>();
    const numbers = [...new Set([...targets.keys(), ...this.#counters.keys()])].sort((a, b) => a - b);
    return numbers.map((number) => {
      const { raised = 0, lastMs = 0 } = this.#counters.get(number) ?? {};
      return { number, target: targets.get(number) ?? '', raised, last: Math.floor(lastMs / 1000) };
    });
  }

  /** Signals that wait here and at the processes. */
  get queued(): number {
    return [...this.#duties.values()].reduce((sum, { waiting }) => sum + waiting.length, this.#parked.length);
  }

  /** What a process does with signals: how many it has handled, how many wait, which runs. */
  reportOf(spawnId: number): { signals: number; queue: number; running: number | null; isBusy: boolean } {
    const duty = this.#duties.get(spawnId);
    if (duty === undefined) return { signals: 0, queue: 0, running: null, isBusy: false };
    const { done, waiting, running, taskSinceMs } = duty;
    return { signals: done, queue: waiting.length, running, isBusy: taskSinceMs !== null };
  }

  /** Since when a process has been at a message or a signal; null: it waits. */
  busySinceMs(spawnId: number): number | null {
    const duty = this.#duties.get(spawnId);
    if (duty === undefined) return null;
    return duty.running === null ? duty.taskSinceMs : duty.signalSinceMs;
  }

  /** Workers whose handler has run for so long. Each run is told once. */
  overdueWorkers(seconds: number, nowMs: number): { spawnId: number; number: number }[] {
    const found: { spawnId: number; number: number }[] = [];
    for (const [spawnId, duty] of this.#duties) {
      if (duty.role !== 'worker' || duty.running === null || duty.isOverdue) continue;
      if (nowMs - duty.signalSinceMs < seconds * 1000) continue;
      duty.isOverdue = true;
      found.push({ spawnId, number: duty.running });
    }
    return found;
  }

  said(from: RuntimeId, message: SignalMessage): void {
    switch (message.type) {
      case 'register-signal':
        return this.#register(from, message.number, message.target);
      case 'raise-signal':
        return this.raise(message.number);
      case 'add-timer': {
        const { kind, number, seconds, iterations } = message;
        return this.#timers.add(this.#generationOf(from), { kind, number, seconds, iterations });
      }
      case 'add-cron':
        return this.#timers.add(this.#generationOf(from), { kind: 'cron', number: message.number, time: message.time });
      case 'add-file-monitor':
        return this.#timers.add(this.#generationOf(from), { kind: 'file', number: message.number, path: message.path });
      case 'signal-begun':
      case 'signal-done':
      case 'task-begun':
      case 'task-done':
        if (from.role !== 'zygote') this.#progress(from.spawnId, message);
    }
  }

  /** Raises a signal: an application, a timer, a touched file, an alarm, another instance. */
  raise(number: number): void {
    const counter = this.#counters.get(number) ?? { raised: 0, lastMs: 0 };
    this.#counters.set(number, counter);
    counter.raised += 1;
    counter.lastMs = Date.now();
    this.#deliver(number);
  }

  /** Called after every step of the machine, and when a mule or a spooler has come or gone. */
  observe(state: MasterState): void {
    this.#state = state;
    this.#forgetGone(state);
    if (state.active !== this.#generation) {
      this.#generation = state.active;
      this.#timers.takeOver(state.active);
      const { signalTimers } = this.#host.settings().signals;
      for (const timer of signalTimers) this.#timers.add(state.active, { ...timer, iterations: 0 });
    }
    if (this.#parked.length > 0) for (const number of this.#parked.splice(0)) this.#deliver(number);
  }

  forgetGeneration(generation: number): void {
    this.#registered.delete(generation);
    this.#timers.forget(generation);
  }

  dispose(): void {
    this.#timers.dispose();
    this.#parked = [];
    for (const duty of this.#duties.values()) stopWaiting(duty);
  }

  #register(from: RuntimeId, number: number, target: string): void {
    const generation = this.#generationOf(from);
    const table = this.#registered.get(generation) ?? new Map<number, string>();
    this.#registered.set(generation, table);
    if (table.get(number) === target) return;
    table.set(number, target);
    const { log } = this.#host;
    log.write(`[uwsgi-signal] signum ${number} registered (target: ${target === '' ? 'default, any worker' : target})`);
  }

  #deliver(number: number): void {
    const { log, settings } = this.#host;
    const { mules, companions, processes, signals } = settings();
    // As on uWSGI a signal that nobody has registered goes to a worker, which says so.
    const target = this.#registered.get(this.#generation)?.get(number) ?? '';
    const route = routeSignal(target, this.#recipients(), {
      workers: processes,
      mules: mules.commands.length,
      spoolers: companions.filter(({ role }) => role === 'spooler').length,
      farms: mules.farms.map(({ name }) => name),
    });
    if (route.status === 'invalid') {
      this.unrouted += 1;
      log.write(`*** signal ${number} has nowhere to go: ${route.reason} ***`);
      return;
    }
    const sent = route.recipients.filter((recipient) => this.#send(recipient, number));
    if (sent.length > 0) {
      this.routed += 1;
    } else if (this.#parked.length < signals.queueLength) {
      this.#parked.push(number);
    } else {
      this.unrouted += 1;
      log.write(`*** signal ${number} is dropped: ${this.#parked.length} wait for a process (signal-bufsize) ***`);
    }
  }

  #send({ role, spawnId }: Recipient, number: number): boolean {
    const id: RuntimeId = { role: role === 'worker' ? role : 'companion', spawnId };
    const duty = this.#dutyOf(spawnId);
    if (duty === null || duty.waiting.length >= this.#host.settings().signals.queueLength) return false;
    if (!this.#host.tell(id, { type: 'signal', number })) return false;
    duty.waiting.push(number);
    return true;
  }

  #progress(spawnId: number, message: SignalMessage): void {
    const duty = this.#dutyOf(spawnId);
    if (duty === null) return;
    if (message.type === 'task-begun') duty.taskSinceMs = Date.now();
    if (message.type === 'task-done') duty.taskSinceMs = null;
    if (message.type === 'signal-begun') {
      const index = duty.waiting.indexOf(message.number);
      if (index >= 0) duty.waiting.splice(index, 1);
      duty.running = message.number;
      duty.signalSinceMs = Date.now();
      duty.isOverdue = false;
      if (duty.role === 'worker' && this.#host.settings().threads === 1) this.#losePatience(spawnId, duty);
    }
    if (message.type === 'signal-done') {
      duty.running = null;
      duty.done += 1;
      // It handles all that wait before its next request.
      if (duty.waiting.length === 0) this.#findFree(spawnId, duty);
    }
  }

  #losePatience(spawnId: number, duty: Duty): void {
    if (duty.isOccupied) return;
    duty.patience ??= setTimeout(() => {
      duty.patience = null;
      duty.isOccupied = true;
      this.#host.occupied(spawnId, true);
    }, PATIENCE_MS);
  }

  #findFree(spawnId: number, duty: Duty): void {
    stopWaiting(duty);
    if (!duty.isOccupied) return;
    duty.isOccupied = false;
    this.#host.occupied(spawnId, false);
  }

  /** Those that can handle a signal now. */
  #recipients(): Recipient[] {
    const found: Recipient[] = [];
    for (const { spawnId, wid, phase, generation } of this.#state?.workers.values() ?? []) {
      if (phase !== 'ready' || generation !== this.#generation) continue;
      const duty = this.#duties.get(spawnId);
      const pending = (duty?.waiting.length ?? 0) + (duty?.running == null ? 0 : 1);
      found.push({ role: 'worker', spawnId, number: wid, farms: [], isBusy: this.#host.isBusy(spawnId), pending });
    }
    for (const { spawnId, setting, status } of this.#host.companions().companions.values()) {
      if (status !== 'running') continue;
      const duty = this.#duties.get(spawnId);
      const pending = (duty?.waiting.length ?? 0) + (duty?.running == null ? 0 : 1);
      const { role, number } = setting;
      const farms = setting.role === 'mule' ? setting.farms : [];
      found.push({ role, spawnId, number, farms, isBusy: duty?.taskSinceMs != null, pending });
    }
    return found;
  }

  #dutyOf(spawnId: number): Duty | null {
    const known = this.#duties.get(spawnId);
    if (known !== undefined) return known;
    const worker = this.#state?.workers.get(spawnId);
    const setting = this.#host.companions().companions.get(spawnId)?.setting;
    if (worker === undefined && setting === undefined) return null;
    const duty: Duty = {
      role: setting?.role ?? 'worker',
      name: setting === undefined ? `worker ${worker?.wid ?? 0}` : companionName(setting),
      waiting: [],
      running: null,
      taskSinceMs: null,
      signalSinceMs: 0,
      done: 0,
      patience: null,
      isOccupied: false,
      isOverdue: false,
    };
    this.#duties.set(spawnId, duty);
    return duty;
  }

  /** What processes that have ended leave behind. */
  #forgetGone(state: MasterState): void {
    for (const [spawnId, duty] of this.#duties) {
      const { name, waiting, running } = duty;
      if (state.workers.has(spawnId) || this.#host.companions().companions.has(spawnId)) continue;
      stopWaiting(duty);
      this.#duties.delete(spawnId);
      if (state.stop !== null) continue;
      if (running !== null) {
        this.#host.log.write(`*** signal ${running} is lost: ${name} has ended in its handler ***`);
      }
      for (const number of waiting) this.#deliver(number);
    }
  }

  #generationOf(from: RuntimeId): number {
    if (from.role === 'zygote') return from.generation;
    if (from.role === 'worker') return this.#state?.workers.get(from.spawnId)?.generation ?? this.#generation;
    return this.#host.companions().companions.get(from.spawnId)?.generation ?? this.#generation;
  }
}

function stopWaiting(duty: Duty): void {
  if (duty.patience !== null) clearTimeout(duty.patience);
  duty.patience = null;
}
