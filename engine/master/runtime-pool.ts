/**
 * The runtimes of all generations: starts zygotes and fresh workers, passes messages over the control wire, and turns
 * what they say and how they end into events. Which of them there should be is the machine's business.
 */
import { LANGUAGES } from '../config/languages.ts';
import { hasApp } from '../config/python-app.ts';
import type { EngineSettings, SocketAddress } from '../config/settings.ts';
import type { PhpWorkerSetting } from '../gateway/messages.ts';
import type { CompanionEffect, CompanionEvent } from './companions.ts';
import {
  FIRST_COMPANION_ID,
  type LoadedApp,
  type MasterToRuntime,
  type Question,
  type RuntimeRole,
  type RuntimeToMaster,
  type SignalMessage,
} from './control.ts';
import { ControlServer, type RuntimeId } from './control-server.ts';
import type { Effect } from './effects.ts';
import { type EngineLog, errorCode } from './engine-log.ts';
import type { Ending, MasterEvent } from './events.ts';
import { findOnPath } from './interpreter.ts';
import type { MasterState } from './machine-state.ts';
import { phpEndpoint, phpVersion } from './php-process.ts';
import { type RuntimePlace, startRuntime } from './runtimes.ts';

export interface RuntimePoolHost {
  log: EngineLog;
  emit: (event: MasterEvent) => void;
  /** What is said of signals, timers and the tasks of mules. */
  signalled: (from: RuntimeId, message: SignalMessage) => void;
  /** A mule or a spooler was started, has ended ... */
  companion: (event: CompanionEvent) => void;
  state: () => MasterState;
  /** The configuration that a generation which starts now is made from. */
  candidate: () => EngineSettings;
  /** What a worker's application asks about the server. */
  answer: (question: Question) => unknown;
  /** A process raises an alarm. */
  alarm: (name: string, text: string) => void;
  /** With `worker-accept`. */
  workerGreeted: (spawnId: number) => void;
  workerRetired: (spawnId: number) => void;
  requestGivenUp: (spawnId: number) => void;
}

/** A zygote that lost its control connection has this long to be seen ending. */
const UNREACHABLE_MS = 1000;

export class RuntimePool {
  /** Apps that fresh workers reported themselves, by spawn id. */
  readonly workerApps = new Map<number, LoadedApp[]>();
  readonly #place: RuntimePlace;
  readonly #host: RuntimePoolHost;
  readonly #control: ControlServer;
  /** The configuration each generation was started with. */
  readonly #settings = new Map<number, EngineSettings>();
  /** How many applications each generation has had: as many must load when it needs them again. */
  readonly #appCounts = new Map<number, number>();
  readonly #zygotePids = new Map<number, number>();
  /** The one whose control connection stands, or ended last: not the one that was started in its place. */
  readonly #greetedZygotes = new Map<number, number>();
  /** Worker numbers that each generation has had. */
  readonly #numbersUsed = new Map<number, Set<number>>();
  /** Workers of PHP that were asked to end. */
  readonly #toldPhp = new Set<number>();

