/**
 * Carries out the effects of the machine (machine.ts): each is a call to the part whose business it is. What comes of
 * it returns as an event.
 */
import { listenerLabel } from '../config/listener-names.ts';
import { type Scoreboard, SlotField } from '../scoreboard.ts';
import type { Accounts } from './accounts.ts';
import type { CompanionProcesses } from './companion-processes.ts';
import type { Configuration } from './configuration.ts';
import type { Direct } from './direct.ts';
import type { Effect } from './effects.ts';
import type { EngineLog } from './engine-log.ts';
import type { MasterEvent, Plan } from './events.ts';
import type { Facilities } from './facilities.ts';
import type { GatewayPool } from './gateway-pool.ts';
import type { Listeners } from './listeners.ts';
import type { LogKeeper } from './log-keeper.ts';
import type { MasterState } from './machine-state.ts';
import { cheaperLines, describeKernelState, describeOverdue, routerLines } from './reports.ts';
import type { RuntimePool } from './runtime-pool.ts';
import type { RuntimePlace } from './runtimes.ts';
import { readVars } from './stats-view.ts';
import type { System } from './system.ts';

export interface Parts {
  log: EngineLog;
  logKeeper: LogKeeper;
  board: Scoreboard;
  accounts: Accounts;
  config: Configuration;
  place: RuntimePlace;
  gateways: GatewayPool;
  listeners: Listeners;
  runtimes: RuntimePool;
  companions: CompanionProcesses;
  facilities: Facilities;
  system: System;
  /** `worker-accept`; null: the gateways accept. */
  direct: Direct | null;
  state: () => MasterState;
  enqueue: (event: MasterEvent) => void;
  finish: (exitCode: number) => void;
}

