/** One HTTP request with Node's client, on a connection of its own; what it heard is comparable between servers. */
import { request } from 'node:http';

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface Heard {
  status: number;
  reason: string;
  /** Without those about the connection. */
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

const OF_THE_CONNECTION = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

export function askOnce(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const all = { Host: 'shop', ...headers };
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers: all, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      // After a turn of the loop: what else has come until now, a log, was read then, too.
      const end = (): void => {
        const kept = Object.entries(incoming.headers).filter(([name]) => !OF_THE_CONNECTION.has(name));
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? '',
          headers: Object.fromEntries(kept),
          body: Buffer.concat(chunks),
        });
      };
      incoming.on('end', () => setImmediate(end));
    });
    outgoing.end(body);
  });
}