  constructor(place: RuntimePlace, host: RuntimePoolHost) {
    this.#place = place;
    this.#host = host;
    this.#control = new ControlServer(place.token, {
      said: (from, message) => this.#said(from, message),
      ended: (from) => {
        if (from.role === 'zygote') this.#zygoteUnreachable(from.generation);
        else if (from.role === 'worker') host.emit({ type: 'worker-unreachable', spawnId: from.spawnId });
        else host.companion({ type: 'unreachable', spawnId: from.spawnId });
      },
    });
  }

  async listen(address: SocketAddress): Promise<void> {
    this.#place.controlEndpoint = await this.#control.listen(address);
  }

  startZygote(generation: number): void {
    const { emit, log, candidate } = this.#host;
    const request = { spawnId: 0, wid: 0, number: 0, processes: candidate().processes };
    const started = this.#start('zygote', generation, request, (ending) => {
      this.#zygotePids.delete(generation);
      emit({ type: 'zygote-exited', generation, ...ending });
    });
    if (started.ok) {
      this.#zygotePids.set(generation, started.pid);
      return;
    }
    log.write(`the zygote could not be started: ${started.message}`);
    emit({ type: 'zygote-exited', generation, code: null, signal: null });
  }

  /** It leaves when its workers are gone. */
  stopZygote(generation: number): void {
    if (!this.#control.send({ role: 'zygote', generation }, { type: 'exit' })) this.killZygote(generation);
  }

  killZygote(generation: number): void {
    const pid = this.#zygotePids.get(generation);
    if (pid !== undefined) this.signal(pid, 'SIGKILL');
  }

  /** Most often it is just ending; how, its exit tells. */
  #zygoteUnreachable(generation: number): void {
    const pid = this.#greetedZygotes.get(generation);
    const kill = (): void => {
      if (pid !== undefined && this.#zygotePids.get(generation) === pid) this.signal(pid, 'SIGKILL');
    };
    setTimeout(kill, UNREACHABLE_MS).unref();
  }

  forkWorker({ generation, spawnId, wid, processes }: Extract<Effect, { type: 'fork-worker' }>): void {
    const isFirst = this.#isFirst(generation, wid);
    const message = { type: 'fork', role: 'worker', spawnId, wid, number: 0, processes, isFirst } as const;
    const isSent = this.#control.send({ role: 'zygote', generation }, message);
    if (!isSent) this.#host.emit({ type: 'worker-not-started', spawnId, message: 'the zygote is gone' });
  }

  startWorker(effect: Extract<Effect, { type: 'start-worker' }>): void {
    const { emit } = this.#host;
    const { spawnId } = effect;
    const started = this.#start('worker', effect.generation, { ...effect, number: 0 }, ({ code, signal }) => {
      // php-cgi that does as it is told says so with 255.
      const isObedient = this.#toldPhp.delete(spawnId) && code === 255;
      emit({ type: 'worker-exited', spawnId, code: isObedient ? 0 : code, signal });
    });
    if (!started.ok) return emit({ type: 'worker-not-started', spawnId, message: started.message });
    emit({ type: 'worker-started', spawnId, pid: started.pid });
    if (this.#php(effect.generation) !== null) this.#phpLoaded(spawnId, started.pid);
  }

  // Workers of PHP have no control connection (php-process.ts)

  /** What the gateways have to know of a worker of PHP; null: it is none. */
  phpWorker(generation: number, spawnId: number): PhpWorkerSetting | null {
    const php = this.#php(generation);
    return php && { ...php, endpoint: phpEndpoint(this.#place.runFolder, spawnId) };
  }

  #php(generation: number): Omit<PhpWorkerSetting, 'endpoint'> | null {
    const settings = this.#settings.get(generation);
    if (settings?.app.language !== 'php') return null;
    return { app: settings.app, recycling: settings.recycling };
  }

  #phpLoaded(spawnId: number, pid: number): void {
    const { env } = this.#place;
    const file = findOnPath(['php-cgi'], env);
    const apps = [{ id: 0, modifier1: LANGUAGES.php.modifier1, mountpoint: '', startupSeconds: 0, chdir: '' }];
    const runtime = file === null ? 'PHP' : phpVersion(file, env);
    this.#loaded({ role: 'worker', spawnId }, { type: 'loaded', apps, runtime }, pid);
  }

  spawnCompanion({ how, generation, spawnId, setting }: Extract<CompanionEffect, { type: 'spawn' }>): void {
    const { role, number } = setting;
    const { candidate, companion } = this.#host;
    const notStarted = (message: string): void => companion({ type: 'not-started', spawnId, message });
    const request = { spawnId, wid: 0, number, processes: (this.#settings.get(generation) ?? candidate()).processes };
    if (how === 'fork') {
      const message = { type: 'fork', role, ...request, isFirst: true } as const;
      if (!this.#control.send({ role: 'zygote', generation }, message)) notStarted('the zygote is gone');
      return;
    }
    const started = this.#start(role, generation, request, (ending) =>
      companion({ type: 'exited', spawnId, ...ending }),
    );
    if (started.ok) companion({ type: 'started', spawnId, pid: started.pid });
    else notStarted(started.message);
  }

  /** False: it is not connected (any more). */
  tell(to: RuntimeId, message: MasterToRuntime): boolean {
    return this.#control.send(to, message);
  }

  exitWorker(spawnId: number): void {
    const worker = this.#host.state().workers.get(spawnId);
    // php-cgi ends then when what it does is done.
    if (worker !== undefined && this.#php(worker.generation) !== null) {
      this.#toldPhp.add(spawnId);
      return this.signal(worker.pid, 'SIGTERM');
    }
    this.#control.send({ role: 'worker', spawnId }, { type: 'exit' });
  }

  /** It ends now, whatever it does. */
  cutWorker(spawnId: number, pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
    const worker = this.#host.state().workers.get(spawnId);
    const isPhp = worker !== undefined && this.#php(worker.generation) !== null;
    if (isPhp) this.#toldPhp.add(spawnId);
    this.signal(pid, isPhp && signal === 'SIGTERM' ? 'SIGINT' : signal);
  }

  /** False: it is not connected (any more). */
  tellWorker(spawnId: number, message: MasterToRuntime): boolean {
    return this.#control.send({ role: 'worker', spawnId }, message);
  }

  signal(pid: number, signal: NodeJS.Signals | number): void {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // ESRCH: it is gone already; its exit is on the way.
      if (errorCode(error) !== 'ESRCH') this.#host.log.write(`${signal} to pid ${pid} failed: ${errorCode(error)}`);
    }
  }

  forgetWorker(spawnId: number): void {
    this.workerApps.delete(spawnId);
  }

  forgetGeneration(generation: number): void {
    this.#settings.delete(generation);
    this.#greetedZygotes.delete(generation);
    this.#numbersUsed.delete(generation);
    this.#appCounts.delete(generation);
  }

  reopenLog(path: string): void {
    this.#control.broadcast({ type: 'reopen-log', path });
  }

  /** Whether no process of this generation has had this worker number before. */
  #isFirst(generation: number, wid: number): boolean {
    const numbers = this.#numbersUsed.get(generation) ?? new Set();
    this.#numbersUsed.set(generation, numbers);
    const isFirst = !numbers.has(wid);
    numbers.add(wid);
    return isFirst;
  }

  dispose(): void {
    for (const pid of this.#zygotePids.values()) this.signal(pid, 'SIGKILL');
    this.#control.dispose();
  }

  #start(
    role: RuntimeRole,
    generation: number,
    { spawnId, wid, number, processes }: { spawnId: number; wid: number; number: number; processes: number },
    onEnd: Parameters<typeof startRuntime>[4],
  ): ReturnType<typeof startRuntime> {
    const settings = this.#settings.get(generation) ?? this.#host.candidate();
    this.#settings.set(generation, settings);
    const needApps = Math.max(settings.needApp ? 1 : 0, this.#appsBefore(generation, settings));
    const isFirst = role === 'worker' && this.#isFirst(generation, wid);
    const request = { role, generation, spawnId, wid, number, isFirst, processes, needApps };
    return startRuntime(settings, this.#place, request, this.#host.log, onEnd);
  }

  /** A generation that takes over loads all that the present one has; any other what it had before. */
  #appsBefore(generation: number, { app, listeners }: EngineSettings): number {
    const { generations, active } = this.#host.state();
    if (generations.get(generation)?.role !== 'incoming') return this.#appCounts.get(generation) ?? 0;
    const before = this.#appCounts.get(active) ?? 0;
    // A server that never had one may go on without it where none is asked for.
    const isAsked = listeners.length > 0 && (app.language === 'python' ? hasApp(app) : app.language !== 'none');
    return before === 0 && isAsked ? 1 : before;
  }

  #said(from: RuntimeId, message: RuntimeToMaster): void {
    const { emit, log } = this.#host;
    switch (message.type) {
      case 'hello':
        return this.#greeted(from, message.pid);
      case 'lifeline':
        return;
      case 'loaded':
        return this.#loaded(from, message);
      case 'load-failed':
        return this.#loadFailed(from, message.text);
      case 'forked':
        return this.#started(message.spawnId, message.pid);
      case 'fork-failed':
        return this.#notStarted(message.spawnId, message.message);
      case 'exited':
        return this.#exited(message.spawnId, { code: message.code, signal: message.signal });
      case 'reload-requested':
        log.write('*** the application asked for a reload ***');
        return emit({ type: 'command', command: 'reload' });
      case 'stop-requested':
        log.write('*** the application asked for a stop ***');
        return emit({ type: 'command', command: 'stop' });
      case 'register-signal':
      case 'raise-signal':
      case 'signal-begun':
      case 'signal-done':
      case 'add-timer':
      case 'add-cron':
      case 'add-file-monitor':
      case 'task-begun':
      case 'task-done':
        return this.#host.signalled(from, message);
      case 'alarm':
        return this.#host.alarm(message.name, message.text);
      case 'worn':
      case 'retiring':
      case 'retired':
      case 'given-up':
        if (from.role === 'worker') this.#workerSaid(from.spawnId, message.type);
        return;
      case 'question':
        this.#control.send(from, { type: 'answer', id: message.id, value: this.#host.answer(message.what) });
        return;
    }
  }

  #greeted(from: RuntimeId, pid: number): void {
    if (from.role === 'zygote') this.#greetedZygotes.set(from.generation, pid);
    else if (from.role === 'worker') this.#host.workerGreeted(from.spawnId);
    else this.#started(from.spawnId, pid);
  }

  #loadFailed(from: RuntimeId, text: string): void {
    const { emit } = this.#host;
    if (from.role === 'zygote') emit({ type: 'zygote-load-failed', generation: from.generation, text });
    else if (from.role === 'worker') emit({ type: 'worker-load-failed', spawnId: from.spawnId, text });
  }

  #workerSaid(spawnId: number, what: 'worn' | 'retiring' | 'retired' | 'given-up'): void {
    const { emit, workerRetired, requestGivenUp } = this.#host;
    switch (what) {
      case 'worn':
        return emit({ type: 'worker-worn', spawnId });
      case 'retiring':
        return emit({ type: 'worker-recycling', spawnId });
      case 'retired':
        return workerRetired(spawnId);
      case 'given-up':
        return requestGivenUp(spawnId);
    }
  }

  // What a zygote tells of its children

  #started(spawnId: number, pid: number): void {
    if (spawnId >= FIRST_COMPANION_ID) this.#host.companion({ type: 'started', spawnId, pid });
    else this.#host.emit({ type: 'worker-started', spawnId, pid });
  }

  #notStarted(spawnId: number, message: string): void {
    if (spawnId >= FIRST_COMPANION_ID) this.#host.companion({ type: 'not-started', spawnId, message });
    else this.#host.emit({ type: 'worker-not-started', spawnId, message });
  }

  #exited(spawnId: number, ending: Ending): void {
    if (spawnId >= FIRST_COMPANION_ID) this.#host.companion({ type: 'exited', spawnId, ...ending });
    else this.#host.emit({ type: 'worker-exited', spawnId, ...ending });
  }

  #loaded(from: RuntimeId, { apps, runtime }: Extract<RuntimeToMaster, { type: 'loaded' }>, ownPid?: number): void {
    const { emit, log, state } = this.#host;
    const worker = from.role === 'worker' ? state().workers.get(from.spawnId) : undefined;
    const generation = from.role === 'zygote' ? from.generation : worker?.generation;
    if (generation === undefined) return;
    const pid = ownPid ?? (from.role === 'zygote' ? this.#zygotePids.get(generation) : worker?.pid);
    const setting = this.#settings.get(generation)?.app;
    const kind = setting?.language === 'python' ? `${setting.interface.toUpperCase()} ` : '';
    for (const app of apps) {
      const what = `${kind}app ${app.id} (mountpoint='${app.mountpoint}')`;
      const seconds = Math.floor(app.startupSeconds);
      const ready = `${what} ready in ${seconds} seconds on interpreter ${runtime} pid: ${pid ?? 0}`;
      log.write(app.id === 0 ? `${ready} (default app)` : ready);
    }
    if (apps.length > 0) this.#appCounts.set(generation, apps.length);
    else log.write('*** no application loaded: every request is answered with 500 ***');
    if (from.role === 'zygote') emit({ type: 'zygote-loaded', generation, apps });
    else if (from.role === 'worker') this.workerApps.set(from.spawnId, apps);
  }
}