export class Performer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A bug in one effect is reported and costs that effect, not the server. */
  attempt(effect: Effect): void {
    try {
      this.#perform(effect);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#parts.log.write(`*** BUG: '${effect.type}' failed ***\n${text}`);
    }
  }

  #perform(effect: Effect): void {
    const { accounts, companions, config, direct, enqueue, gateways, listeners, log, runtimes } = this.#parts;
    switch (effect.type) {
      case 'read-config':
        return this.#readConfig();
      case 'bind-listeners':
        return listeners.bind(config.candidate);
      case 'discard-config':
        config.discard();
        return listeners.discard();
      case 'adopt-config':
        return this.#adoptConfig();
      case 'start-zygote':
        return runtimes.startZygote(effect.generation);
      case 'stop-zygote':
        return runtimes.stopZygote(effect.generation);
      case 'kill-zygote':
        return companions.killZygote(effect.generation);
      case 'fork-worker':
        return runtimes.forkWorker(effect);
      case 'start-worker':
        return runtimes.startWorker(effect);
      case 'admit-worker':
        return this.#admitWorker(effect);
      case 'use-generation':
        direct?.workers.changed();
        return gateways.tell({ type: 'use-generation', generation: effect.generation });
      case 'retire-worker':
        if (direct !== null) return direct.workers.retire(effect.spawnId);
        return gateways.tell({ type: 'retire', spawnId: effect.spawnId });
      case 'exit-worker':
        return runtimes.exitWorker(effect.spawnId);
      case 'cut-worker':
        if (accounts.isBusy(effect.spawnId)) return runtimes.cutWorker(effect.spawnId, effect.pid, effect.signal);
        return runtimes.exitWorker(effect.spawnId);
      case 'signal-worker': {
        const signal = (): void => runtimes.signal(effect.pid, effect.signal);
        return direct === null ? signal() : direct.workers.afterAnswer(effect.spawnId, signal);
      }
      case 'harakiri':
        return this.#harakiri(effect);
      case 'count-harakiri':
        return this.#countHarakiri(effect.spawnId);
      case 'forget-worker':
        direct?.gone(effect.spawnId);
        runtimes.forgetWorker(effect.spawnId);
        gateways.tell({ type: 'forget-worker', spawnId: effect.spawnId });
        return accounts.gone(effect.spawnId, Date.now());
      case 'forget-generation':
        companions.signals.forgetGeneration(effect.generation);
        runtimes.forgetGeneration(effect.generation);
        return accounts.forgetGeneration(effect.generation);
      case 'pause':
        direct?.workers.changed();
        return gateways.tell({ type: 'pause', paused: effect.paused });
      case 'drain-gateways':
        // The gateways have nothing left to do: they are told when the workers have finished.
        if (direct !== null) return direct.workers.drain();
        // Without an address to answer on there are none.
        if (gateways.count === 0) return enqueue({ type: 'gateways-drained' });
        return gateways.tell({ type: 'drain' });
      case 'stop-gateways':
        if (gateways.count === 0) return enqueue({ type: 'gateways-stopped' });
        return gateways.stop();
      case 'log':
        return log.write(effect.text);
      case 'finish':
        return this.#parts.finish(effect.exitCode);
    }
  }

  #readConfig(): void {
    const { config, enqueue, place } = this.#parts;
    const plan = config.read(place);
    if (typeof plan === 'string') {
      enqueue({ type: 'config-failed', message: plan });
      return;
    }
    void this.#confirmConfig(plan);
  }

  async #confirmConfig(plan: Plan): Promise<void> {
    const { config, enqueue, system } = this.#parts;
    const message = await system.objection(config.candidate);
    enqueue(message === null ? { type: 'config-ready', plan } : { type: 'config-failed', message });
  }

  #adoptConfig(): void {
    const { config, facilities, gateways, listeners, log, logKeeper } = this.#parts;
    const isNew = config.adopt();
    const settings = config.current;
    const { opened, closed } = listeners.adopt(settings);
    for (const setting of opened) log.write(`${listenerLabel(setting)} socket bound to ${setting.text}`);
    for (const setting of closed) log.write(`${listenerLabel(setting)} socket ${setting.text} closed`);
    for (const line of [...cheaperLines(settings), ...routerLines(settings)]) log.write(line);
    facilities.commons.limitMailboxes(settings.mules.queueBytes);
    if (!isNew) return;
    if (settings.sockets.gateways !== gateways.count) {
      log.write(`'http-processes' counts from the next start on; ${gateways.count} gateways run until then`);
    }
    // Its settings reach the gateways with all their options.
    logKeeper.adopt(settings);
    void facilities.adopt(settings);
  }

  #admitWorker(effect: Extract<Effect, { type: 'admit-worker' }>): void {
    const { accounts, gateways, log, runtimes, state } = this.#parts;
    const { spawnId, wid, generation, pid } = effect;
    const threads = state().generations.get(generation)?.plan.threads ?? 1;
    const slots = accounts.admit(spawnId, generation, wid, threads, Date.now());
    if (slots === null) {
      log.write(`*** worker ${wid} (pid: ${pid}) finds no free place on the scoreboard; killing it ***`);
      runtimes.signal(pid, 'SIGKILL');
      return;
    }
    const php = runtimes.phpWorker(generation, spawnId);
    gateways.tell({ type: 'expect-worker', spawnId, wid, pid, generation, slots, php });
  }

  #harakiri(effect: Extract<Effect, { type: 'harakiri' }>): void {
    const { accounts, board, config, direct, gateways, log } = this.#parts;
    const { spawnId, core, requestId } = effect;
    const slot = accounts.slotsOf(spawnId)[core];
    const vars = slot === undefined ? [] : readVars({ accounts, board, settings: config.current }, slot);
    const startMs = slot === undefined ? 0 : accounts.read(slot, SlotField.startMs);
    const kernelState = config.current.harakiri.verbose ? describeKernelState(effect.pid) : [];
    for (const line of describeOverdue(effect, vars, startMs, kernelState)) log.write(line);
    this.#countHarakiri(spawnId);
    // The worker hears of it when the gateway has said `given-up`: its own answer to this must not come first.
    const keepsWorker = effect.isCancelled;
    if (direct === null) gateways.tell({ type: 'harakiri', spawnId, core, requestId, keepsWorker });
    else direct.workers.harakiri(spawnId, core, requestId);
  }

  #countHarakiri(spawnId: number): void {
    const { accounts, state } = this.#parts;
    const worker = state().workers.get(spawnId);
    if (worker !== undefined) accounts.harakiri(worker.generation, worker.wid);
  }
}
