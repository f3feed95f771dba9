/** The rows about Ruby: the engine beside uWSGI's plugin rack and puma, with the same applications. */
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
const PUMA = 'puma';
const HEADING = ['server', 'req/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];
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
  const perCpuSecond = (name: string): number => {
    const found = figures.find((one) => one.name === name);
    return found === undefined ? 0 : 1000 / found.cpuSecondsPer1000;
  };
  return {
    table: [HEADING, ...figures.map(cells)],
    goals: [atLeast('requests per CPU second beside puma', perCpuSecond(ENGINE) / perCpuSecond(PUMA), 1.5)],
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

/** As its manual recommends for several processes: the application is loaded once. */
async function startPuma(programs: Programs, file: string, threads: number): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const bind = `tcp://127.0.0.1:${port}`;
  const size = ['--workers', String(PROCESSES), '--threads', `${threads}:${threads}`, '--preload'];
  const words = ['--quiet', '--environment', 'production', ...size, '--bind', bind, join(APPS, file)];
  const puma = programs.start('puma', words, { cwd: APPS, env: ENVIRONMENT });
  const contender = { name: PUMA, url: `http://127.0.0.1:${port}`, programs: [puma] };
  await answers(contender);
  return contender;
}
