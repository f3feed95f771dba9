/**
 * The calling side, typed by the contract. It outlives its transports: when one closes, pending calls fail with
 * `rpc-closed`, and `attach` joins it to the next one; reconnecting is the transport owner's business.
 * Results and events are checked, so that what reaches the caller is what the types say.
 */
import type { z } from 'zod';
import {
  DEADLINE_MS,
  DEADLINES_MS,
  type EventName,
  type EventPayload,
  events,
  type MethodName,
  methods,
  type Params,
  type Result,
} from '../contract/api.ts';
import { RPC_CODES, RpcError } from './errors.ts';
import type { SetTimer, Transport } from './transport.ts';
import { encodeCall, parseServerMessage } from './wire.ts';

/** Time the client grants beyond the server's deadline, so that the server's own answer is heard first. */
const GRACE_MS = 2_000;

export interface RpcClientOptions {
  setTimer: SetTimer;
  /** Told of messages that break the contract; they are otherwise dropped. */
  onProtocolError?: (error: RpcError) => void;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: RpcError) => void;
  cancelTimer: () => void;
}

/** The table again, in the form that keeps a method's name and its result's type together. */
const checkedMethods: {
  [M in MethodName]: { result: { safeParse(raw: unknown): { success: true; data: Result<M> } | { success: false } } };
} = methods;

type ErasedListener = { listen(payload: unknown): void }['listen'];

export class RpcClient {
  readonly #options: RpcClientOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<ErasedListener>>();
  readonly #attachmentListeners = new Set<(attached: boolean) => void>();
  readonly #eventSchemas: Record<string, z.ZodType> = events;
  readonly #deadlines: Record<string, number | undefined> = DEADLINES_MS;
  #transport: Transport | null = null;
  #lastId = 0;

  constructor(options: RpcClientOptions) {
    this.#options = options;
  }

  get attached(): boolean {
    return this.#transport !== null;
  }

  /** Joins this client to a transport that is open; one that was there before is closed first. */
  attach(transport: Transport): void {
    this.detach();
    this.#transport = transport;
    transport.onMessage = (text) => this.#receive(text);
    transport.onClose = () => {
      if (this.#transport === transport) this.#lost();
    };
    this.#tellAttachment(true);
  }

  /** Closes the present transport, if any; pending calls fail. */
  detach(): void {
    const transport = this.#transport;
    if (transport === null) return;
    this.#lost();
    transport.close();
  }

  /** Fails with RpcError: the core's code, or one of RPC_CODES. */
  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const raw = await this.#send(method, params);
    const result = checkedMethods[method].result.safeParse(raw);
    if (result.success) return result.data;
    throw new RpcError({
      code: RPC_CODES.badResult,
      message: `The answer to ${method} breaks the contract.`,
      hint: 'The page and the program are of different versions: reload the page.',
    });
  }

  /** Calls the listener for each such event until the returned function is called. Survives re-attachment. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    const erased: ErasedListener = listener;
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    set.add(erased);
    return () => {
      set.delete(erased);
    };
  }

  /** Told `true` after each attach and `false` after each loss. */
  onAttachment(listener: (attached: boolean) => void): () => void {
    this.#attachmentListeners.add(listener);
    return () => {
      this.#attachmentListeners.delete(listener);
    };
  }

  async #send(method: MethodName, params: unknown): Promise<unknown> {
    const transport = this.#transport;
    if (transport === null) throw closedError(method);
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const deadlineMs = (this.#deadlines[method] ?? DEADLINE_MS) + GRACE_MS;
    const cancelTimer = this.#options.setTimer(() => {
      this.#settle(id)?.reject(
        new RpcError({ code: RPC_CODES.deadline, message: `No answer to ${method}.`, hint: 'Try again in a moment.' }),
      );
    }, deadlineMs);
    this.#pending.set(id, { resolve, reject, cancelTimer });
    transport.send(encodeCall({ id, method, params }));
    return promise;
  }

  #receive(text: string): void {
    const message = parseServerMessage(text);
    if (message === null) {
      this.#protocolError('A message from the program was not understood.');
      return;
    }
    switch (message.type) {
      case 'result':
        this.#settle(message.id)?.resolve(message.result);
        return;
      case 'error':
        if (message.id === null) this.#options.onProtocolError?.(new RpcError(message.error));
        else this.#settle(message.id)?.reject(new RpcError(message.error));
        return;
      case 'event':
        this.#receiveEvent(message.event, message.payload);
    }
  }

  #receiveEvent(event: string, rawPayload: unknown): void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined || listeners.size === 0) return;
    const payload = this.#eventSchemas[event]?.safeParse(rawPayload);
    if (payload === undefined || !payload.success) {
      this.#protocolError(`The event ${event} breaks the contract.`);
      return;
    }
    for (const listener of listeners) listener(payload.data);
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.cancelTimer();
    return pending;
  }

  #lost(): void {
    this.#transport = null;
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(closedError('the call'));
    this.#tellAttachment(false);
  }

  #tellAttachment(attached: boolean): void {
    for (const listener of this.#attachmentListeners) listener(attached);
  }

  #protocolError(message: string): void {
    this.#options.onProtocolError?.(new RpcError({ code: RPC_CODES.badMessage, message, hint: null }));
  }
}

function closedError(what: string): RpcError {
  return new RpcError({
    code: RPC_CODES.closed,
    message: `The link to Reeve closed before ${what} was answered.`,
    hint: 'It is tried again by itself.',
  });
}
