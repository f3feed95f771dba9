/**
 * The emperor: asks its monitors what is there, lets vassals.ts say what is to be done about it, does that, and shows
 * how the vassals stand on `emperor-stats`. It lives in the master's process, with workers beside it or without.
 */
import { formatEmperorStats } from '../api/emperor-stats.ts';
import { STATS_HTTP_HEAD } from '../api/format-stats.ts';
import { formatAddress } from '../config/address.ts';
import type { EmperorSettings } from '../config/emperor-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { waitable } from '../longest-wait.ts';
import type { EngineLog } from '../master/engine-log.ts';
import { removePidfile, writePidfile } from '../master/pidfile.ts';
import { StatsServer } from '../master/stats-server.ts';
import { ENGINE_VERSION } from '../version.ts';
import { DoorKeeper } from './door-keeper.ts';
import { listVassals } from './emperor-view.ts';
import { MonitorWatch } from './monitor-watch.ts';
import type { VassalEffect, VassalEvent, VassalPolicy } from './vassal-draft.ts';
import { VassalProcesses } from './vassal-processes.ts';
import { initialVassals, type VassalsState } from './vassal-state.ts';
import { areVassalsOver, nextVassalMs, stepVassals } from './vassals.ts';

/** Each of them keeps a processor busy while it loads. */
const STARTING_PER_CPU = 4;

export interface EmperorHost {
  log: EngineLog;
  env: NodeJS.ProcessEnv;
  cwd: string;
  resourcesFolder: string;
  runFolder: string;
  /** The engine's own program with its first arguments; null: it can not start itself. */
  program: readonly string[] | null;
  cpus: number;
  /** The configuration in effect. */
  settings: () => EngineSettings;
}

export class Emperor {
  readonly #host: EmperorHost;
  readonly #processes: VassalProcesses;
  readonly #doors: DoorKeeper;
  readonly #watch: MonitorWatch;
  #state: VassalsState = initialVassals();
  #stats: StatsServer | null = null;
  #pidfile: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #queue: VassalEvent[] = [];
  #isHandling = false;
  readonly #whenOver: (() => void)[] = [];

