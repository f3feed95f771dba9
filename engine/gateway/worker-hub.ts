/**
 * The gateway's side of the workers' connections: listens, checks HELLO, ties connections to cores and hands
 * frames to the dispatcher. A worker counts as connected when all its cores and its control connection are there.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { type Core, type DispatchWorker, newWorker } from './core-choice.ts';
import { CoreConnection, ignoreWriteErrors } from './core-connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import { type FrameHandler, FrameReader } from './frame-reader.ts';
import {
  CONTROL_CORE,
  encodeControlFrame,
  FrameType,
  MAX_FRAME_PAYLOAD_BYTES,
  SHARED_CORES,
  TOKEN_BYTES,
} from './frames.ts';
import { SharedLine } from './shared-line.ts';
import { readKept } from './socket-reads.ts';

/** A worker may connect before the master has told us to expect it. */
const UNKNOWN_WAIT_MS = 5000;
/** A record for the log holds the variables of its request. */
const MAX_CONTROL_BYTES = 1024 * 1024;
/** A worker that dies loses all its connections in this time; one that keeps some lives on and has to be replaced. */
const CRIPPLED_MS = 1000;
const HELLO_PAYLOAD_BYTES = 6 + TOKEN_BYTES;
interface Hello {
  socket: Socket;
  spawnId: number;
  core: number;
  timer: NodeJS.Timeout;
}

/** A worker tells of a request that it has served without the gateway; false: it is malformed. */
export type Logged = (worker: DispatchWorker, flags: number, record: Buffer) => boolean;

export class WorkerHub {
  readonly #dispatcher: Dispatcher;
  readonly #token: Buffer;
  readonly #onConnected: (spawnId: number) => void;
  readonly #onLogged: Logged;
  readonly #onCrippled: (worker: DispatchWorker) => void;
  readonly #crippleTimers = new Map<DispatchWorker, NodeJS.Timeout>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<Hello>();
  #isDisposed = false;

