/**
 * The messages on an RPC transport, one JSON text each:
 *
 *   client → server   { "id": 7, "method": "config.read", "params": { … } }
 *   server → client   { "id": 7, "result": … }   or   { "id": 7, "error": { "code", "message", "hint" } }
 *   server → client   { "event": "tick", "payload": { … } }
 *
 * Only the envelope is checked here; what is inside is checked against the contract by server.ts and client.ts.
 */
import { type RpcErrorData, rpcErrorSchema } from '../contract/api.ts';

/** Longest message that is read: the largest file an editor may save, escaped, and some room. */
export const MAX_MESSAGE_CHARS = 16 * 1024 * 1024;

export interface CallMessage {
  id: number;
  method: string;
  params: unknown;
}

export type ServerMessage =
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number | null; error: RpcErrorData }
  | { type: 'event'; event: string; payload: unknown };

/** null: not a call. */
export function parseCall(text: string): CallMessage | null {
  const value = parseObject(text);
  if (value === null) return null;
  const { id, method, params } = value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || typeof method !== 'string') return null;
  return { id, method, params: params ?? {} };
}

/** null: nothing a server says. */
export function parseServerMessage(text: string): ServerMessage | null {
  const value = parseObject(text);
  if (value === null) return null;
  if (typeof value['event'] === 'string') return { type: 'event', event: value['event'], payload: value['payload'] };
  const id = value['id'];
  if ('error' in value) {
    const error = rpcErrorSchema.safeParse(value['error']);
    if (!error.success || (id !== null && typeof id !== 'number')) return null;
    return { type: 'error', id, error: error.data };
  }
  if (typeof id !== 'number' || !('result' in value)) return null;
  return { type: 'result', id, result: value['result'] };
}

export function encodeCall(call: CallMessage): string {
  return JSON.stringify(call);
}

export function encodeResult(id: number, result: unknown): string {
  return JSON.stringify({ id, result });
}

export function encodeError(id: number | null, error: RpcErrorData): string {
  return JSON.stringify({ id, error });
}

export function encodeEvent(event: string, payload: unknown): string {
  return JSON.stringify({ event, payload });
}

function parseObject(text: string): Record<string, unknown> | null {
  if (text.length > MAX_MESSAGE_CHARS) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
