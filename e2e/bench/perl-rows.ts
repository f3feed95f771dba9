/** The rows about Perl: the engine beside uWSGI's plugin psgi and starman, with the same applications. */
import { join } from 'node:path';
import type { Programs } from '../fixtures/program.ts';
import { runLoad } from './load.ts';
import { APPS, peerResult, perCpuShare, startPeer } from './peer-rows.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { type Contender, ENGINE, startServer, UWSGI } from './servers.ts';

const CONNECTIONS = 32;
const PROCESSES = 2;
const STARMAN = 'starman';

export const PERL_ROWS: BenchRow[] = [
  {
    id: 'perl-hello',
    title: `hello in PSGI, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compare(context, 'hello.psgi', '/'),
  },
  {
    id: 'perl-mojolicious',
    title: `a page of Mojolicious, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compare(context, 'mojo.psgi', '/hello/Ann'),
  },
];

async function compare(context: RowContext, file: string, path: string): Promise<RowResult> {
  const { programs, folder } = context;
  const app = {
    processes: PROCESSES,
    plugins: 'http,psgi',
    entry: `psgi = ${join(APPS, file)}`,
    lines: ['http-modifier1 = 5'],
  };
  const figures = await runLoad(
    [
      await startServer(programs, folder, ENGINE, app),
      await startServer(programs, folder, UWSGI, app),
      await startStarman(programs, file),
    ],
    { ...context, path, connections: CONNECTIONS },
  );
  return peerResult(figures, [
    atLeast('requests per CPU second beside starman', perCpuShare(figures, ENGINE, STARMAN), 1),
  ]);
}

/** As its manual recommends: the application is loaded once. */
function startStarman(programs: Programs, file: string): Promise<Contender> {
  const size = ['--workers', String(PROCESSES), '--preload-app'];
  return startPeer(programs, STARMAN, 'starman', (port) => [
    ...size,
    '--listen',
    `127.0.0.1:${port}`,
    join(APPS, file),
  ]);
}
