/** One request, as a browser on this machine would send it, over a unix socket that speaks HTTP. */
import { request } from 'node:http';
import type { Rehearsal } from '../../contract/rehearsal.ts';
import { describe } from '../errors.ts';

/** Its size is measured to this end; more of it would only be waited for. */
const MOST_BYTES = 8 * 1024 * 1024;

export type Answer = NonNullable<Rehearsal['answer']>;

/** GET /. A text says why there is no answer. Ends with `signal`. */
export async function askOnce(socketPath: string, deadlineMs: number, signal: AbortSignal): Promise<Answer | string> {
  const { promise, resolve } = Promise.withResolvers<Answer | string>();
  const startedAt = performance.now();
  const sent = request({
    socketPath,
    path: '/',
    headers: { host: 'localhost', 'user-agent': 'reeve-rehearsal', accept: '*/*' },
    signal,
    agent: false,
  });
  const timer = setTimeout(() => {
    resolve(`no answer to GET / within ${Math.round(deadlineMs / 1000)} s`);
    sent.destroy();
  }, deadlineMs);
  sent.on('response', (response) => {
    let bytes = 0;
    const end = (): void => {
      const contentType = response.headers['content-type'] ?? null;
      resolve({ status: response.statusCode ?? 0, tookMs: performance.now() - startedAt, bytes, contentType });
    };
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes < MOST_BYTES) return;
      end();
      sent.destroy();
    });
    response.on('end', end);
    response.on('error', (error) => resolve(`the answer to GET / broke off: ${describe(error)}`));
  });
  sent.on('error', (error) => resolve(`GET / was not answered: ${describe(error)}`));
  sent.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