  constructor(host: EmperorHost) {
    this.#host = host;
    const { log, env, cwd, program, resourcesFolder, runFolder } = host;
    this.#doors = new DoorKeeper({
      log,
      env,
      resourcesFolder,
      runFolder,
      mode: host.settings().chmodSocket,
      held: (key) => this.#handle({ type: 'held', key }),
      wanted: (key) => this.#handle({ type: 'wanted', key }),
      notHeld: (key, message) => this.#handle({ type: 'not-held', key, message }),
    });
    const place = { env, cwd, log: (text: string): void => log.write(text) };
    this.#watch = new MonitorWatch(place, (monitor, found) => this.#handle({ type: 'scanned', monitor, found }));
    this.#processes = new VassalProcesses({
      log,
      env,
      cwd,
      program,
      settings: () => this.#settings,
      fetchSocket: (key) => this.#doors.fetching(key),
      emit: (event) => this.#handle(event),
    });
  }

  /** Throws EngineError when its address or its pidfile can not be had, or its rights do not suffice. */
  async start(): Promise<void> {
    const { log } = this.#host;
    const settings = this.#settings;
    if (settings.isTyrant && process.getuid?.() !== 0) {
      throw new EngineError('emperor-not-root', "'emperor-tyrant' needs an emperor that runs as root.");
    }
    log.write('*** starting Reeve emperor ***');
    if (settings.procname !== null) process.title = settings.procname;
    await this.adopt();
  }

  /** Goes over to the settings in effect. Throws EngineError. */
  async adopt(): Promise<void> {
    const settings = this.#settings;
    await this.#openStats(settings);
    if (settings.pidfile !== this.#pidfile) {
      if (this.#pidfile !== null) removePidfile(this.#pidfile);
      this.#pidfile = settings.pidfile;
      if (settings.pidfile !== null) writePidfile(settings.pidfile);
    }
    this.#watch.open(settings);
  }

  /** Looks at once (SIGWINCH, FIFO letter E). */
  rescan(): void {
    this.#watch.rescan();
  }

  /** SIGHUP to an emperor: every vassal reloads. */
  reloadAll(): void {
    this.#handle({ type: 'reload-all' });
  }

  /** SIGURG: all waits are forgotten. */
  forgive(): void {
    this.#handle({ type: 'forgive' });
    this.rescan();
  }

  /** Ends all vassals; `over` tells when they have. A second time: with less mercy. */
  stop(isGraceful: boolean, mercyMs: number): void {
    this.#watch.pause();
    this.#handle({ type: 'stop', isGraceful, mercyMs });
  }

  async over(): Promise<void> {
    if (areVassalsOver(this.#state)) return;
    await new Promise<void>((done) => this.#whenOver.push(done));
    this.#host.log.write('The Emperor is buried.');
  }

  /** Kills what is left. */
  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watch.dispose();
    this.#stats?.dispose();
    this.#stats = null;
    this.#processes.dispose();
    this.#doors.dispose();
    if (this.#pidfile !== null) removePidfile(this.#pidfile);
    this.#pidfile = null;
  }

  get #settings(): EmperorSettings {
    return this.#host.settings().emperor;
  }

  get #policy(): VassalPolicy {
    return { ...this.#settings, mostStarting: STARTING_PER_CPU * this.#host.cpus };
  }

  // The machine

  #handle(event: VassalEvent): void {
    this.#queue.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { state, effects } = stepVassals(this.#state, next, this.#policy, Date.now());
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
    }
    this.#isHandling = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const nowMs = Date.now();
    const nextMs = nextVassalMs(this.#state, this.#policy, nowMs);
    const waitMs = nextMs === null ? null : waitable(Math.max(1, nextMs - nowMs));
    this.#timer = waitMs === null ? null : setTimeout(() => this.#handle({ type: 'tick' }), waitMs);
    if (areVassalsOver(this.#state)) for (const done of this.#whenOver.splice(0)) done();
  }

  #perform(effect: VassalEffect): void {
    const vassal = 'key' in effect ? this.#state.vassals.get(effect.key) : undefined;
    switch (effect.type) {
      case 'log':
        return this.#host.log.write(effect.text);
      case 'start':
        if (vassal !== undefined) void this.#processes.start(effect.key, vassal.found);
        return;
      case 'tell':
        return this.#processes.tell(effect.key, effect.byte);
      case 'kill':
        return this.#processes.kill(effect.pid);
      case 'send-config':
        if (vassal !== undefined) this.#processes.sendConfig(effect.key, vassal.found);
        return;
      case 'hold':
        return this.#doors.hold(effect.key, effect.socket, vassal?.found.folder ?? this.#host.cwd);
      case 'release':
        return this.#doors.release(effect.key);
      case 'ended':
        return this.#processes.ended({ id: effect.id, folder: effect.folder });
    }
  }

  // Statistics

  async #openStats({ stats: address }: EmperorSettings): Promise<void> {
    const present = this.#stats === null ? null : formatAddress(this.#stats.address);
    if (present === (address === null ? null : formatAddress(address))) return;
    this.#stats?.dispose();
    this.#stats = null;
    if (address === null) return;
    this.#stats = await StatsServer.open(address, this.#host.settings().chmodSocket, {
      render: () => this.#render(),
      isHttp: () => this.#host.settings().statsHttp,
    });
    this.#host.log.write(`*** Emperor stats server enabled on ${formatAddress(address)} ***`);
  }

  #render(): string {
    const { statsHttp, statsMinified, emperor } = this.#host.settings();
    const document = {
      version: ENGINE_VERSION,
      pid: process.pid,
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      cwd: this.#host.cwd,
      emperor: this.#watch.texts,
      emperor_tyrant: Number(emperor.isTyrant),
      throttle_level: 0,
      ...listVassals(this.#state, emperor.monitors),
    };
    return (statsHttp ? STATS_HTTP_HEAD : '') + formatEmperorStats(document, statsMinified);
  }
}

/** An operator's error is said and costs what it is about, not the server. */
export async function attempt(log: EngineLog, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    log.write(`*** ${formatEngineError(error)} ***`);
  }
}
