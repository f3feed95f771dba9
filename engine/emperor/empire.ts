/**
 * The master's place in an empire: its own emperor, if it has one, and its link to an emperor above it, if there is one.
 * Which moment it is, it sees from the machine's state.
 */
import { availableParallelism } from 'node:os';
import { isEmperorAlone } from '../config/emperor-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import type { EngineLog } from '../master/engine-log.ts';
import type { MasterState } from '../master/machine-state.ts';
import type { RuntimePlace } from '../master/runtimes.ts';
import type { Emperor } from './emperor.ts';
import type { VassalLink, VassalOrders } from './vassal-link.ts';

/** What vassals get at a stop that does not wait, as uWSGI's RAGNAROK. */
const FORCED_MERCY_MS = 0;

/** Kinds of places that vassals come from. */
const MONITORS = ['dir', 'glob', 'pg', 'amqp', 'sqlite'];

export interface EmpireHost {
  log: EngineLog;
  place: RuntimePlace;
  /** The engine's own program with its first arguments; null: it can not start itself. */
  program: readonly string[] | null;
  link: VassalLink | null;
  settings: () => EngineSettings;
  command: VassalOrders['command'];
}

export class Empire {
  readonly #host: EmpireHost;
  #emperor: Emperor | null = null;
  #isOpen = false;
  #generation = 0;
  #stop: 'graceful' | 'immediate' | 'forced' | null = null;

  constructor(host: EmpireHost) {
    this.#host = host;
    host.link?.listen({ log: (text) => host.log.write(text), command: host.command });
  }

  /** Called after every step of the machine. */
  observe(state: MasterState): void {
    const { link, settings } = this.#host;
    link?.observe(state, settings());
    if (state.stop !== null) return this.#observeStop(state.stop.how);
    const isTime = state.active !== 0 && (state.phase === 'serving' || settings().emperor.isEarly);
    if (!this.#isOpen && isTime) {
      this.#isOpen = true;
      this.#generation = state.active;
      void this.#open();
    } else if (this.#isOpen && state.active !== this.#generation) {
      this.#generation = state.active;
      void this.#adopt();
    }
  }

  /** SIGWINCH, SIGURG, SIGHUP to an emperor. */
  tell(what: 'rescan' | 'forgive' | 'reload'): void {
    if (this.#emperor === null) this.#host.log.write('there is no emperor here');
    else if (what === 'rescan') this.#emperor.rescan();
    else if (what === 'forgive') this.#emperor.forgive();
    else this.#emperor.reloadAll();
  }

  /** Somebody has no patience with the end. */
  interrupt(): void {
    if (this.#stop !== null) this.#emperor?.stop(false, FORCED_MERCY_MS);
  }

  /** All vassals have ended. */
  async over(): Promise<void> {
    await this.#emperor?.over();
  }

  dispose(): void {
    this.#emperor?.dispose();
    this.#host.link?.dispose();
  }

  async #open(): Promise<void> {
    const { command, log, settings } = this.#host;
    try {
      await this.#start();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log.write(`*** ${formatEngineError(error)} ***`);
      // With workers beside it these serve on.
      if (isEmperorAlone(settings())) command('stop');
    }
  }

  async #start(): Promise<void> {
    const { log, place, program, settings } = this.#host;
    const { monitors, listMonitors } = settings().emperor;
    if (listMonitors)
      for (const line of ['*** imperial monitors list ***', ...MONITORS, '--- end of imperial monitors list ---'])
        log.write(line);
    if (monitors.length === 0) return;
    // Few engines are emperors, and a vassal is to be small.
    const module = await import('./emperor.ts');
    if (this.#stop !== null) return;
    const { env, cwd, resourcesFolder, runFolder } = place;
    const emperor = new module.Emperor({
      log,
      env,
      cwd,
      resourcesFolder,
      runFolder,
      program,
      cpus: availableParallelism(),
      settings,
    });
    this.#emperor = emperor;
    await emperor.start();
  }

  /** A reload has put other settings into effect. */
  async #adopt(): Promise<void> {
    const emperor = this.#emperor;
    const { log, settings } = this.#host;
    if (emperor === null) return this.#open();
    // Those that are there: the next look may bring others.
    if (isEmperorAlone(settings())) emperor.reloadAll();
    const { attempt } = await import('./emperor.ts');
    await attempt(log, async () => emperor.adopt());
  }

  /** A stop only ever gets harder. */
  #observeStop(how: 'graceful' | 'immediate' | 'forced'): void {
    if (this.#stop === how) return;
    this.#stop = how;
    const { gracefulShutdown, mercySeconds } = this.#host.settings().emperor;
    const mercyMs = how === 'forced' ? FORCED_MERCY_MS : mercySeconds * 1000;
    this.#emperor?.stop(how === 'graceful' || (how === 'immediate' && gracefulShutdown), mercyMs);
  }
}
