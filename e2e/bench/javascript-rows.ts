/**
 * The rows about JavaScript: the engine with a node:http handler and with a fetch handler, beside node:http alone with as
 * many processes that serve. uWSGI has no JavaScript to compare with.
 */
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { type LoadFigures, runLoad } from './load.ts';
import { atLeast, type BenchRow, mebibytes, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, startServer } from './servers.ts';

const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
const CONNECTIONS = 32;
const PROCESSES = 2;
const BARE = 'node:http alone';
const FETCH = `${ENGINE}, fetch handler`;
const HEADING = ['server', 'req/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];

export const JAVASCRIPT_ROWS: BenchRow[] = [
  {
    id: 'javascript-hello',
    title: `hello in JavaScript, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: compare,
  },
];

async function compare(context: RowContext): Promise<RowResult> {
  const { programs, folder } = context;
  const start = async (file: string): Promise<Contender> =>
    startServer(programs, folder, ENGINE, { processes: PROCESSES, entry: `js-app = ${join(APPS, file)}` });
  const figures = await runLoad(
    [await start('hello_node.mjs'), { ...(await start('hello_fetch.mjs')), name: FETCH }, await startBare(programs)],
    { ...context, connections: CONNECTIONS },
  );
  const perCpuSecond = (name: string): number => {
    const found = figures.find((one) => one.name === name);
    return found === undefined ? 0 : 1000 / found.cpuSecondsPer1000;
  };
  return {
    table: [HEADING, ...figures.map(cells)],
    goals: [
      atLeast('requests per CPU second beside bare node:http', perCpuSecond(ENGINE) / perCpuSecond(BARE), 0.6),
      atLeast('those of a fetch handler', perCpuSecond(FETCH) / perCpuSecond(BARE), 0.6),
    ],
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

async function startBare(programs: Programs): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const args = [join(APPS, 'bare_node.mjs'), String(port)];
  const bare = programs.start(process.execPath, args, { cwd: APPS, env: ENVIRONMENT });
  const contender = { name: BARE, url: `http://127.0.0.1:${port}`, programs: [bare] };
  await answers(contender);
  return contender;
}
