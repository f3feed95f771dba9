/** The rows about Ruby: the engine beside uWSGI's plugin rack and puma, with the same applications. */
import { join } from 'node:path';
import type { Programs } from '../fixtures/program.ts';
import { runLoad } from './load.ts';
import { APPS, peerResult, perCpuShare, startPeer } from './peer-rows.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { type Contender, ENGINE, startServer, UWSGI } from './servers.ts';

const CONNECTIONS = 32;
const PROCESSES = 2;
const PUMA = 'puma';
const SETUP = `HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`;

export const RUBY_ROWS: BenchRow[] = [
  { id: 'ruby-hello', title: `hello in Rack, ${SETUP}`, run: (context) => compare(context, 'config.ru', '/', 1) },
  {
    id: 'ruby-threads',
    title: `hello in Rack, ${SETUP} with 5 threads each`,
    run: (context) => compare(context, 'config.ru', '/', 5),
  },
  {
    id: 'ruby-sinatra',
    title: `a page of Sinatra, ${SETUP}`,
    run: (context) => compare(context, 'sinatra.ru', '/hello/Ann', 1),
  },
];

async function compare(context: RowContext, file: string, path: string, threads: number): Promise<RowResult> {
  const { programs, folder } = context;
  const app = {
    processes: PROCESSES,
    plugins: threads > 1 ? 'http,rack,rbthreads' : 'http,rack',
    entry: `rack = ${join(APPS, file)}`,
    lines: ['http-modifier1 = 7', ...(threads > 1 ? [`threads = ${threads}`, 'rbthreads = true'] : [])],
  };
  const figures = await runLoad(
    [
      await startServer(programs, folder, ENGINE, app),
      await startServer(programs, folder, UWSGI, app),
      await startPuma(programs, file, threads),
    ],
    { ...context, path, connections: CONNECTIONS },
  );
  return peerResult(figures, [atLeast('requests per CPU second beside puma', perCpuShare(figures, ENGINE, PUMA), 1.5)]);
}

/** As its manual recommends for several processes: the application is loaded once. */
function startPuma(programs: Programs, file: string, threads: number): Promise<Contender> {
  const size = ['--workers', String(PROCESSES), '--threads', `${threads}:${threads}`, '--preload'];
  const words = ['--quiet', '--environment', 'production', ...size, join(APPS, file)];
  return startPeer(programs, PUMA, 'puma', (port) => [...words, '--bind', `tcp://127.0.0.1:${port}`]);
}
