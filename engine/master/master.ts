/**
 * The shell around the machine: one queue, one timer. Signals, FIFO letters, runtimes, exits, gateways and the clock
 * only enqueue; events are handled one after the other; the machine's effects are carried out by performer.ts. What an
 * effect means in detail is the business of the parts (listeners.ts, runtime-pool.ts, facilities.ts ...).
 */
import { randomBytes } from 'node:crypto';
import type { EngineSettings } from '../config/settings.ts';
import { Empire } from '../emperor/empire.ts';
import type { VassalLink } from '../emperor/vassal-link.ts';
import { EngineError, formatEngineError } from '../errors.ts';
import { createScoreboard, forgetGateway, HeaderField, headerTotal, type Scoreboard } from '../scoreboard.ts';
import { ENGINE_VERSION } from '../version.ts';
import { Accounts } from './accounts.ts';
import { Certificates } from './certificates.ts';
import { CommandDesk } from './command-desk.ts';
import { CompanionProcesses } from './companion-processes.ts';
import { Configuration } from './configuration.ts';
import { Direct } from './direct.ts';
import type { EngineLog } from './engine-log.ts';
import type { MasterEvent } from './events.ts';
import { findTooLarge } from './evil-reload.ts';
import { Facilities } from './facilities.ts';
import { applyFileLimit, describeFileLimit } from './file-limit.ts';
import { greetGateway, hearGateway } from './gateway-messages.ts';
import { GatewayPool } from './gateway-pool.ts';
import { handedOver } from './hand-over.ts';
import { ExitRequested } from './hook-actions.ts';
import { checkSettings, gatewayOptions, planOf } from './interpretation.ts';
import { type BindOutcome, Listeners } from './listeners.ts';
import { LogKeeper } from './log-keeper.ts';
import { boot, nextDeadlineMs, step } from './machine.ts';
import type { MasterState } from './machine-state.ts';
import { observe } from './observe.ts';
import { OverdueScanner, type Scan } from './overdue.ts';
import { Performer } from './performer.ts';
import { answerOf } from './reports.ts';
import { filesOf, makeRunFolder, type RunFolder, removeAbandonedFolders, removeRunFolder } from './run-folder.ts';
import { RuntimePool } from './runtime-pool.ts';
import { placeOf, type RuntimePlace } from './runtimes.ts';
import { Signals } from './signals.ts';
import { Statistics } from './statistics.ts';
import type { StatsSources } from './stats-view.ts';
import { System } from './system.ts';
import { masterTitle } from './titles.ts';
import { actOnTouch } from './touch-actions.ts';

export interface MasterHost {
  env: NodeJS.ProcessEnv;
  cwd: string;
  resourcesFolder: string;
  log: EngineLog;
  /** Reads the configuration again; a text says why it can not be used. */
  readSettings: () => EngineSettings | string;
  /** All workers are there for the first time. */
  ready?: () => void;
  /** null: no emperor has started this engine. */
  vassal?: VassalLink | null;
  /** How the engine starts itself; null: it can not. */
  program?: readonly string[] | null;
}

