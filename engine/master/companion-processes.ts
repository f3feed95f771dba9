/**
 * The shell around companions.ts: starts mules and spoolers through the runtimes, tells them to end, kills them. Which
 * generation they belong to and whether the server ends, it sees from the machine's state (`observe`).
 */
import type { CommonsReport } from '../commons/state.ts';
import type { EngineSettings } from '../config/settings.ts';
import { waitable } from '../longest-wait.ts';
import { type CompanionStats, companionStats } from './companion-stats.ts';
import {
  areCompanionsOver,
  type CompanionEffect,
  type CompanionEvent,
  type CompanionsState,
  initialCompanions,
  nextCompanionMs,
  stepCompanions,
} from './companions.ts';
import { FIRST_COMPANION_ID } from './control.ts';
import type { EngineLog } from './engine-log.ts';
import type { Generation, MasterState, Stop } from './machine-state.ts';
import type { RuntimePool } from './runtime-pool.ts';
import { SignalDesk, type SignalHost } from './signal-desk.ts';
import { Spools } from './spools.ts';

/** What they get at most at a stop that does not wait for requests either. */
const HARD_STOP_MERCY_MS = 2000;
/** They end before the time is up that a graceful stop has: what follows is hard. */
const STOP_MARGIN_MS = 1000;

export interface CompanionHost {
  log: EngineLog;
  runtimes: RuntimePool;
  /** The configuration in effect. */
  settings: () => EngineSettings;
  runFolder: () => string;
  /** A worker serves a request now. */
  isBusy: (spawnId: number) => boolean;
  /** A worker is, or is no longer, at handlers of signals: others serve in its place. */
  occupied: (spawnId: number, isOccupied: boolean) => void;
  /** A worker's handler takes longer than `harakiri`. */
  handlerOverdue: (spawnId: number, number: number) => void;
}

export class CompanionProcesses {
  readonly #host: CompanionHost;
  #state: CompanionsState = initialCompanions(FIRST_COMPANION_ID);
  #timer: NodeJS.Timeout | null = null;
  readonly #queue: CompanionEvent[] = [];
  #isHandling = false;
  #machine: MasterState | null = null;
  #stopped: Stop['how'] | null = null;
  /** Zygotes that are to be killed when those that were forked from them have ended. */
  readonly #doomed = new Set<number>();
  readonly #whenOver: (() => void)[] = [];

  /** What spoolers do. */
  readonly spools: Spools;
  /** Signals between all processes, and the timers that raise them. */
  readonly signals: SignalDesk;

