/**
 * A client's websocket (RFC 6455) as its worker sees it: whole messages both ways. Shaking hands, framing, pings and
 * their answers, the limits and the close are the gateway's business, so that an application need not be awake for them.
 */
import type { WebSocketSettings } from '../config/websocket-settings.ts';
import { FrameFlag, type ResponseHead } from './frames.ts';
import type { InputWindow } from './input-window.ts';
import type { StreamEnd, UpgradedClient, UpgradedStream } from './upgraded-stream.ts';
import { encodeClose, encodeMessage, encodePing, encodePong } from './websocket-frames.ts';
import { acceptLines } from './websocket-handshake.ts';
import { CloseCode, WebSocketError, type WebSocketHandler, WebSocketParser } from './websocket-parser.ts';

const NOTHING = Buffer.alloc(0);
/** How long the worker may take for what it owes a client that closes. */
const CLOSE_PATIENCE_MS = 2000;
const END_CODES: Record<StreamEnd, number> = {
  complete: CloseCode.normal,
  failed: CloseCode.internalError,
  replaced: CloseCode.serviceRestart,
  stopped: CloseCode.goingAway,
};

export class WebSocketStream implements UpgradedStream, WebSocketHandler {
  readonly #client: UpgradedClient;
  readonly #input: InputWindow;
  readonly #settings: WebSocketSettings;
  readonly #parser: WebSocketParser;
  /** A close frame was sent, or none can be: nothing follows. */
  #isClosed = false;
  /** The client's close code, as long as the worker may still send what it owes; then it is answered. */
  #owedClose: number | null = null;
  /** Monotonic milliseconds at which it is answered at the latest. */
  #closeDueMs = 0;
  /** The worker knows that nothing more comes from the client. */
  #isWorkerTold = false;
  /** Monotonic milliseconds of the last ping, at first of the handshake. */
  #pingMs = performance.now();
  /** The client owes a sign of life since the last ping. */
  #isAwaited = false;

  constructor(
    client: UpgradedClient,
    input: InputWindow,
    head: ResponseHead,
    key: string,
    settings: WebSocketSettings,
  ) {
    this.#client = client;
    this.#input = input;
    this.#settings = settings;
    this.#parser = new WebSocketParser(settings.maxMessageBytes, this);
    input.onRoom = () => {
      // What stood in the client's way is no silence of its own.
      this.#isAwaited = false;
      client.resume();
    };
    client.write(encodeHandshake(head, key));
  }

  received(chunk: Buffer): void {
    this.#isAwaited = false;
    if (this.#isClosed) return;
    try {
      this.#parser.feed(chunk);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#tellWorker(error.code, Buffer.from(error.message));
      this.#close(error.code, Buffer.from(error.message));
    }
    if (this.#input.isFull) this.#client.pause();
  }

  // What the parser finds

  onMessage(isText: boolean, bytes: Buffer): void {
    this.#input.send(isText ? FrameFlag.TEXT : FrameFlag.BINARY, bytes);
  }

  onPing(bytes: Buffer): void {
    // A client that does not read gets no answer to each ping, only to later ones (RFC 6455 section 5.5.3).
    if (!this.#client.isPending) this.#client.write(encodePong(bytes));
  }

  onPong(): void {
    // Anything that comes from the client is its sign of life.
  }

  onClose(code: number, reason: Buffer): void {
    this.#tellWorker(code, reason);
    // What the client sent before has its answers first.
    this.#owedClose = code;
    this.#closeDueMs = performance.now() + CLOSE_PATIENCE_MS;
  }

  clientEnded(): void {
    this.clientGone();
    this.#isClosed = true;
    this.#client.finish();
  }

  clientGone(): void {
    this.#tellWorker(CloseCode.abnormal, NOTHING);
  }

  // The worker's side

  data(bytes: Buffer, flags: number): void {
    if (this.#isClosed) return;
    if ((flags & FrameFlag.CLOSED) !== 0) {
      this.#close(bytes.length < 2 ? CloseCode.noStatus : bytes.readUInt16LE(0), bytes.subarray(2));
    } else {
      this.#client.write(encodeMessage((flags & FrameFlag.TEXT) !== 0, bytes));
    }
  }

  workerEnded(how: StreamEnd): void {
    this.#isWorkerTold = true;
    this.#close(this.#owedClose ?? END_CODES[how], NOTHING);
  }

  /** Pings a client now and then, and drops one that gives no sign of life after it. */
  tick(nowMs: number): void {
    if (this.#owedClose !== null) {
      if (nowMs > this.#closeDueMs) this.#close(this.#owedClose, NOTHING);
      return;
    }
    const { pingSeconds, pongToleranceSeconds } = this.#settings;
    // Nothing is read, or the ping would wait behind what the client has not taken yet: other deadlines hold then.
    if (pingSeconds === 0 || this.#isClosed || this.#input.isFull || this.#client.isPending) return;
    if (this.#isAwaited) {
      if (nowMs - this.#pingMs <= pongToleranceSeconds * 1000) return;
      this.clientGone();
      this.#isClosed = true;
      this.#client.destroy();
    } else if (nowMs - this.#pingMs >= pingSeconds * 1000) {
      this.#pingMs = nowMs;
      this.#isAwaited = pongToleranceSeconds > 0;
      this.#client.write(encodePing());
    }
  }

  /** The client's answer to a close frame of ours is not waited for: what comes after it is not read anyway. */
  #close(code: number, reason: Buffer): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#client.write(encodeClose(code, reason));
    this.#client.finish();
  }

  #tellWorker(code: number, reason: Buffer): void {
    if (this.#isWorkerTold) return;
    this.#isWorkerTold = true;
    this.#input.send(FrameFlag.CLOSED, Buffer.from([code & 0xff, code >> 8]), reason);
  }
}

/** The server's handshake (RFC 6455 section 4.2.2) around the application's headers, which may name a subprotocol. */
function encodeHandshake({ block }: ResponseHead, key: string): Buffer {
  return Buffer.concat([Buffer.from('HTTP/1.1 101 '), block, Buffer.from(`${acceptLines(key)}\r\n`)]);
}
