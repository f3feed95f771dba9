/**
 * The one error that crosses an RPC boundary, and the codes that the RPC layer itself gives.
 * Handlers throw their own errors; the host's `toErrorData` turns them into RpcErrorData before they are sent.
 */
import type { RpcErrorData } from '../contract/api.ts';

export const RPC_CODES = {
  badMessage: 'rpc-bad-message',
  unknownMethod: 'rpc-unknown-method',
  badParams: 'rpc-bad-params',
  badResult: 'rpc-bad-result',
  deadline: 'rpc-deadline',
  closed: 'rpc-closed',
} as const;

export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: string;
  readonly hint: string | null;

  constructor(data: RpcErrorData) {
    super(data.message);
    this.code = data.code;
    this.hint = data.hint;
  }

  get data(): RpcErrorData {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}
