/**
 * A request on its way through the gateway: the frame for a worker, where it stands, and who gets the answer.
 * The dispatcher moves it between the queue and the cores; the client's connection is its ResponseTarget.
 */
import { type ResponseHead, requestUpgrades } from './frames.ts';
import type { InputWindow } from './input-window.ts';
import type { WorkerFile } from './worker-file.ts';

/** Where an answer goes. Exactly one of `respond`, `fail`, `begin` or `upgrade` is called, once. */
export interface ResponseTarget {
  /** The whole answer. `body` is valid during the call only. */
  respond(head: ResponseHead, body: Buffer): void;
  /** An answer whose body follows, in `data`, up to `end` or `abort`. */
  begin(head: ResponseHead): void;
  /** The connection becomes a websocket or a tunnel; what comes from the client goes to the worker through `input`. */
  upgrade(head: ResponseHead, isWebSocket: boolean, input: InputWindow): void;
  /** `flags` are those of the worker's DATA frame (frames.ts). */
  data(bytes: Buffer, flags?: number): void;
  end(): void;
  /** True: the client has taken all that it was given. False: `callback` is called, once, when it has. */
  whenRoom(callback: () => void): boolean;
  /** The answer can't be completed: the client must see that. `isReplaced`: its worker was told to go. */
  abort(isReplaced?: boolean): void;
  /** An answer of the gateway's own; nothing was begun. Returns how many bytes its head and its body have. */
  fail(status: number): AnswerSize;
}

/** What routes do with an answer on its way to the client (routing/routed-answer.ts). */
export interface AnswerEdit {
  /** The answer goes out in parts, even when it is there whole. */
  readonly isStreamed: boolean;
  /** The head as the client gets it; called once, first. */
  begin(head: ResponseHead): ResponseHead;
  data(bytes: Buffer): Buffer;
  /** What is left of the body. */
  end(): Buffer;
  /** The answer is over, its line in the log follows. */
  finished(): void;
}

export interface AnswerSize {
  headBytes: number;
  bodyBytes: number;
  headerCount: number;
}

/** What the request log needs, taken while the request was parsed. */
export interface RequestFacts {
  method: string;
  uri: string;
  protocol: string;
  remoteAddress: string;
  /** X-Forwarded-For of a trusted peer; otherwise empty. */
  forwardedFor: string;
  remoteUser: string;
  contentLength: number;
  varCount: number;
  varBytes: number;
  /** What the answer's head has beside the application's block: the status line's begin and the last line end. */
  statusBytes: number;
  /** All variables, as latin-1, where the gateway itself wants them (request-gate.ts); otherwise null. */
  variables: Map<string, string> | null;
}

/** A core's connection, as far as it is about the request that runs. */
export interface WorkerWire {
  pause(): void;
  resume(): void;
  /** The client has closed its side: most often it has gone. Workers that can do something about it hear so. */
  inputEnded?(): void;
  /** A frame for the worker. */
  send(frame: Buffer): void;
}

/** Taken back from a worker: asked for, or impossible because the worker has begun it. */
export type TakeBackStatus = 'none' | 'asked' | 'begun';

export class GatewayRequest {
  /** The REQUEST frame; its id is stamped at each dispatch. */
  frame: Buffer;
  readonly facts: RequestFacts;
  /** Order of arrival. */
  readonly serial: number;
  readonly arrivedMs: number;
  /** Null: the client is gone, the answer is thrown away. */
  target: ResponseTarget | null;
  /** Frees the body's file. */
  readonly release: () => void;
  /** It is at the gate (request-gate.ts), which hears that its client is gone; null: at a worker, or it waits for one. */
  visit: { abandoned(): void } | null = null;
  /** Id of the present dispatch; 0: it is not at a worker. */
  id = 0;
  /** The connection of the core it is at: paused while the client is too slow. */
  wire: WorkerWire | null = null;
  /** How often it was sent to a worker. */
  dispatches = 0;
  takeBack: TakeBackStatus = 'none';
  /** It asks for an upgrade, and may hold its core for long: nothing waits behind it. */
  readonly isUpgrade: boolean;
  /** What its upgraded connection gives to the worker. */
  input: InputWindow | null = null;
  /** The file that its worker has offered as the body. */
  file: WorkerFile | null = null;
  /** Epoch milliseconds at which it began at a worker. */
  beganMs = 0;
  /** The answer's head was passed on. */
  answering = false;
  /** The client has its whole answer, from the gateway (504) or cut short by the application; what comes is thrown away. */
  failed = false;
  /** Number of the application that answered; -1: none. */
  app = 0;
  /** What the application set for the log (`uwsgi.set_logvar`), as latin-1. */
  logVariables: Map<string, string> | null = null;
  /** The application wants it logged, whatever the configuration says. */
  isLoggedByApp = false;
  /** Routes say: it has no line in the log. */
  isUnlogged = false;
  /** Routes have set its time: seconds; 0: no limit. Null: the configuration's. */
  harakiriSeconds: number | null = null;
  /** What routes do with its answer; null: nothing. */
  edit: AnswerEdit | null = null;
  /** Parts of the body that the application gave, one after the other: uWSGI's switches. */
  parts = 0;
  /** The status and sizes below are the application's, not the gateway's own answer. */
  answeredByApp = false;
  status = 500;
  answer: AnswerSize = { headBytes: 0, bodyBytes: 0, headerCount: 0 };

  constructor(frame: Buffer, facts: RequestFacts, serial: number, target: ResponseTarget, release: () => void) {
    this.frame = frame;
    this.isUpgrade = requestUpgrades(frame) !== 0;
    this.facts = facts;
    this.serial = serial;
    this.arrivedMs = Date.now();
    this.target = target;
    this.release = release;
  }
}

/** Requests that wait for a worker, in order of arrival. */
export class RequestQueue {
  #items: GatewayRequest[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(request: GatewayRequest): void {
    this.#items.push(request);
  }

  shift(): GatewayRequest | undefined {
    const request = this.#items[this.#head];
    if (request === undefined) return undefined;
    this.#head++;
    if (this.#head > 512 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return request;
  }

  /** The first one, which stays. */
  peek(): GatewayRequest | undefined {
    return this.#items[this.#head];
  }

  /** Puts a request that was taken back where it stood. */
  insert(request: GatewayRequest): void {
    let at = this.#head;
    while (at < this.#items.length && (this.#items[at]?.serial ?? 0) < request.serial) at++;
    this.#items.splice(at, 0, request);
  }

  remove(request: GatewayRequest): boolean {
    const at = this.#items.indexOf(request, this.#head);
    if (at < 0) return false;
    this.#items.splice(at, 1);
    return true;
  }

  /** Takes all of them. */
  drain(): GatewayRequest[] {
    const rest = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return rest;
  }
}
