/**
 * One connection for all cores of a worker that runs its requests beside each other in one loop (ASGI, greenlets). Frames of
 * several requests leave and arrive together, which is most of what such a worker costs. Each core has one request;
 * which one an answer's frame is about says its request id. What a slow client holds up is its own request alone.
 */
import type { Socket } from 'node:net';
import type { Core, CoreWire } from './core-choice.ts';
import { CoreConnection } from './core-connection.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { FrameHandler } from './frame-reader.ts';
import { encodeEmptyFrame, FrameFlag, FrameType, stampCore } from './frames.ts';

export class SharedLine {
  readonly #socket: Socket;
  readonly #connection: CoreConnection;
  readonly #dispatcher: Pick<Dispatcher, 'frameReceived'>;
  readonly #running = new Map<number, Core>();

  constructor(socket: Socket, cores: readonly Core[], dispatcher: Pick<Dispatcher, 'frameReceived'>) {
    this.#socket = socket;
    this.#connection = new CoreConnection(socket);
    this.#dispatcher = dispatcher;
    for (const core of cores) core.wire = new SharedWire(core, this.#connection, this.#running);
  }

  /** A frame from the worker; one about a request that does not run ends the connection. */
  readonly received: FrameHandler = (type, flags, requestId, bytes, start, end) => {
    const core = this.#running.get(requestId);
    if (core === undefined) {
      this.#socket.destroy();
      return;
    }
    if (type === FrameType.END || type === FrameType.RESPONSE) this.#running.delete(requestId);
    this.#dispatcher.frameReceived(core, type, flags, requestId, bytes, start, end);
  };
}

/** A core's share of the connection. */
class SharedWire implements CoreWire {
  readonly #core: Core;
  readonly #connection: CoreConnection;
  readonly #running: Map<number, Core>;
  #requestId = 0;

  constructor(core: Core, connection: CoreConnection, running: Map<number, Core>) {
    this.#core = core;
    this.#connection = connection;
    this.#running = running;
  }

  send(frame: Buffer): void {
    if (frame.readUInt8(4) === FrameType.REQUEST) {
      this.#requestId = frame.readUInt32LE(8);
      this.#running.set(this.#requestId, this.#core);
      stampCore(frame, this.#core.index);
    }
    this.#connection.send(frame);
  }

  pause(): void {
    this.#connection.send(encodeEmptyFrame(FrameType.HOLD, this.#requestId));
  }

  resume(): void {
    this.#connection.send(encodeEmptyFrame(FrameType.GO_ON, this.#requestId));
  }

  inputEnded(): void {
    this.#connection.send(encodeEmptyFrame(FrameType.INPUT, this.#requestId, FrameFlag.CLOSED));
  }

  destroy(): void {
    this.#connection.destroy();
  }
}
