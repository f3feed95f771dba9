/**
 * The gateway: listeners and clients on one side, workers on the other, the dispatcher between them. It does what
 * the master's messages say (messages.ts) and decides nothing about processes. Runs in a worker thread through
 * gateway-thread.ts, and in the tests' own thread.
 */
import type { Server, Socket } from 'node:net';
import type { ListenerKind } from '../config/settings.ts';
import { openScoreboard } from '../scoreboard.ts';
import { ClientConnection, type ConnectionContext } from './client-connection.ts';
import { Dispatcher } from './dispatcher.ts';
import { EnvironEncoder } from './environ.ts';
import { listen } from './listener.ts';
import type { GatewayBoot, GatewayOptions, GatewayToMaster, MasterToGateway } from './messages.ts';
import { OUTBOX_LIMITS } from './outbox.ts';
import { RequestLog } from './request-log.ts';
import { SlotWriter } from './slot-writer.ts';
import { WorkerHub } from './worker-hub.ts';

const TICK_MS = 250;

export class Gateway {
  readonly #boot: GatewayBoot;
  readonly #post: (message: GatewayToMaster) => void;
  readonly #slots: SlotWriter;
  readonly #dispatcher: Dispatcher;
  readonly #hub: WorkerHub;
  readonly #log: RequestLog;
  /** By listener; null: it is being bound. */
  readonly #servers = new Map<number, Server | null>();
  readonly #connections = new Set<ClientConnection>();
  readonly #context: ConnectionContext;
  readonly #ticker: NodeJS.Timeout;
  #serial = 0;
  #drainAsked = false;

  constructor(boot: GatewayBoot, post: (message: GatewayToMaster) => void) {
    this.#boot = boot;
    this.#post = post;
    this.#slots = new SlotWriter(openScoreboard(boot.scoreboard));
    this.#log = new RequestLog(boot.options);
    this.#dispatcher = new Dispatcher(this.#slots, {
      retired: (spawnId) => post({ type: 'retired', spawnId }),
      workerRetiring: (spawnId) => post({ type: 'worker-retiring', spawnId }),
      coreLost: (spawnId, core, lostRequest) => post({ type: 'core-lost', spawnId, core, lostRequest }),
      finished: (request, core, micros) => this.#log.write(request, core, Math.round(micros), this.#slots.requests),
    });
    this.#hub = new WorkerHub(this.#dispatcher, boot.token, (spawnId) => post({ type: 'worker-connected', spawnId }));
    this.#context = {
      options: boot.options,
      bodyFolder: boot.bodyFolder,
      encoder: new EnvironEncoder(boot.options.environEncoding),
      dispatcher: this.#dispatcher,
      outboxLimits: OUTBOX_LIMITS,
      nextSerial: () => ++this.#serial,
      trouble: (text) => post({ type: 'trouble', text }),
      closed: (connection) => this.#connectionClosed(connection),
    };
    this.#setOptions(boot.options);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Listens for workers and says so. */
  async start(): Promise<void> {
    const workerEndpoint = await this.#hub.listen(this.#boot.workerEndpoint);
    this.#post({ type: 'ready', gatewayId: this.#boot.gatewayId, workerEndpoint });
  }

  handle(message: MasterToGateway): void {
    switch (message.type) {
      case 'listen':
        void this.#listen(message);
        break;
      case 'unlisten':
        this.#unlisten(message.listenerId);
        break;
      case 'options':
        this.#setOptions(message.options);
        break;
      case 'expect-worker':
        this.#hub.expectWorker(message.spawnId, message.wid, message.pid, message.generation, message.slots);
        break;
      case 'use-generation':
        this.#dispatcher.useGeneration(message.generation);
        break;
      case 'retire':
        this.#dispatcher.retire(message.spawnId, 'announced');
        break;
      case 'harakiri':
        this.#dispatcher.harakiri(message.spawnId, message.core, message.requestId);
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
    for (const listenerId of this.#servers.keys()) this.#unlisten(listenerId);
    for (const connection of this.#connections) connection.destroy();
    this.#hub.dispose();
    this.#dispatcher.dispose();
    this.#log.flush();
  }

  #setOptions(options: GatewayOptions): void {
    this.#context.options = options;
    this.#slots.harakiriSeconds = options.harakiriSeconds;
    this.#log.configure(options);
  }

  async #listen(message: MasterToGateway & { type: 'listen' }): Promise<void> {
    const { listenerId, kind, backlog, mode } = message;
    this.#servers.set(listenerId, null);
    try {
      const { server, address } = await listen(message.address, backlog, mode, (socket) =>
        this.#accept(socket, kind, listenerId),
      );
      // Taken back while it was being bound.
      if (!this.#servers.has(listenerId)) {
        server.close();
        return;
      }
      this.#servers.set(listenerId, server);
      this.#post({ type: 'listening', listenerId, address });
    } catch (error) {
      this.#servers.delete(listenerId);
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      this.#post({
        type: 'listen-failed',
        listenerId,
        code,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #unlisten(listenerId: number): void {
    this.#servers.get(listenerId)?.close();
    this.#servers.delete(listenerId);
    for (const connection of this.#connections) if (connection.listenerId === listenerId) connection.endAfterAnswer();
  }

  #accept(socket: Socket, kind: ListenerKind, listenerId: number): void {
    const { options, encoder } = this.#context;
    const peer = encoder.encodePeer({
      kind,
      serverName: options.hostname,
      serverPort: socket.localPort === undefined ? '' : String(socket.localPort),
      remoteAddress: (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''),
      remotePort: String(socket.remotePort ?? ''),
    });
    this.#connections.add(new ClientConnection(socket, kind, listenerId, peer, this.#context));
    this.#slots.addConnections(1);
  }

  #connectionClosed(connection: ClientConnection): void {
    if (this.#connections.delete(connection)) this.#slots.addConnections(-1);
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.tick(nowMs);
    this.#checkDrained();
  }

  #drain(): void {
    this.#drainAsked = true;
    for (const server of this.#servers.values()) server?.close();
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
