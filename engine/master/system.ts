/**
 * The engine as a citizen of the operating system: at the right moments of its life it runs the hooks, takes the rights of
 * its user, starts and ends the daemons, writes pidfiles and tells the service manager. Which moment it is, it sees from
 * the machine's state (`observe`).
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { EngineSettings, SystemTouchAction } from '../config/settings.ts';
import type { LimitSettings } from '../config/system-settings.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { Alarms } from './alarms.ts';
import { CronProcesses } from './cron-processes.ts';
import { DaemonProcesses } from './daemon-processes.ts';
import { type EngineLog, errorCode } from './engine-log.ts';
import type { MasterEvent } from './events.ts';
import { ExitRequested, HookRunner } from './hook-actions.ts';
import { assume, checkReadable, handOver, type Identity, isRoot, resolveIdentity } from './identity.ts';
import type { MasterState, Stop } from './machine-state.ts';
import { removePidfile, writePidfile } from './pidfile.ts';
import { childEnv, type RuntimePlace } from './runtimes.ts';
import { ServiceNotifier } from './service-notify.ts';
import type { StatsSources } from './stats-view.ts';

/** What daemons get at most at a stop that does not wait for requests either. */
const DAEMON_MERCY_MS = 5000;

export interface SystemHost {
  log: EngineLog;
  place: RuntimePlace;
  /** The configuration in effect. */
  settings: () => EngineSettings;
  stopServer: () => void;
  /** Raises a signal of uWSGI's framework. */
  raiseSignal: (signal: number) => void;
  /** A message to a mule, 0: to any; false: there is none. */
  sendToMule: (mule: number, text: string) => boolean;
  /** All workers are there for the first time. */
  ready: () => void;
}

interface CommandPlace {
  shell: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

export class System {
  readonly #host: SystemHost;
  readonly #hooks: HookRunner;
  readonly #notifier: ServiceNotifier;
  readonly #written = new Set<string>();
  #identity: Identity | null = null;
  #daemons: DaemonProcesses | null = null;
  readonly crons: CronProcesses;
  readonly alarms: Alarms;
  /** Those of a configuration that a reload has replaced. */
  #leaving: DaemonProcesses | null = null;
  #daemonsOver: Promise<void> = Promise.resolve();
  #seen = { hasApp: false, isServing: false, isReloading: false, isStopping: false, isHard: false, generation: 0 };
  #hasFailed = false;

  constructor(host: SystemHost) {
    this.#host = host;
    this.#notifier = new ServiceNotifier(host.place.env, host.log);
    const { log } = host;
    const place = (): CommandPlace => this.#commandPlace();
    this.crons = new CronProcesses({ log, place });
    this.alarms = new Alarms({
      settings: host.settings,
      log: (text) => log.writeUnwatched(text),
      place,
      raiseSignal: host.raiseSignal,
      sendToMule: host.sendToMule,
    });
    log.watcher = (line) => this.alarms.sawLine(line);
    this.#hooks = new HookRunner(log, host.place, this.alarms);
  }

