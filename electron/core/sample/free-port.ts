/**
 * Which ports of this machine are free: by binding them for a moment, as the server will.
 */
import { createServer } from 'node:net';

/** Whether `host:port` can be bound now. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  return (await bindOnce(host, port)) !== null;
}

/** The next free port from `wanted` on, or any free one when the next 50 are taken. Ports in `taken` are passed over. */
export async function findFreePort(host: string, wanted: number, taken: ReadonlySet<number>): Promise<number> {
  for (let port = wanted; port < Math.min(65_536, wanted + 50); port += 1) {
    if (!taken.has(port) && (await isPortFree(host, port))) return port;
  }
  const any = await bindOnce(host, 0);
  if (any === null) throw new Error(`no port of ${host} is free`);
  return any;
}

/** The port that was bound; null: in use, or not ours. */
async function bindOnce(host: string, port: number): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const server = createServer();
  server.once('error', () => resolve(null));
  server.listen({ host, port, exclusive: true }, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
  });
  return promise;
}
