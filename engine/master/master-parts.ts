/**
 * The parts of the master and who tells whom what: each is made by one method here, with the parts it calls reached
 * through `this` when it calls them, so that their order matters only where one is given to another's constructor. When
 * they are opened and closed is the business of master.ts.
 */
import { randomBytes } from 'node:crypto';
import type { EngineSettings } from '../config/settings.ts';
import { Empire } from '../emperor/empire.ts';
import type { VassalLink } from '../emperor/vassal-link.ts';
import { createScoreboard, forgetGateway, HeaderField, headerTotal } from '../scoreboard.ts';
import { Accounts } from './accounts.ts';
import { Certificates } from './certificates.ts';
import { CommandDesk } from './command-desk.ts';
import { CompanionProcesses } from './companion-processes.ts';
import { Configuration } from './configuration.ts';
import { Direct } from './direct.ts';
import type { EngineLog } from './engine-log.ts';
import { EventLoop } from './event-loop.ts';
import { Facilities } from './facilities.ts';
import { greetGateway, hearGateway } from './gateway-messages.ts';
import { GatewayPool } from './gateway-pool.ts';
import { gatewayOptions, planOf } from './interpretation.ts';
import { type BindOutcome, Listeners } from './listeners.ts';
import { LogKeeper } from './log-keeper.ts';
import { boot } from './machine.ts';
import { Performer } from './performer.ts';
import { answerOf } from './reports.ts';
import { RuntimePool } from './runtime-pool.ts';
import { placeOf, type RuntimePlace } from './runtimes.ts';
import { Signals } from './signals.ts';
import { Statistics } from './statistics.ts';
import type { StatsSources } from './stats-view.ts';
import { System } from './system.ts';
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

/** What the parts tell the master itself. */
export interface MasterEnds {
  bound: (outcome: BindOutcome) => void;
  /** All workers have ended. */
  finished: (exitCode: number) => void;
}

export class MasterParts {
  readonly board = createScoreboard();
  readonly accounts = new Accounts(this.board);
  readonly token = randomBytes(32).toString('hex');
  readonly log: EngineLog;
  readonly config: Configuration;
  readonly place: RuntimePlace;
  readonly loop: EventLoop;
  readonly desk: CommandDesk;
  readonly signals: Signals;
  readonly gateways: GatewayPool;
  /** `worker-accept`; null: the gateways accept. */
  readonly direct: Direct | null;
  readonly listeners: Listeners;
  readonly runtimes: RuntimePool;
  readonly companions: CompanionProcesses;
  readonly empire: Empire;
  readonly system: System;
  readonly facilities: Facilities;
  readonly logKeeper: LogKeeper;
  readonly performer: Performer;
  readonly statistics = new Statistics({
    sources: () => this.#statsSources(),
    settings: () => this.config.current,
    addMetrics: (document) => this.facilities.metrics.addShown(document),
  });
  readonly #host: MasterHost;
  readonly #ends: MasterEnds;

  constructor(settings: EngineSettings, host: MasterHost, ends: MasterEnds) {
    const { env, cwd, log, resourcesFolder } = host;
    this.#host = host;
    this.#ends = ends;
    this.log = log;
    this.config = new Configuration(settings, host.readSettings);
    this.gateways = this.#makeGateways();
    this.place = placeOf({ env, cwd, resourcesFolder }, this.token, this.gateways.endpoints);
    this.loop = this.#makeLoop();
    this.desk = this.#makeDesk();
    this.signals = this.#makeSignals();
    this.system = this.#makeSystem();
    this.runtimes = this.#makeRuntimes();
    this.companions = this.#makeCompanions();
    this.direct = settings.sockets.workerAccept ? this.#makeDirect() : null;
    this.listeners = this.#makeListeners();
    this.facilities = this.#makeFacilities();
    this.logKeeper = this.#makeLogKeeper();
    this.empire = this.#makeEmpire();
    this.performer = this.#makePerformer();
  }

