/** The rows about Perl: the engine beside uWSGI's plugin psgi and starman, with the same applications. */
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { type LoadFigures, runLoad } from './load.ts';
import { atLeast, type BenchRow, mebibytes, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, startServer, UWSGI } from './servers.ts';

const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
const CONNECTIONS = 32;
const PROCESSES = 2;
const STARMAN = 'starman';
const HEADING = ['server', 'req/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];

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
  const perCpuSecond = (name: string): number => {
    const found = figures.find((one) => one.name === name);
    return found === undefined ? 0 : 1000 / found.cpuSecondsPer1000;
  };
  return {
    table: [HEADING, ...figures.map(cells)],
    goals: [atLeast('requests per CPU second beside starman', perCpuSecond(ENGINE) / perCpuSecond(STARMAN), 1)],
    figures,
  };
}

function cells(one: LoadFigures): string[] {
  return [
    one.name,
    one.requestsPerSecond.toFixed(0),
    (1000 / one.cpuSecondsPer1000).toFixed(0),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    mebibytes(one.pssBytes).toFixed(0),
    String(one.errors),
  ];
}

/** As its manual recommends: the application is loaded once. */
async function startStarman(programs: Programs, file: string): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const words = ['--workers', String(PROCESSES), '--preload-app', '--listen', `127.0.0.1:${port}`, join(APPS, file)];
  const starman = programs.start('starman', words, { cwd: APPS, env: ENVIRONMENT });
  const contender = { name: STARMAN, url: `http://127.0.0.1:${port}`, programs: [starman] };
  await answers(contender);
  return contender;
}