  /** Its part of the stats document. */
  get stats(): Pick<StatsSources, 'daemons' | 'crons' | 'alarms'> {
    return { daemons: this.#daemons?.reports ?? [], crons: this.crons.stats, alarms: this.alarms.stats };
  }

  /** Before anything is opened. Throws EngineError when a name is unknown or a hook fails. */
  async prepare(): Promise<void> {
    const { log, settings } = this.#host;
    const { priority } = settings().system;
    // First: an unknown name should not leave half the hooks done.
    this.#identity = resolveIdentity(settings());
    await this.#hooks.runAll('asap', settings());
    if (priority !== null) setNice(priority, log);
    this.alarms.adopt();
    for (const line of limitLines(settings().system.limits)) log.write(line);
    await this.#hooks.runAll('pre-jail', settings());
    await this.#hooks.runAll('in-jail', settings());
  }

  /** Everything is open: takes the rights of the user. `files` are handed over to it. Throws EngineError. */
  async becomeUser(files: readonly string[]): Promise<void> {
    const { log, place, settings } = this.#host;
    await this.#hooks.runAll('as-root', settings());
    const identity = this.#identity;
    if (identity !== null && isRoot()) {
      if (identity.uid !== null || identity.gid !== null) handOver(identity, files);
      for (const line of assume(identity)) log.write(line);
      if (!isRoot()) checkReadable(join(place.resourcesFolder, 'runtimes'));
      else log.write('*** WARNING: you are running Reeve as root !!! (use the --uid flag) ***');
    } else if (settings().system.identity.user !== null || settings().system.identity.group !== null) {
      log.write("'uid' and 'gid' have no effect: the engine was not started as root");
    }
    const { pidfile2 } = settings().system;
    if (pidfile2 !== null) this.#writePidfile(pidfile2);
    await this.#hooks.runAll('as-user', settings());
  }

  /** Before a reload takes these settings: hooks that may refuse it. null: they agree; a text says why not. */
  async objection(next: EngineSettings): Promise<string | null> {
    try {
      await this.#hooks.runAll('asap', next);
      await this.#hooks.runAll('in-jail', next);
      return null;
    } catch (error) {
      return error instanceof EngineError ? formatEngineError(error) : 'a hook has asked the engine to exit';
    }
  }

  /** Called after every step of the machine. */
  observe(state: MasterState): void {
    const seen = this.#seen;
    if (state.stop !== null) {
      this.#observeStop(state.stop);
      return;
    }
    const active = state.generations.get(state.active);
    if (!seen.hasApp && active !== undefined && (active.hasLoaded || active.plan.spawn === 'fresh')) {
      seen.hasApp = true;
      void this.#masterStarted();
    }
    if (!seen.isServing && state.phase === 'serving') {
      seen.isServing = true;
      // With no workers to wait for it serves in its first step.
      seen.generation = state.active;
      this.#served();
    }
    if (seen.isServing) this.#observeReload(state);
    seen.generation = state.active;
  }

  /** Something has happened to a process of the application. */
  saw(event: MasterEvent, state: MasterState): void {
    if (event.type === 'zygote-exited') this.alarms.sawEnd('the process that loads the application', event.signal);
    if (event.type !== 'worker-exited') return;
    const worker = state.workers.get(event.spawnId);
    if (worker !== undefined) this.alarms.sawEnd(`worker ${worker.wid} (pid: ${worker.pid})`, event.signal);
  }

  /** A watched file was touched. */
  touched(action: SystemTouchAction, path: string): void {
    if (action.type === 'restart-daemons') this.#daemons?.touched(path);
    else void this.#attempt(this.#hooks.run(action.hook, this.#host.settings()), false);
  }

  /** FIFO letter P. Throws EngineError. */
  writePidfiles(): void {
    const { pidfile2, safePidfiles } = this.#host.settings().system;
    for (const path of [...(pidfile2 === null ? [] : [pidfile2]), ...safePidfiles]) this.#writePidfile(path);
  }

  /** All workers have ended: waits for the daemons, runs the last hooks. Gives the exit code. */
  async close(exitCode: number): Promise<number> {
    const { settings } = this.#host;
    this.#hooks.dispose();
    if (!this.#seen.isHard) this.#stopDaemons(Number.POSITIVE_INFINITY);
    await this.#daemonsOver;
    await this.#attempt(this.#hooks.runAll('as-user-atexit', settings()), false);
    await this.#notifier.settled();
    return this.#hasFailed && exitCode === 0 ? 1 : exitCode;
  }

  /** The start is to be given up: ends a hook that still runs. */
  interrupt(): void {
    this.#hooks.dispose();
  }

  /** What is left at the very end, however it came about. */
  dispose(): void {
    this.#hooks.dispose();
    this.#leaving?.dispose();
    this.#daemons?.dispose();
    this.crons.dispose();
    this.alarms.dispose();
    this.#removeTracebackers();
    if (!this.#host.settings().vacuum) return;
    for (const path of this.#written) removePidfile(path);
  }

  /** Workers remove the sockets of `py-tracebacker` themselves; one that was cut in its request could not. */
  #removeTracebackers(): void {
    const { app, processes } = this.#host.settings();
    if (app.language !== 'python' || app.tracebacker === null) return;
    for (let id = 1; id <= processes; id++) removeSocket(`${app.tracebacker}${id}`);
  }

  /** The application is there: uWSGI's master begins its work now. */
  async #masterStarted(): Promise<void> {
    await this.#attempt(this.#hooks.runAll('master-start', this.#host.settings()), true);
    this.#startDaemons();
    if (this.#seen.isStopping) return;
    this.crons.configure(this.#host.settings().cron);
    this.crons.start();
  }

  /** What commands beside the server get. */
  #commandPlace(): CommandPlace {
    const { place, settings } = this.#host;
    const { shell } = settings().system;
    return { shell, env: childEnv(settings(), place), cwd: place.folder ?? settings().chdir ?? place.cwd };
  }

  #startDaemons(): void {
    const { log, settings, stopServer } = this.#host;
    const { daemons } = settings().system;
    if (this.#seen.isStopping || daemons.length === 0) return;
    this.#daemons = new DaemonProcesses(daemons, { ...this.#commandPlace(), log, stopServer });
    this.#daemons.start();
  }

  /** A new generation serves: daemons start anew, by the configuration that is in effect now. */
  async #renewDaemons(): Promise<void> {
    const { settings } = this.#host;
    if (this.#daemons?.isFor(settings().system.daemons) === true) {
      this.#daemons.reload();
      return;
    }
    // After the old ones: they may hold what the new ones need.
    this.#leaving = this.#daemons;
    this.#daemons = null;
    this.#daemonsOver = this.#leaving?.stop(settings().workerReloadMercySeconds * 1000) ?? Promise.resolve();
    await this.#daemonsOver;
    this.#leaving = null;
    this.#startDaemons();
  }

  #served(): void {
    for (const path of this.#host.settings().system.safePidfiles) this.#attemptSync(() => this.#writePidfile(path));
    this.#notifier.tell('READY=1', 'STATUS=Reeve is ready');
    this.#host.ready();
  }

  #observeReload(state: MasterState): void {
    const seen = this.#seen;
    const isReloading = state.reload !== null;
    if (state.active !== seen.generation) {
      this.crons.configure(this.#host.settings().cron);
      this.alarms.adopt();
      void this.#renewDaemons();
    }
    if (isReloading === seen.isReloading) return;
    seen.isReloading = isReloading;
    if (isReloading)
      this.#notifier.tell('RELOADING=1', `MONOTONIC_USEC=${monotonicMicros()}`, 'STATUS=Reeve is reloading');
    else this.#notifier.tell('READY=1', 'STATUS=Reeve is ready');
  }

  #observeStop({ how }: Stop): void {
    if (!this.#seen.isStopping) this.#notifier.tell('STOPPING=1', 'STATUS=Reeve is stopping');
    this.#seen.isStopping = true;
    this.crons.stop();
    // A graceful stop lets them go after the workers (`close`), whose last requests may need them.
    if (how !== 'graceful' && !this.#seen.isHard) this.#stopDaemons(DAEMON_MERCY_MS);
    this.#seen.isHard = how !== 'graceful';
  }

  /** They are told once more when there is less time than before. */
  #stopDaemons(mostMs: number): void {
    const mercyMs = Math.min(this.#host.settings().workerReloadMercySeconds * 1000, mostMs);
    const ends = [this.#leaving, this.#daemons].map(async (daemons) => daemons?.stop(mercyMs));
    this.#daemonsOver = Promise.all(ends).then(() => undefined);
  }

  #writePidfile(path: string): void {
    writePidfile(path);
    this.#written.add(path);
  }

  async #attempt(hooks: Promise<void>, isVital: boolean): Promise<void> {
    try {
      await hooks;
    } catch (error) {
      if (error instanceof ExitRequested) return this.#host.stopServer();
      this.#host.log.write(`*** ${error instanceof EngineError ? formatEngineError(error) : String(error)} ***`);
      if (!isVital) return;
      this.#hasFailed = true;
      this.#host.stopServer();
    }
  }

  #attemptSync(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#host.log.write(`*** ${formatEngineError(error)} ***`);
    }
  }
}

/** A clock that systemd compares with its own (CLOCK_MONOTONIC). */
function monotonicMicros(): bigint {
  return process.hrtime.bigint() / 1000n;
}

/** As uWSGI says it; the shell that starts the application's processes sets them (runtime-launch.ts). */
function limitLines({ addressSpaceBytes, processes }: LimitSettings): string[] {
  const megabytes = Math.floor(addressSpaceBytes / 1024 / 1024);
  return [
    ...(processes > 0 ? [`limiting number of processes to ${processes}...`] : []),
    ...(megabytes > 0 ? [`your process address space limit is ${addressSpaceBytes} bytes (${megabytes} MB)`] : []),
  ];
}

function setNice(priority: number, log: EngineLog): void {
  try {
    setPriority(priority);
    log.write(`scheduler priority set to ${priority}`);
  } catch (error) {
    log.write(`*** the priority ${priority} can not be set (${errorCode(error)}) ***`);
  }
}

function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // Removed by its worker, as it should be, or in a folder that is not ours: a socket left over harms nobody.
    return;
  }
}
