/**
 * The gateway: listeners and clients on one side, workers on the other, the dispatcher between them. It does what
 * the master's messages say (messages.ts) and decides nothing about processes. Runs in a worker thread through
 * gateway-thread.ts, and in the tests' own thread.
 */
import type { Socket } from 'node:net';
import { openScoreboard } from '../scoreboard.ts';
import { ClientConnection } from './client-connection.ts';
import type { ConnectionContext } from './connection-context.ts';
import { type Connection, Connections } from './connections.ts';
import type { DispatchWorker } from './core-choice.ts';
import { CoreClaims } from './core-claims.ts';
import { DirectLog } from './direct-log.ts';
import { Dispatcher } from './dispatcher.ts';
import { EnvironEncoder } from './environ.ts';
import { gateStages } from './gate-stages.ts';
import { HeadEdits } from './head-edits.ts';
import { Listening, type ListenMessage } from './listening.ts';
import type { GatewayBoot, GatewayOptions, GatewayToMaster, MasterToGateway } from './messages.ts';
import { OUTBOX_LIMITS } from './outbox.ts';
import { describePeer, TrustedPeers } from './peers.ts';
import { PhpHub } from './php-hub.ts';
import { RedirectConnection } from './redirect-connection.ts';
import { describeRefusal, Refusals } from './refusals.ts';
import type { GatewayRequest } from './request.ts';
import { RequestGate } from './request-gate.ts';
import { type LoggedCore, RequestLog } from './request-log.ts';
import { CommonsClient } from './routing/commons-client.ts';
import { WorkerCalls } from './routing/worker-calls.ts';
import { SlotWriter } from './slot-writer.ts';
import type { SecureFacts } from './tls-certificates.ts';
import { WorkerHub } from './worker-hub.ts';

const TICK_MS = 250;
/** Stands in the log where no worker has answered. */
const NO_WORKER: LoggedCore = { index: 0, worker: { pid: process.pid, wid: 0, appRequests: [-1] } };