  constructor(host: CompanionHost) {
    this.#host = host;
    const { log, settings, isBusy, occupied, runtimes } = host;
    const tell: SignalHost['tell'] = (to, message) => runtimes.tell(to, message);
    this.signals = new SignalDesk({ log, settings, isBusy, occupied, companions: () => this.#state, tell });
    this.spools = new Spools({ settings: host.settings, runFolder: host.runFolder, companions: this });
  }

  get state(): CompanionsState {
    return this.#state;
  }

  stats(commons: CommonsReport): CompanionStats {
    return companionStats(this.#state, this.signals, this.#host.settings(), commons);
  }

  /** Called after every step of the machine. */
  observe(state: MasterState): void {
    this.spools.tick(Date.now());
    this.#machine = state;
    this.signals.observe(state);
    this.#killOverdue();
    if (state.stop !== null) return this.#observeStop(state.stop);
    const active = state.generations.get(state.active);
    if (active === undefined) return;
    if (state.active !== this.#state.generation) this.#takeOver(active);
    const isReady = active.zygote === 'ready';
    if (isReady !== this.#state.isZygoteReady) this.handle({ type: 'zygote', isReady });
  }

  handle(event: CompanionEvent): void {
    this.#queue.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { state, effects } = stepCompanions(this.#state, next, Date.now());
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
    }
    this.#isHandling = false;
    if (this.#machine !== null) this.signals.observe(this.#machine);
    this.#settle();
  }

  /** Kills a zygote, after its mules and spoolers if it has some: it reports their ends. */
  killZygote(generation: number): void {
    if (this.#stopped !== 'forced' && this.#hasFork(generation)) this.#doomed.add(generation);
    else this.#host.runtimes.killZygote(generation);
  }

  /** After the stop was seen: resolves when all have ended. */
  async over(): Promise<void> {
    if (areCompanionsOver(this.#state)) return;
    if (!this.#state.isStopping) this.handle({ type: 'stop', mercyMs: HARD_STOP_MERCY_MS });
    await new Promise<void>((done) => {
      this.#whenOver.push(done);
      this.#settle();
    });
  }

  /** Kills what is left. */
  dispose(): void {
    this.signals.dispose();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { pid } of this.#state.companions.values()) {
      if (pid !== 0) this.#host.runtimes.signal(pid, 'SIGKILL');
    }
  }

  /** `mule-harakiri`, and handlers of signals in spoolers and workers; a spooler's tasks are watched by spools.ts. */
  #killOverdue(): void {
    const { harakiri, spooler } = this.#host.settings();
    const nowMs = Date.now();
    for (const { spawnId, setting, status, pid } of this.#state.companions.values()) {
      const seconds = setting.role === 'mule' ? setting.harakiriSeconds : spooler.harakiriSeconds;
      if (seconds === 0 || status === 'killed') continue;
      const sinceMs = this.signals.busySinceMs(spawnId);
      if (sinceMs === null || nowMs - sinceMs < seconds * 1000) continue;
      const who = setting.role === 'mule' ? `MULE ${setting.number}` : 'THE SPOOLER';
      const { running } = this.signals.reportOf(spawnId);
      const signal = running === null ? '' : ` HANDLING SIGNAL ${running}`;
      this.handle({ type: 'kill', spawnId, text: `*** HARAKIRI ON ${who}${signal} (pid: ${pid}) ***` });
    }
    if (harakiri.seconds === 0) return;
    for (const { spawnId, number } of this.signals.overdueWorkers(harakiri.seconds, nowMs)) {
      this.#host.handlerOverdue(spawnId, number);
    }
  }

  #takeOver({ number, plan }: Generation): void {
    this.handle({
      type: 'take-over',
      generation: number,
      wanted: this.#host.settings().companions,
      spawn: plan.spawn,
      longestPauseMs: plan.forkbombDelayMs,
    });
  }

  /** A graceful stop: the last requests may need them, so they end when the workers do. */
  #observeStop({ how, gateways, deadlineMs }: Stop): void {
    if (how === 'graceful' && (gateways === 'up' || gateways === 'draining')) return;
    if (this.#stopped === how) return;
    this.#stopped = how;
    const leftMs = Math.max(0, deadlineMs - Date.now() - STOP_MARGIN_MS);
    const mercyMs = how === 'graceful' ? leftMs : how === 'immediate' ? HARD_STOP_MERCY_MS : 0;
    this.handle({ type: 'stop', mercyMs });
  }

  #hasFork(generation: number): boolean {
    return [...this.#state.companions.values()].some((companion) => companion.generation === generation);
  }

  #settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const nextMs = nextCompanionMs(this.#state);
    if (nextMs !== null) {
      this.#timer = setTimeout(() => this.handle({ type: 'tick' }), waitable(Math.max(0, nextMs - Date.now())));
    }
    for (const generation of this.#doomed) {
      if (this.#hasFork(generation)) continue;
      this.#doomed.delete(generation);
      this.#host.runtimes.killZygote(generation);
    }
    if (areCompanionsOver(this.#state)) for (const done of this.#whenOver.splice(0)) done();
  }

  #perform(effect: CompanionEffect): void {
    const { log, runtimes } = this.#host;
    switch (effect.type) {
      case 'log':
        return log.write(effect.text);
      case 'spawn':
        return runtimes.spawnCompanion(effect);
      case 'tell-exit':
        runtimes.tell({ role: 'companion', spawnId: effect.spawnId }, { type: 'exit' });
        return;
      case 'kill':
        return runtimes.signal(effect.pid, 'SIGKILL');
    }
  }
}
