/** The rows about memory: many idle connections, many Django workers, a long answer to a slow reader. */
import { connect, type Socket } from 'node:net';
import { until } from '../fixtures/until.ts';
import { pssBytes, runLoad } from './load.ts';
import { shop } from './load-rows.ts';
import { atMost, type BenchRow, mebibytes, type RowResult } from './row.ts';
import { type Contender, ENGINE, startPair, startServer } from './servers.ts';
import { runWrk } from './wrk.ts';

const IDLE_CONNECTIONS = 10_000;
const OPENED_AT_ONCE = 100;
const SAMPLE_MS = 100;
/** A slow reader takes this much in each turn. */
const READ_BYTES = 512 * 1024;

export const MEMORY_ROWS: BenchRow[] = [
  {
    id: 'idle',
    title: `${IDLE_CONNECTIONS} idle keep-alive connections, 32 busy ones besides`,
    async run(context) {
      const engine = await startServer(context.programs, context.folder, ENGINE, { processes: 2 });
      // What it takes under load anyway is not what idle connections cost.
      await runWrk(engine.url, 32, context.seconds, context.folder);
      const before = pssBytes(engine.programs);
      const sockets = await openIdle(engine);
      try {
        const held = pssBytes(engine.programs) - before;
        const figures = await runLoad([engine], { ...context, rounds: 1, connections: 32 });
        const loaded = pssBytes(engine.programs) - before;
        const lost = sockets.filter((socket) => socket.readyState !== 'open').length;
        const [load] = figures;
        return {
          table: [
            ['connections', 'MiB more', 'MiB more under load', 'req/s besides', 'p99 ms', 'connections lost', 'errors'],
            [
              String(sockets.length),
              mebibytes(held).toFixed(1),
              mebibytes(loaded).toFixed(1),
              load?.requestsPerSecond.toFixed(0) ?? '',
              load?.p99Ms.toFixed(2) ?? '',
              String(lost),
              String(load?.errors ?? ''),
            ],
          ],
          goals: [
            atMost('memory added', mebibytes(Math.max(held, loaded)), 250, 'MiB'),
            atMost('connections lost and requests failed', lost + (load?.errors ?? 0), 0, ''),
          ],
          figures: { connections: sockets.length, heldBytes: held, loadedBytes: loaded, lost, load },
        };
      } finally {
        for (const socket of sockets) socket.destroy();
      }
    },
  },
  {
    id: 'memory',
    title: 'memory of 8 workers with a Django application that all have served',
    async run(context): Promise<RowResult> {
      const app = await shop(context.programs, context.folder, 8);
      const { engine, uwsgi } = await startPair(context.programs, context.folder, app);
      const pair = [engine, uwsgi];
      for (const { url } of pair) await runWrk(`${url}/category-3/`, 64, context.seconds, context.folder);
      const [ofEngine = 0, ofUwsgi = 0] = pair.map(({ programs }) => mebibytes(pssBytes(programs)));
      return {
        table: [
          ['server', 'PSS MiB'],
          [engine.name, ofEngine.toFixed(1)],
          [uwsgi.name, ofUwsgi.toFixed(1)],
        ],
        goals: [atMost("more than uWSGI's", ofEngine - ofUwsgi, 90, 'MiB')],
        figures: { engineMib: ofEngine, uwsgiMib: ofUwsgi },
      };
    },
  },
  {
    id: 'stream',
    title: '50 MB streamed to a reader that takes 5 MB a second',
    async run(context) {
      const engine = await startServer(context.programs, context.folder, ENGINE, { processes: 2 });
      await runWrk(engine.url, 32, context.seconds, context.folder);
      const before = pssBytes(engine.programs);
      const { received, mostBytes } = await readSlowly(engine);
      const growth = mebibytes(mostBytes - before);
      return {
        table: [
          ['received MiB', 'MiB more at most'],
          [mebibytes(received).toFixed(1), growth.toFixed(1)],
        ],
        goals: [atMost('memory growth', growth, 16, 'MiB')],
        figures: { received, growthMib: growth },
      };
    },
  },
];

/** Connections that have had one answer each and are kept. */
async function openIdle(server: Contender): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < IDLE_CONNECTIONS) {
    const batch = Array.from({ length: OPENED_AT_ONCE }, () => openOne(server));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

async function openOne({ url }: Contender): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.write('GET / HTTP/1.1\r\nHost: bench\r\n\r\n');
  });
}

/** Reads the long answer at 5 MB a second and watches the server's memory meanwhile. */
async function readSlowly({ url, programs }: Contender): Promise<{ received: number; mostBytes: number }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = 0;
  let isOver = false;
  let mostBytes = 0;
  socket.on('close', () => {
    isOver = true;
  });
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    const turnBefore = Math.floor(received / READ_BYTES);
    received += chunk.length;
    if (Math.floor(received / READ_BYTES) > turnBefore) socket.pause();
  });
  socket.write('GET /stream HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n');
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, pssBytes(programs));
    socket.resume();
  }, SAMPLE_MS);
  try {
    await until('the end of the long answer', () => isOver, 60_000);
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
  return { received, mostBytes };
}