  /** @param onCrippled a worker lives on without some of its connections (application code closed them, mostly) */
  constructor(
    dispatcher: Dispatcher,
    token: string,
    onConnected: (spawnId: number) => void,
    onCrippled: (worker: DispatchWorker) => void,
    onLogged: Logged,
  ) {
    this.#dispatcher = dispatcher;
    this.#token = Buffer.from(token, 'hex');
    this.#onConnected = onConnected;
    this.#onCrippled = onCrippled;
    this.#onLogged = onLogged;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Listens on a unix socket's path or on `host:port`; resolves to the endpoint for workers. */
  async listen(endpoint: string): Promise<string> {
    const tcp = /^(?<host>[^/]*):(?<port>\d+)$/.exec(endpoint)?.groups;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(tcp ? { host: tcp.host, port: Number(tcp.port) } : { path: endpoint }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => {
          // A worker that could not be accepted tries nothing else: the master sees it end and starts another.
        });
        const address = this.#server.address();
        resolve(address !== null && typeof address === 'object' ? `${address.address}:${address.port}` : endpoint);
      });
    });
  }

  expectWorker(spawnId: number, wid: number, pid: number, generation: number, slots: number[]): void {
    const worker = newWorker({ spawnId, wid, pid, generation }, slots);
    this.#dispatcher.workers.set(spawnId, worker);
    for (const hello of this.#waiting) {
      if (hello.spawnId !== spawnId) continue;
      clearTimeout(hello.timer);
      this.#waiting.delete(hello);
      this.#admit(worker, hello.socket, hello.core);
    }
  }

  dispose(): void {
    this.#server.close();
    for (const hello of this.#waiting) clearTimeout(hello.timer);
    for (const timer of this.#crippleTimers.values()) clearTimeout(timer);
    this.#isDisposed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), UNKNOWN_WAIT_MS);
    socket.on('error', () => {
      // What a failed connection means is decided when it closes.
    });
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      for (const hello of this.#waiting) if (hello.socket === socket) this.#waiting.delete(hello);
    });
    const reader = new FrameReader((type, _flags, _id, bytes, start, end) => {
      socket.off('data', onData);
      const spawnId = end - start === HELLO_PAYLOAD_BYTES ? bytes.readUInt32LE(start) : 0;
      const isGenuine =
        type === FrameType.HELLO &&
        end - start === HELLO_PAYLOAD_BYTES &&
        end === bytes.length &&
        timingSafeEqual(bytes.subarray(start + 6, end), this.#token);
      if (!isGenuine) {
        socket.destroy();
        return;
      }
      this.#greeted({ socket, spawnId, core: bytes.readUInt16LE(start + 4), timer });
    }, HELLO_PAYLOAD_BYTES);
    const onData = (chunk: Buffer): void => {
      if (!reader.feed(chunk)) socket.destroy();
    };
    socket.on('data', onData);
  }

  #greeted(hello: Hello): void {
    const worker = this.#dispatcher.workers.get(hello.spawnId);
    if (worker === undefined) {
      this.#waiting.add(hello);
      return;
    }
    clearTimeout(hello.timer);
    this.#admit(worker, hello.socket, hello.core);
  }

  #admit(worker: DispatchWorker, socket: Socket, index: number): void {
    const isAdmitted = this.#admitAs(worker, socket, index);
    if (!isAdmitted) {
      socket.destroy();
      return;
    }
    if (worker.connected || worker.takeBack === null || worker.cores.some((core) => core.wire === null)) return;
    worker.connected = true;
    this.#onConnected(worker.spawnId);
    this.#dispatcher.pump();
  }

  #admitAs(worker: DispatchWorker, socket: Socket, index: number): boolean {
    if (index === CONTROL_CORE) return this.#admitControl(worker, socket);
    return index === SHARED_CORES ? this.#admitShared(worker, socket) : this.#admitCore(worker, socket, index);
  }

  #admitControl(worker: DispatchWorker, socket: Socket): boolean {
    if (worker.takeBack !== null || worker.connected) return false;
    worker.takeBack = (requestId, core) => socket.write(encodeControlFrame(FrameType.TAKE_BACK, requestId, core));
    worker.cancel = (requestId, core) => socket.write(encodeControlFrame(FrameType.CANCEL, requestId, core));
    worker.fileOffered = (requestId, core, isTaken) =>
      socket.write(encodeControlFrame(isTaken ? FrameType.FILE_TAKEN : FrameType.FILE_LEFT, requestId, core));
    const reader = new FrameReader((type, flags, requestId, bytes, start, end) => {
      if (type === FrameType.LOGGED) {
        if (!this.#onLogged(worker, flags, bytes.subarray(start, end))) socket.destroy();
      } else if (type === FrameType.TAKEN || type === FrameType.BEGUN) {
        this.#dispatcher.takeBackAnswered(worker, requestId, type === FrameType.TAKEN);
        for (const core of worker.cores) core.wire?.goOn?.();
      } else {
        socket.destroy();
      }
    }, MAX_CONTROL_BYTES);
    socket.on('data', (chunk: Buffer) => {
      if (!reader.feed(chunk)) socket.destroy();
    });
    socket.on('close', () => {
      worker.takeBack = null;
      worker.cancel = null;
      worker.fileOffered = null;
      if (worker.retiring === 'no') worker.isCrippled = true;
      this.#forget(worker);
    });
    return true;
  }

  #admitCore(worker: DispatchWorker, socket: Socket, index: number): boolean {
    const core = worker.cores[index];
    if (core === undefined || core.wire !== null || worker.connected) return false;
    const wire = new CoreConnection(socket, core);
    core.wire = wire;
    this.#serve(worker, [core], socket, (type, flags, requestId, bytes, start, end) => {
      if (core.wire !== wire) return;
      this.#dispatcher.frameReceived(core, type, flags, requestId, bytes, start, end);
      wire.goOn();
    });
    return true;
  }

  #admitShared(worker: DispatchWorker, socket: Socket): boolean {
    if (worker.connected || worker.cores.some((core) => core.wire !== null)) return false;
    worker.isShared = true;
    this.#serve(worker, worker.cores, socket, new SharedLine(socket, worker.cores, this.#dispatcher).received);
    return true;
  }

  /** Reads a connection of one or more cores to its end. */
  #serve(worker: DispatchWorker, cores: readonly Core[], socket: Socket, received: FrameHandler): void {
    const reader = new FrameReader(received, MAX_FRAME_PAYLOAD_BYTES);
    readKept(socket, (chunk) => {
      if (!reader.feed(chunk)) socket.destroy();
    });
    ignoreWriteErrors(socket);
    let isRead = false;
    socket.on('end', () => {
      isRead = true;
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A unix socket reports a reset only after all that was sent has been read.
      if (error.syscall === 'read' && socket.remoteAddress === undefined) isRead = true;
    });
    socket.on('close', () => {
      for (const core of cores) this.#dispatcher.coreLost(core, isRead);
      this.#forget(worker);
    });
  }

  /** One of its connections has ended. A worker whose connections have all ended is gone. */
  #forget(worker: DispatchWorker): void {
    if (worker.takeBack !== null || worker.cores.some((core) => core.wire !== null)) {
      if (worker.isCrippled) this.#watchCrippled(worker);
      return;
    }
    clearTimeout(this.#crippleTimers.get(worker));
    this.#crippleTimers.delete(worker);
    if (this.#dispatcher.workers.get(worker.spawnId) === worker) this.#dispatcher.workers.delete(worker.spawnId);
  }

  #watchCrippled(worker: DispatchWorker): void {
    if (this.#isDisposed || this.#crippleTimers.has(worker)) return;
    this.#crippleTimers.set(
      worker,
      setTimeout(() => this.#onCrippled(worker), CRIPPLED_MS),
    );
  }
}
