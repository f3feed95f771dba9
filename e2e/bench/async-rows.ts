/** The rows about event loops: ASGI beside uvicorn, as it comes and with its fastest parts, and gevent beside uWSGI's. */
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { type LoadFigures, runLoad } from './load.ts';
import { atLeast, type BenchRow, mebibytes, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, startServer, UWSGI } from './servers.ts';

const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
const CONNECTIONS = 32;
const WAITING_CONNECTIONS = 256;
const PROCESSES = 2;
const PLAIN = 'uvicorn (asyncio, h11)';
const FAST = 'uvicorn (uvloop, httptools)';
const UVLOOP = `${ENGINE}, loop = uvloop`;
const HEADING = ['server', 'req/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];

export const ASYNC_ROWS: BenchRow[] = [
  {
    id: 'asgi-hello',
    title: `hello in ASGI, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compareAsgi(context, 'asgi_hello:hello', '/'),
  },
  {
    id: 'asgi-starlette',
    title: `a page of Starlette, HTTP keep-alive, ${CONNECTIONS} connections, ${PROCESSES} processes`,
    run: (context) => compareAsgi(context, 'asgi_hello:starlette', '/hello/Ann'),
  },
  {
    id: 'gevent-waiting',
    title: `20 ms of waiting in WSGI with gevent, ${WAITING_CONNECTIONS} connections, one process`,
    run: compareGevent,
  },
];

async function compareAsgi(context: RowContext, name: string, path: string): Promise<RowResult> {
  const { programs, folder } = context;
  const app = { processes: PROCESSES, entry: `asgi = ${name}` };
  const uvloop = await startServer(programs, folder, ENGINE, { ...app, lines: ['loop = uvloop'] });
  const figures = await runLoad(
    [
      await startServer(programs, folder, ENGINE, app),
      { ...uvloop, name: UVLOOP },
      await startUvicorn(programs, PLAIN, name, ['--loop', 'asyncio', '--http', 'h11']),
      await startUvicorn(programs, FAST, name, ['--loop', 'uvloop', '--http', 'httptools']),
    ],
    { ...context, path, connections: CONNECTIONS },
  );
  return result(figures, [
    atLeast(`requests per CPU second beside ${PLAIN}`, perCpuSecond(figures, ENGINE) / perCpuSecond(figures, PLAIN), 1),
    atLeast(`with uvloop, beside ${FAST}`, perCpuSecond(figures, UVLOOP) / perCpuSecond(figures, FAST), 1),
  ]);
}

async function compareGevent(context: RowContext): Promise<RowResult> {
  const { programs, folder } = context;
  const app = {
    processes: 1,
    plugins: 'http,python3,gevent_python3',
    entry: 'wsgi-file = waiting.py',
    lines: [`gevent = ${WAITING_CONNECTIONS}`, 'gevent-monkey-patch = true'],
  };
  const figures = await runLoad(
    [await startServer(programs, folder, ENGINE, app), await startServer(programs, folder, UWSGI, app)],
    { ...context, connections: WAITING_CONNECTIONS },
  );
  return result(figures, [
    atLeast(`requests per CPU second beside ${UWSGI}`, perCpuSecond(figures, ENGINE) / perCpuSecond(figures, UWSGI), 1),
  ]);
}

function result(figures: LoadFigures[], goals: RowResult['goals']): RowResult {
  return { table: [HEADING, ...figures.map(cells)], goals, figures };
}

function perCpuSecond(figures: LoadFigures[], name: string): number {
  const found = figures.find((one) => one.name === name);
  return found === undefined ? 0 : 1000 / found.cpuSecondsPer1000;
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

async function startUvicorn(programs: Programs, name: string, app: string, parts: string[]): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const words = ['-m', 'uvicorn', '--port', String(port), '--workers', String(PROCESSES), '--no-access-log', ...parts];
  const uvicorn = programs.start('/usr/bin/python3', [...words, app], { cwd: APPS, env: ENVIRONMENT });
  const contender = { name, url: `http://127.0.0.1:${port}`, programs: [uvicorn] };
  await answers(contender);
  return contender;
}