export class Gateway {
  readonly #boot: GatewayBoot;
  readonly #post: (message: GatewayToMaster) => void;
  readonly #slots: SlotWriter;
  readonly #dispatcher: Dispatcher;
  readonly #hub: WorkerHub;
  readonly #php: PhpHub;
  readonly #log: RequestLog;
  readonly #directLog = new DirectLog();
  readonly #gate: RequestGate;
  readonly #listening: Listening;
  readonly #connections: Connections;
  readonly #context: ConnectionContext;
  readonly #ticker: NodeJS.Timeout;
  readonly #refusals: Refusals;
  readonly #commons: CommonsClient;
  readonly #calls: WorkerCalls;
  readonly #trouble = (text: string): void => this.#post({ type: 'trouble', text });
  readonly #routingHost = {
    log: this.#trouble,
    raiseSignal: (signal: number) => this.#post({ type: 'signal', signal }),
    raiseAlarm: (alarm: string, text: string) => this.#post({ type: 'alarm', alarm, text }),
    queueLength: () => this.#dispatcher.queue.length,
  };
  #trusted = new TrustedPeers([]);
  #serial = 0;
  #drainAsked = false;

  constructor(boot: GatewayBoot, post: (message: GatewayToMaster) => void) {
    this.#boot = boot;
    this.#post = post;
    this.#commons = new CommonsClient(boot.commonsEndpoint, boot.token, this.#routingHost.log);
    const board = openScoreboard(boot.scoreboard);
    this.#slots = new SlotWriter(board, boot.gatewayId, boot.gatewayCount);
    this.#log = new RequestLog(boot.options, (text) => post({ type: 'request-lines', text }));
    this.#dispatcher = this.#makeDispatcher(new CoreClaims(board, boot.gatewayId, boot.gatewayCount));
    this.#hub = new WorkerHub(
      this.#dispatcher,
      boot.token,
      (spawnId) => post({ type: 'worker-connected', spawnId }),
      (worker) => this.#crippled(worker),
      (worker, flags, record) => this.#logged(worker, flags, record),
    );
    this.#php = new PhpHub(this.#dispatcher, boot.gatewayCount > 1, {
      connected: (spawnId) => post({ type: 'worker-connected', spawnId }),
      crippled: (worker) => this.#crippled(worker),
      log: this.#trouble,
      served: (slot) => this.#slots.servedBy(slot),
    });
    this.#listening = new Listening({
      accepted: (socket, listener, secure) => this.#accept(socket, listener, secure),
      handshakeBegins: (socket) => this.#connections.handshakeBegins(socket),
      handshakeEnds: (socket) => this.#connections.handshakeEnds(socket),
      post,
    });
    this.#connections = new Connections(this.#trouble);
    this.#refusals = new Refusals(this.#trouble);
    const encoder = new EnvironEncoder(boot.options.environEncoding);
    this.#gate = this.#makeGate(encoder);
    this.#context = this.#makeContext(encoder);
    this.#calls = new WorkerCalls({
      dispatcher: this.#dispatcher,
      encoder,
      nextSerial: () => ++this.#serial,
      limit: () => this.#context.options.listen,
    });
    this.#setOptions(boot.options);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  #makeDispatcher(claims: CoreClaims): Dispatcher {
    const post = this.#post;
    return new Dispatcher(this.#slots, claims, {
      retired: (spawnId) => {
        this.#php.release(spawnId);
        post({ type: 'retired', spawnId });
      },
      workerRetiring: (spawnId) => post({ type: 'worker-retiring', spawnId }),
      workerWorn: (spawnId) => post({ type: 'worker-worn', spawnId }),
      demand: (count) => post({ type: 'demand', count }),
      coreLost: (spawnId, core, lostRequest) => post({ type: 'core-lost', spawnId, core, lostRequest }),
      finished: (request, core, micros) => this.#finished(request, core, micros),
    });
  }

  #makeGate(encoder: EnvironEncoder): RequestGate {
    return new RequestGate({
      dispatcher: this.#dispatcher,
      encoder,
      finished: (request, counts, micros) => {
        this.#slots.answeredAtGate(request, counts);
        this.#finished(request, NO_WORKER, micros);
      },
      refused: (status, client) => this.#refused(status, undefined, client),
      trouble: this.#trouble,
    });
  }

  #makeContext(encoder: EnvironEncoder): ConnectionContext {
    const { options, bodyFolder } = this.#boot;
    return {
      options,
      bodyFolder,
      encoder,
      dispatcher: this.#gate,
      outboxLimits: OUTBOX_LIMITS,
      nextSerial: () => ++this.#serial,
      trouble: this.#trouble,
      refused: (status, reason, client) => this.#refused(status, reason, client),
      closed: (connection) => this.#connectionClosed(connection),
    };
  }

  /** Listens for workers and says so. */
  async start(): Promise<void> {
    const workerEndpoint = await this.#hub.listen(this.#boot.workerEndpoint);
    this.#post({ type: 'ready', gatewayId: this.#boot.gatewayId, workerEndpoint });
  }

  handle(message: MasterToGateway): void {
    switch (message.type) {
      case 'listen':
        void this.#listening.open(message);
        break;
      case 'unlisten':
        this.#unlisten(message.listenerId);
        break;
      case 'renew':
        this.#listening.renew(message);
        break;
      case 'options':
        this.#setOptions(message.options);
        break;
      case 'expect-worker':
        if (message.php !== null) this.#php.expectWorker(message);
        else this.#hub.expectWorker(message.spawnId, message.wid, message.pid, message.generation, message.slots);
        break;
      case 'forget-worker':
        this.#php.forget(message.spawnId);
        break;
      case 'use-generation':
        this.#dispatcher.useGeneration(message.generation);
        break;
      case 'retire':
        this.#dispatcher.retire(message.spawnId, 'announced');
        break;
      case 'occupied':
        this.#dispatcher.occupied(message.spawnId, message.isOccupied);
        break;
      case 'harakiri':
        this.#harakiri(message);
        break;
      case 'pause':
        this.#dispatcher.paused = message.paused;
        this.#dispatcher.pump();
        break;
      case 'drain':
        this.#drain();
        break;
      case 'stop':
        this.dispose();
        break;
    }
  }

  dispose(): void {
    clearInterval(this.#ticker);
    this.#listening.dispose();
    for (const connection of this.#connections) connection.destroy();
    this.#commons.dispose();
    this.#hub.dispose();
    this.#php.dispose();
    this.#dispatcher.dispose();
    this.#log.flush();
  }

  #finished(request: GatewayRequest, core: LoggedCore, micros: number): void {
    request.edit?.finished();
    this.#log.write(request, core, Math.round(micros), this.#slots.requests);
  }

  #crippled({ spawnId, wid, pid }: DispatchWorker): void {
    this.#trouble(`worker ${wid} (pid: ${pid}) has lost a connection to the gateway and lives on`);
    this.#post({ type: 'worker-retiring', spawnId });
  }

  #setOptions(options: GatewayOptions): void {
    const { encoder } = this.#context;
    const { protocols } = options;
    this.#context.options = options;
    this.#connections.limit = options.maxConnections;
    encoder.httpVars = protocols.httpVars;
    this.#gate.stages = gateStages(options, this.#routingHost, this.#commons, this.#calls);
    encoder.collects = this.#gate.stages.length > 0;
    encoder.serverNameIsHost = protocols.serverNameIsHost;
    this.#trusted = new TrustedPeers(protocols.trustedProxies);
    const edits = HeadEdits.of(protocols);
    this.#dispatcher.edits = edits;
    this.#gate.edits = edits;
    this.#slots.harakiriSeconds = options.harakiriSeconds;
    this.#log.configure(options);
  }

  #unlisten(listenerId: number): void {
    this.#listening.close(listenerId);
    for (const connection of this.#connections) if (connection.listenerId === listenerId) connection.endAfterAnswer();
  }

  #accept(socket: Socket, { listenerId, kind, redirect }: ListenMessage, secure: SecureFacts): void {
    const { options } = this.#context;
    if (!this.#connections.hasRoom()) {
      socket.destroy();
      return;
    }
    if (options.tcpKeepAlive) socket.setKeepAlive(true);
    this.#slots.addConnections(1);
    if (redirect === null) {
      const peer = describePeer(socket, kind, options.hostname, this.#trusted, secure);
      this.#connections.add(new ClientConnection(socket, listenerId, peer, this.#context));
      return;
    }
    const { hostname, bufferSizeBytes: headBytes, httpTimeoutSeconds } = options;
    const plan = { hostname, headBytes, timeoutMs: httpTimeoutSeconds * 1000, ...redirect };
    this.#connections.add(new RedirectConnection(socket, listenerId, plan, (gone) => this.#connectionClosed(gone)));
  }

  /** A request that a worker has served without the gateway. */
  #logged(worker: DispatchWorker, flags: number, record: Buffer): boolean {
    const logged = this.#directLog.read(worker, flags, record);
    if (logged === null) return false;
    const { request, core, micros } = logged;
    this.#slots.servedElsewhere();
    const app = Math.max(0, request.app);
    worker.appRequests[app] = (worker.appRequests[app] ?? 0) + 1;
    this.#log.write(request, core, micros, this.#slots.requests);
    return true;
  }

  #connectionClosed(connection: Connection): void {
    if (this.#connections.delete(connection)) this.#slots.addConnections(-1);
  }

  #refused(status: number, reason: string | undefined, client: string): void {
    const text = describeRefusal(status, reason, this.#context.options);
    if (text !== null) this.#refusals.note(text, client, performance.now());
  }

  #tick(): void {
    this.#refusals.tick(performance.now());
    this.#connections.tick(performance.now());
    this.#checkDrained();
  }

  #harakiri({ spawnId, core, requestId, keepsWorker }: Extract<MasterToGateway, { type: 'harakiri' }>): void {
    const runs = this.#dispatcher.harakiri(spawnId, core, requestId, keepsWorker);
    if (runs && keepsWorker) this.#post({ type: 'given-up', spawnId, requestId });
  }

  #drain(): void {
    this.#drainAsked = true;
    this.#listening.closeAll();
    for (const connection of this.#connections) connection.endAfterAnswer();
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (!this.#drainAsked) return;
    for (const connection of this.#connections) if (connection.isBusy) return;
    if (this.#dispatcher.queue.length > 0 || this.#dispatcher.outstanding > 0) return;
    this.#drainAsked = false;
    this.#post({ type: 'drained' });
  }
}
