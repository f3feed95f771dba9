/** Answers that are nothing but a status: `return:404`, `break-with-status:403 Forbidden`. */
import { nodeHttp } from '../../node-http.ts';
import { headerText } from './answer-head.ts';
import type { Reply } from './route-context.ts';

/** `404 Not Found` as its parts; without a reason the usual one. */
export function withStatus(text: string): { status: number; reason: string } {
  const status = Number(/^\d{3}/.exec(text)?.[0] ?? 500);
  const reason = headerText(text.slice(3)).trim();
  return { status, reason: reason === '' ? (nodeHttp().STATUS_CODES[status] ?? 'Unknown') : reason };
}

/** The reason is the body too. null: no such status, and the connection is closed without an answer, as uWSGI does. */
export function statusAnswer(text: string): Reply | null {
  if (!/^[2-9]\d\d/.test(text)) return null;
  const { status, reason } = withStatus(text);
  if (nodeHttp().STATUS_CODES[status] === undefined) return null;
  return { status, reason, lines: ['Content-Type: text/plain'], body: Buffer.from(reason, 'latin1') };
}