export class Master {
  readonly #host: MasterHost;
  readonly #log: EngineLog;
  readonly #board: Scoreboard = createScoreboard();
  readonly #accounts = new Accounts(this.#board);
  readonly #overdue = new OverdueScanner();
  readonly #queue: MasterEvent[] = [];
  readonly #token = randomBytes(32).toString('hex');
  readonly #gateways: GatewayPool;
  readonly #direct: Direct | null;
  readonly #place: RuntimePlace;
  readonly #runtimes: RuntimePool;
  readonly #companions: CompanionProcesses;
  readonly #facilities: Facilities;
  readonly #listeners: Listeners;
  readonly #config: Configuration;
  readonly #desk: CommandDesk;
  readonly #logKeeper: LogKeeper;
  readonly #performer: Performer;
  readonly #system: System;
  readonly #signals: Signals;
  readonly #statistics = new Statistics({
    sources: () => this.#statsSources(),
    settings: () => this.#config.current,
    addMetrics: (document) => this.#facilities.metrics.addShown(document),
  });
  readonly #empire: Empire;
  #folder: RunFolder | null = null;
  #state: MasterState;
  #isHandling = false;
  #timer: NodeJS.Timeout | null = null;
  #lastCycleMs = 0;
  #resolve: (exitCode: number) => void = () => undefined;

  constructor(settings: EngineSettings, host: MasterHost) {
    this.#host = host;
    this.#log = host.log;
    this.#config = new Configuration(settings, host.readSettings);
    this.#desk = new CommandDesk({
      log: (text) => this.#log.write(text),
      isStopped: () => this.#state.phase === 'stopped',
      interrupt: () => {
        this.#system.interrupt();
        this.#empire.interrupt();
      },
      enqueue: (command) => this.#enqueue({ type: 'command', command }),
      shell: {
        'print-statistics': () => this.#statistics.lines().forEach((line) => this.#log.write(line)),
        'write-pidfile': () => this.#writePidfiles(),
        'reopen-log': () => this.#logKeeper.reopen(),
        'rotate-log': () => this.#logKeeper.rotate(),
        'emperor-rescan': () => this.#empire.tell('rescan'),
        'emperor-forgive': () => this.#empire.tell('forgive'),
        'emperor-reload': () => this.#empire.tell('reload'),
      },
    });
    this.#state = boot(planOf(settings), Date.now()).state;
    this.#gateways = new GatewayPool({
      said: (gatewayId, message) => {
        const enqueue = (event: MasterEvent): void => this.#enqueue(event);
        const hearers = { accounts: this.#accounts, direct: this.#direct, listeners: this.#listeners };
        hearGateway({ ...hearers, log: this.#log, place: this.#place, enqueue }, gatewayId, message);
      },
      crashed: (gatewayId, reason, delayMs) => {
        forgetGateway(this.#board, gatewayId);
        this.#log.write(`*** BUG: a gateway crashed and is started again in ${delayMs / 1000} s ***\n${reason}`);
        this.#accounts.gatewayLost();
      },
      restarted: (gatewayId) => this.#gatewayRestarted(gatewayId),
      stopped: () => this.#enqueue({ type: 'gateways-stopped' }),
    });
    const { env, cwd, resourcesFolder } = host;
    this.#place = placeOf({ env, cwd, resourcesFolder }, this.#token, this.#gateways.endpoints);
    this.#system = new System({
      log: host.log,
      place: this.#place,
      settings: () => this.#config.current,
      stopServer: () => this.#desk.take('graceful-stop'),
      raiseSignal: (number) => this.#companions.signals.raise(number),
      sendToMule: (mule, text) => this.#facilities.commons.sendToMule(mule, text, this.#config.current),
      ready: () => host.ready?.(),
    });
    this.#runtimes = new RuntimePool(this.#place, {
      log: host.log,
      emit: (event) => this.#enqueue(event),
      companion: (event) => this.#companions.handle(event),
      signalled: (from, message) => this.#companions.signals.said(from, message),
      state: () => this.#state,
      candidate: () => this.#config.candidate,
      alarm: (name, text) => this.#system.alarms.raise(name, text),
      answer: (question) => answerOf(question, this.#statistics.document()),
      workerGreeted: (spawnId) => this.#direct?.workers.greeted(spawnId),
      workerRetired: (spawnId) => this.#direct?.workers.retired(spawnId),
      requestGivenUp: (spawnId) => this.#direct?.workers.gaveUp(spawnId),
    });
    const { log } = host;
    this.#companions = new CompanionProcesses({
      log,
      runtimes: this.#runtimes,
      settings: () => this.#config.current,
      runFolder: () => this.#place.runFolder,
      isBusy: (spawnId) => this.#accounts.isBusy(spawnId),
    });
    this.#direct = settings.sockets.workerAccept
      ? new Direct(this.#board, this.#accounts, {
          runtimes: this.#runtimes,
          state: () => this.#state,
          retired: (spawnId) => this.#enqueue({ type: 'worker-drained', spawnId }),
          drained: () => this.#gateways.tell({ type: 'drain' }),
        })
      : null;
    this.#facilities = new Facilities({
      letter: (letter) => this.#desk.letter(letter),
      touched: (touch) => {
        actOnTouch(touch, {
          log: this.#log,
          settings: this.#config.current,
          place: this.#place,
          command: (command) => this.#desk.take(command),
          system: (action, path) => this.#system.touched(action, path),
          raiseSignal: (number) => this.#companions.signals.raise(number),
          renew: (role) => this.#companions.handle({ type: 'renew', role }),
        });
      },
      stats: { render: () => this.#statistics.render(), isHttp: () => this.#config.current.statsHttp },
      figures: {
        document: () => this.#statistics.document(),
        text: () => this.#statistics.text(),
        settings: () => this.#config.current,
        log: (text) => this.#log.write(text),
      },
      metrics: {
        exceptionsOf: (wid, core) => this.#accounts.totalsOf(this.#state.active, wid).cores[core]?.exceptions ?? 0,
        raiseAlarm: (name, text) => this.#system.alarms.raise(name, text),
      },
      log: (text) => this.#log.write(text),
    });
    this.#listeners = new Listeners({
      gateways: this.#direct ?? this.#gateways,
      certificates: new Certificates((text) => this.#log.write(text)),
      done: (outcome) => this.#bindEnded(outcome),
      log: (text) => this.#log.write(text),
    });
    this.#logKeeper = new LogKeeper({
      log: host.log,
      place: { env, cwd, resourcesFolder },
      tellGateways: () => {
        const options = gatewayOptions(this.#config.current, this.#log.requestTarget);
        this.#gateways.tell({ type: 'options', options });
      },
      tellWorkers: (path) => this.#runtimes.reopenLog(path),
    });
    this.#performer = new Performer({
      log: host.log,
      logKeeper: this.#logKeeper,
      board: this.#board,
      accounts: this.#accounts,
      config: this.#config,
      place: this.#place,
      gateways: this.#gateways,
      listeners: this.#listeners,
      runtimes: this.#runtimes,
      companions: this.#companions,
      facilities: this.#facilities,
      state: () => this.#state,
      enqueue: (event) => this.#enqueue(event),
      system: this.#system,
      direct: this.#direct,
      finish: (exitCode) =>
        void Promise.all([this.#companions.over(), this.#empire.over()]).then(async () =>
          this.#resolve(await this.#system.close(exitCode)),
        ),
    });
    this.#signals = new Signals({
      settings: () => this.#config.current,
      command: (command) => this.#desk.take(command),
      log: (text) => this.#log.write(text),
    });
    const { program = null, vassal: link = null } = host;
    this.#empire = new Empire({
      log,
      place: this.#place,
      program,
      link,
      settings: () => this.#config.current,
      command: (command) => this.#desk.take(command),
    });
  }

  /** Ends when all requests are answered, at the latest after `worker-reload-mercy`. */
  stop(reason: string): void {
    this.#log.write(reason);
    this.#desk.take('graceful-stop');
  }

  /** Runs until it is stopped; gives the exit code. Throws EngineError when it can not start. */
  async run(): Promise<number> {
    const finished = new Promise<number>((resolve) => {
      this.#resolve = resolve;
    });
    try {
      checkSettings(this.#config.current, this.#place);
      await this.#open();
      return await finished;
    } catch (error) {
      // A hook of the start was `exit`.
      if (error instanceof ExitRequested) return 0;
      throw error;
    } finally {
      this.#dispose();
    }
  }

  async #open(): Promise<void> {
    // First of all: from here on a signal leaves nothing behind.
    this.#signals.listen();
    await this.#system.prepare();
    const isWindows = process.platform === 'win32';
    this.#log.write(`*** Starting Reeve engine ${ENGINE_VERSION.replace(/^reeve-/, '')} (pid: ${process.pid}) ***`);
    const title = masterTitle(this.#config.current);
    if (title !== null) process.title = title;
    const folder = makeRunFolder();
    this.#folder = folder;
    this.#log.openWorkerOutput(folder.path);
    Object.assign(this.#place, { runFolder: folder.path, bodyFolder: folder.bodyFolder });
    this.#direct?.open(this.#config.current, this.#place, this.#log.errorFd, {
      said: (message) => this.#listeners.said(0, message),
      lost: () => this.stop('*** BUG: the process that holds the sockets has ended ***'),
    });
    await this.#runtimes.listen(
      isWindows ? { type: 'tcp', host: '127.0.0.1', port: 0 } : { type: 'unix', path: `${folder.path}/control` },
    );
    await this.#facilities.open(this.#config.current);
    applyFileLimit(this.#config.current);
    const fileLimit = describeFileLimit(this.#config.current);
    if (fileLimit !== null) this.#log.write(fileLimit);
    this.#place.commonsEndpoint = await this.#facilities.commons.start(folder.path, this.#token);
    await this.#gateways.start(
      Array.from({ length: this.#config.current.sockets.gateways }, (_, id) => ({
        scoreboard: this.#board.buffer,
        bodyFolder: folder.bodyFolder,
        token: this.#token,
        options: gatewayOptions(this.#config.current, this.#log.requestTarget),
        workerEndpoint: isWindows ? '127.0.0.1:0' : `${folder.path}/gateway-${id}`,
      })),
    );
    const first = boot(planOf(this.#config.current), Date.now());
    this.#state = first.state;
    for (const effect of first.effects) this.#performer.attempt(effect);
    this.#schedule();
    this.#desk.open();
  }

  // The queue and the timer

  #enqueue(event: MasterEvent): void {
    this.#queue.push(event);
    if (this.#isHandling) return;
    this.#isHandling = true;
    this.#direct?.refresh();
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#system.saw(next, this.#state);
      const { state, effects } = step(this.#state, next, Date.now());
      this.#state = state;
      for (const effect of effects) this.#performer.attempt(effect);
    }
    this.#isHandling = false;
    this.#system.observe(this.#state);
    this.#companions.observe(this.#state);
    this.#empire.observe(this.#state);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#state.phase === 'stopped') return;
    const nowMs = Date.now();
    const scan = this.#scanOverdue(nowMs);
    const nextMs = Math.min(
      this.#lastCycleMs + this.#config.current.checkIntervalSeconds * 1000,
      nextDeadlineMs(this.#state) ?? Number.POSITIVE_INFINITY,
      scan.nextMs ?? Number.POSITIVE_INFINITY,
    );
    this.#timer = setTimeout(() => this.#tick(), scan.events.length > 0 ? 0 : Math.max(1, nextMs - nowMs));
    for (const event of scan.events) this.#queue.push(event);
  }

  #scanOverdue(nowMs: number): Scan {
    const waiting = headerTotal(this.#board, HeaderField.listenQueue);
    const threshold = this.#config.current.harakiri.queueThreshold;
    return this.#overdue.scan(this.#state, this.#accounts, nowMs, { waiting, threshold });
  }

  #tick(): void {
    const nowMs = Date.now();
    // A request whose deadline has come may have been answered since the board was last read.
    this.#direct?.refresh();
    // Before the tick: it may end a worker whose last request is overdue at this very moment.
    for (const event of this.#scanOverdue(nowMs).events) this.#enqueue(event);
    const cycleMs = this.#config.current.checkIntervalSeconds * 1000;
    if (nowMs - this.#lastCycleMs >= cycleMs || nowMs < this.#lastCycleMs) {
      this.#lastCycleMs = nowMs;
      this.#accounts.tick(nowMs);
      this.#facilities.tick();
      this.#logKeeper.tick();
      for (const event of findTooLarge(this.#state, this.#config.current.recycling)) this.#enqueue(event);
      const waiting = headerTotal(this.#board, HeaderField.listenQueue);
      this.#system.alarms.sawBacklog(waiting, headerTotal(this.#board, HeaderField.listenQueueErrors));
      this.#enqueue({ type: 'cycle', seen: observe(this.#state, this.#accounts, waiting, nowMs) });
    }
    this.#enqueue({ type: 'tick' });
  }

  // What comes in

  #writePidfiles(): void {
    this.#facilities.writePidfile(this.#config.current);
    this.#system.writePidfiles();
  }

  #gatewayRestarted(gatewayId: number): void {
    this.#listeners.restore(gatewayId);
    greetGateway(this.#gateways, this.#state);
    this.#enqueue({ type: 'gateway-restarted' });
  }

  #bindEnded(outcome: BindOutcome): void {
    if (outcome.status === 'failed') {
      this.#enqueue({ type: 'listeners-failed', message: formatEngineError(outcome.error) });
    } else if (this.#state.active !== 0) {
      this.#enqueue({ type: 'listeners-ready' });
    } else {
      void this.#takeRights();
    }
  }

  /** Everything of the first start is open: what comes from here on has the rights of the user only. */
  async #takeRights(): Promise<void> {
    const settings = this.#config.current;
    const own = this.#folder === null ? [] : filesOf(this.#folder);
    const { path: log } = this.#log;
    const files = [...own, ...handedOver(settings), ...(log === null ? [] : [log])];
    try {
      await this.#system.becomeUser(files);
      await this.#direct?.become();
      await this.#facilities.commons.adopt(settings.commons);
      this.#logKeeper.privilegesDropped();
      removeAbandonedFolders();
      this.#enqueue({ type: 'listeners-ready' });
    } catch (error) {
      if (error instanceof ExitRequested) return this.#desk.take('stop');
      if (!(error instanceof EngineError)) throw error;
      this.#enqueue({ type: 'listeners-failed', message: formatEngineError(error) });
    }
  }

  // Statistics and the end

  #statsSources(): StatsSources {
    this.#direct?.refresh();
    return {
      state: this.#state,
      accounts: this.#accounts,
      board: this.#board,
      settings: this.#config.current,
      cwd: this.#host.cwd,
      workerApps: this.#runtimes.workerApps,
      commons: this.#facilities.commons.report,
      companions: this.#companions.stats(this.#facilities.commons.report),
      spools: this.#companions.spools.stats(Date.now()),
      ...this.#system.stats,
    };
  }

  #dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#signals.dispose();
    this.#gateways.stop();
    this.#direct?.dispose();
    this.#companions.dispose();
    this.#empire.dispose();
    this.#runtimes.dispose();
    this.#system.dispose();
    this.#facilities.dispose(this.#config.current.vacuum);
    if (this.#folder !== null) removeRunFolder(this.#folder);
    this.#log.write('goodbye from Reeve.');
  }
}