  #makeLoop(): EventLoop {
    return new EventLoop(boot(planOf(this.config.current), Date.now()).state, {
      board: this.board,
      accounts: this.accounts,
      settings: () => this.config.current,
      refresh: () => this.direct?.refresh(),
      saw: (event, state) => this.system.saw(event, state),
      perform: (effect) => this.performer.attempt(effect),
      settled: (state) => {
        this.system.observe(state);
        this.companions.observe(state);
        this.empire.observe(state);
      },
      cycle: (waiting) => {
        this.facilities.tick();
        this.logKeeper.tick();
        this.system.alarms.sawBacklog(waiting, headerTotal(this.board, HeaderField.listenQueueErrors));
      },
    });
  }

  #makeDesk(): CommandDesk {
    return new CommandDesk({
      log: (text) => this.log.write(text),
      isStopped: () => this.loop.state.phase === 'stopped',
      interrupt: () => {
        this.system.interrupt();
        this.empire.interrupt();
      },
      enqueue: (command) => this.loop.enqueue({ type: 'command', command }),
      shell: {
        'print-statistics': () => this.statistics.lines().forEach((line) => this.log.write(line)),
        'write-pidfile': () => {
          this.facilities.writePidfile(this.config.current);
          this.system.writePidfiles();
        },
        'reopen-log': () => this.logKeeper.reopen(),
        'rotate-log': () => this.logKeeper.rotate(),
        'emperor-rescan': () => this.empire.tell('rescan'),
        'emperor-forgive': () => this.empire.tell('forgive'),
        'emperor-reload': () => this.empire.tell('reload'),
      },
    });
  }

  #makeSignals(): Signals {
    return new Signals({
      settings: () => this.config.current,
      command: (command) => this.desk.take(command),
      log: (text) => this.log.write(text),
    });
  }

  #makeGateways(): GatewayPool {
    return new GatewayPool({
      said: (gatewayId, message) => {
        const hearers = { accounts: this.accounts, direct: this.direct, listeners: this.listeners };
        const enqueue = this.loop.enqueue.bind(this.loop);
        const raising = {
          raiseSignal: (number: number) => this.companions.signals.raise(number),
          raiseAlarm: (name: string, text: string) => this.system.alarms.raise(name, text),
          cancelRequest: (spawnId: number, requestId: number) => {
            this.runtimes.tellWorker(spawnId, { type: 'cancel', requestId });
          },
        };
        hearGateway({ ...hearers, ...raising, log: this.log, place: this.place, enqueue }, gatewayId, message);
      },
      crashed: (gatewayId, reason, delayMs) => {
        forgetGateway(this.board, gatewayId);
        this.log.write(`*** BUG: a gateway crashed and is started again in ${delayMs / 1000} s ***\n${reason}`);
        this.accounts.gatewayLost();
      },
      restarted: (gatewayId) => {
        this.listeners.restore(gatewayId);
        greetGateway(this.gateways, this.loop.state);
        this.loop.enqueue({ type: 'gateway-restarted' });
      },
      stopped: () => this.loop.enqueue({ type: 'gateways-stopped' }),
    });
  }

  #makeSystem(): System {
    return new System({
      log: this.log,
      place: this.place,
      settings: () => this.config.current,
      stopServer: () => this.desk.take('graceful-stop'),
      raiseSignal: (number) => this.companions.signals.raise(number),
      sendToMule: (mule, text) => this.facilities.commons.sendToMule(mule, text, this.config.current),
      ready: () => this.#host.ready?.(),
    });
  }

  #makeRuntimes(): RuntimePool {
    return new RuntimePool(this.place, {
      log: this.log,
      emit: (event) => this.loop.enqueue(event),
      companion: (event) => this.companions.handle(event),
      signalled: (from, message) => this.companions.signals.said(from, message),
      state: () => this.loop.state,
      candidate: () => this.config.candidate,
      alarm: (name, text) => this.system.alarms.raise(name, text),
      answer: (question) => answerOf(question, this.statistics.document()),
      workerGreeted: (spawnId) => this.direct?.workers.greeted(spawnId),
      workerRetired: (spawnId) => this.direct?.workers.retired(spawnId),
      requestGivenUp: (spawnId) => this.direct?.workers.gaveUp(spawnId),
    });
  }

  #makeCompanions(): CompanionProcesses {
    return new CompanionProcesses({
      log: this.log,
      runtimes: this.runtimes,
      settings: () => this.config.current,
      runFolder: () => this.place.runFolder,
      isBusy: (spawnId) => this.accounts.isBusy(spawnId),
      occupied: (spawnId, isOccupied) => this.gateways.tell({ type: 'occupied', spawnId, isOccupied }),
      handlerOverdue: (spawnId, number) => this.loop.enqueue({ type: 'handler-overdue', spawnId, number }),
    });
  }

  /** `worker-accept`: the workers accept connections themselves. */
  #makeDirect(): Direct {
    return new Direct(this.board, this.accounts, {
      runtimes: this.runtimes,
      state: () => this.loop.state,
      retired: (spawnId) => this.loop.enqueue({ type: 'worker-drained', spawnId }),
      drained: () => this.gateways.tell({ type: 'drain' }),
    });
  }

  #makeListeners(): Listeners {
    return new Listeners({
      gateways: this.direct ?? this.gateways,
      certificates: new Certificates((text) => this.log.write(text)),
      done: this.#ends.bound,
      log: (text) => this.log.write(text),
    });
  }

  #makeFacilities(): Facilities {
    return new Facilities({
      letter: (letter) => this.desk.letter(letter),
      touched: (touch) => {
        actOnTouch(touch, {
          log: this.log,
          settings: this.config.current,
          place: this.place,
          command: (command) => this.desk.take(command),
          system: (action, path) => this.system.touched(action, path),
          raiseSignal: (number) => this.companions.signals.raise(number),
          renew: (role) => this.companions.handle({ type: 'renew', role }),
        });
      },
      stats: { render: () => this.statistics.render(), isHttp: () => this.config.current.statsHttp },
      figures: {
        document: () => this.statistics.document(),
        text: () => this.statistics.text(),
        settings: () => this.config.current,
        log: (text) => this.log.write(text),
      },
      metrics: {
        exceptionsOf: (wid, core) => this.accounts.totalsOf(this.loop.state.active, wid).cores[core]?.exceptions ?? 0,
        raiseAlarm: (name, text) => this.system.alarms.raise(name, text),
      },
      log: (text) => this.log.write(text),
    });
  }

  #makeLogKeeper(): LogKeeper {
    const { env, cwd, resourcesFolder } = this.#host;
    return new LogKeeper({
      log: this.log,
      place: { env, cwd, resourcesFolder },
      tellGateways: () => {
        const options = gatewayOptions(this.config.current, this.log.requestTarget);
        this.gateways.tell({ type: 'options', options });
      },
      tellWorkers: (path) => this.runtimes.reopenLog(path),
    });
  }

  #makeEmpire(): Empire {
    const { program = null, vassal: link = null } = this.#host;
    return new Empire({
      log: this.log,
      place: this.place,
      program,
      link,
      settings: () => this.config.current,
      command: (command) => this.desk.take(command),
    });
  }

  #makePerformer(): Performer {
    return new Performer({
      log: this.log,
      logKeeper: this.logKeeper,
      board: this.board,
      accounts: this.accounts,
      config: this.config,
      place: this.place,
      gateways: this.gateways,
      listeners: this.listeners,
      runtimes: this.runtimes,
      companions: this.companions,
      facilities: this.facilities,
      system: this.system,
      direct: this.direct,
      state: () => this.loop.state,
      enqueue: (event) => this.loop.enqueue(event),
      finish: this.#ends.finished,
    });
  }

  #statsSources(): StatsSources {
    this.direct?.refresh();
    return {
      state: this.loop.state,
      accounts: this.accounts,
      board: this.board,
      settings: this.config.current,
      cwd: this.#host.cwd,
      workerApps: this.runtimes.workerApps,
      commons: this.facilities.commons.report,
      companions: this.companions.stats(this.facilities.commons.report),
      spools: this.companions.spools.stats(Date.now()),
      ...this.system.stats,
    };
  }
}
