/**
 * The serving side. For each call, in this order: check the params, run the handler with a deadline, check the
 * result, reply. Nothing a client sends makes it throw, and no handler's failure leaves a call without an answer.
 * What an event means and who wants it is the core's business: it emits to one connection or to all.
 */
import type { z } from 'zod';
import {
  DEADLINE_MS,
  DEADLINES_MS,
  type EventName,
  type EventPayload,
  type MethodName,
  methods,
  type Params,
  type Result,
  type RpcErrorData,
} from '../contract/api.ts';
import { RPC_CODES, RpcError } from './errors.ts';
import type { SetTimer, Transport } from './transport.ts';
import { encodeError, encodeEvent, encodeResult, parseCall } from './wire.ts';

/** One client as handlers see it. */
export interface Connection {
  readonly id: number;
  emit<E extends EventName>(event: E, payload: EventPayload<E>): void;
}

export type Handlers = {
  [M in MethodName]: (params: Params<M>, connection: Connection) => Result<M> | Promise<Result<M>>;
};

export interface RpcServerOptions {
  handlers: Handlers;
  setTimer: SetTimer;
  /** Turns what a handler threw into what the client is shown. Must not throw. */
  toErrorData: (error: unknown, method: string) => RpcErrorData;
  onConnectionClosed?: (connection: Connection) => void;
}

type ErasedHandler = { handle(params: unknown, connection: Connection): unknown }['handle'];

export class RpcServer {
  readonly #handlers: Record<string, ErasedHandler>;
  readonly #schemas: Record<string, { params: z.ZodType; result: z.ZodType }> = methods;
  readonly #deadlines: Record<string, number | undefined> = DEADLINES_MS;
  readonly #options: RpcServerOptions;
  readonly #connections = new Map<Connection, Transport>();
  #lastConnectionId = 0;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#handlers = options.handlers;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Serves calls from this transport until it closes. */
  connect(transport: Transport): Connection {
    this.#lastConnectionId += 1;
    const connection: Connection = {
      id: this.#lastConnectionId,
      emit: (event, payload) => {
        if (this.#connections.has(connection)) transport.send(encodeEvent(event, payload));
      },
    };
    this.#connections.set(connection, transport);
    transport.onMessage = (text) => {
      void this.#serve(text, connection, transport);
    };
    transport.onClose = () => {
      if (this.#connections.delete(connection)) this.#options.onConnectionClosed?.(connection);
    };
    return connection;
  }

  broadcast<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (this.#connections.size === 0) return;
    const text = encodeEvent(event, payload);
    for (const transport of this.#connections.values()) transport.send(text);
  }

  dispose(): void {
    for (const transport of this.#connections.values()) transport.close();
  }

  async #serve(text: string, connection: Connection, transport: Transport): Promise<void> {
    const reply = await this.#answer(text, connection);
    if (this.#connections.has(connection)) transport.send(reply);
  }

  async #answer(text: string, connection: Connection): Promise<string> {
    const call = parseCall(text);
    if (call === null) {
      return encodeError(null, {
        code: RPC_CODES.badMessage,
        message: 'A message was not a call: it must be a JSON object with id, method and params.',
        hint: 'Reload the page; if it happens again the page and the program are of different versions.',
      });
    }
    try {
      return encodeResult(call.id, await this.#run(call.method, call.params, connection));
    } catch (error) {
      const data = error instanceof RpcError ? error.data : this.#options.toErrorData(error, call.method);
      return encodeError(call.id, data);
    }
  }

  async #run(method: string, rawParams: unknown, connection: Connection): Promise<unknown> {
    const schema = Object.hasOwn(this.#schemas, method) ? this.#schemas[method] : undefined;
    const handler = Object.hasOwn(this.#handlers, method) ? this.#handlers[method] : undefined;
    if (schema === undefined || handler === undefined) {
      throw new RpcError({
        code: RPC_CODES.unknownMethod,
        message: `There is no method "${method.slice(0, 100)}".`,
        hint: 'The page and the program are of different versions: reload the page.',
      });
    }
    const params = schema.params.safeParse(rawParams);
    if (!params.success) {
      throw new RpcError({
        code: RPC_CODES.badParams,
        message: `${method} was called with wrong parameters: ${describeIssues(params.error)}.`,
        hint: null,
      });
    }
    const deadlineMs = this.#deadlines[method] ?? DEADLINE_MS;
    const returned = await this.#withDeadline(method, deadlineMs, async () => handler(params.data, connection));
    const result = schema.result.safeParse(returned);
    if (!result.success) {
      throw new RpcError({
        code: RPC_CODES.badResult,
        message: `${method} gave a result that breaks the contract: ${describeIssues(result.error)}.`,
        hint: 'This is a fault in the program.',
      });
    }
    return result.data;
  }

  async #withDeadline<T>(method: string, deadlineMs: number, run: () => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = this.#options.setTimer(() => {
      reject(
        new RpcError({
          code: RPC_CODES.deadline,
          message: `${method} took longer than ${deadlineMs / 1000} s.`,
          hint: 'It may still finish; try again in a moment.',
        }),
      );
    }, deadlineMs);
    try {
      return await Promise.race([run(), late]);
    } finally {
      cancel();
    }
  }
}

function describeIssues(error: z.ZodError): string {
  const parts = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  return parts.join('; ');
}
