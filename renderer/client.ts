/**
 * The renderer's view of Reeve: typed calls and events, whoever carries them. Stores get this injected;
 * `electron/rpc/client.ts` is the real one, tests and the development page use `testing/fake-core.ts`.
 */
import type { EventName, EventPayload, MethodName, Params, Result } from '../electron/contract/api.ts';
import { RpcError } from '../electron/rpc/errors.ts';

export interface Client {
  readonly attached: boolean;
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
  /** Told `true` after each (re-)connection, `false` after each loss. */
  onAttachment(listener: (attached: boolean) => void): () => void;
}

/** A failure as pages show it: what, and the next step. */
export interface Failure {
  code: string;
  message: string;
  hint: string | null;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof RpcError) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message,
    hint: 'This is a fault in Reeve. Reload the page; if it comes back, report it.',
  };
}
