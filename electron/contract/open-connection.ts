/** Requests that are meant to stay: a websocket is open for hours, and its worker is not stuck. Pure. */
import type { RequestRow } from './model.ts';

/** True for a request that asked to become another protocol (RFC 9110, 7.8), a websocket as a rule. */
export function isOpenConnection({ vars }: Pick<RequestRow, 'vars'>): boolean {
  return vars.some(([name, value]) => name === 'HTTP_UPGRADE' && value !== '');
}
