/** The rows that put a load on servers and compare them: requests a second, CPU time for each, latency. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { type LoadFigures, runLoad } from './load.ts';
import { atLeast, atMost, type BenchRow, type Goal, mebibytes, type RowContext, type RowResult } from './row.ts';
import {
  type AppOptions,
  type Contender,
  ENGINE,
  startFront,
  startOthers,
  startPair,
  startServer,
  UWSGI,
} from './servers.ts';

const CONNECTIONS = 32;
const MANY_CONNECTIONS = 256;
const BASIC: AppOptions = { processes: 2 };

const HEADING = ['server', 'req/s', 'p50 ms', 'p99 ms', 'CPU s/1000', 'PSS MiB', 'errors'];

export const LOAD_ROWS: BenchRow[] = [
  {
    id: 'hello',
    title: 'hello, HTTP keep-alive, 32 connections, 2 processes',
    async run(context) {
      const { engine, uwsgi } = await startPair(context.programs, context.folder, BASIC);
      const others = await startOthers(context.programs, BASIC.processes);
      const figures = await runLoad([engine, uwsgi, ...others], { ...context, connections: CONNECTIONS });
      return result(figures, [
        speed(figures, UWSGI, 2),
        cpu(figures, UWSGI, 0.5),
        speed(figures, 'gunicorn gthread', 2.5),
        latency(figures),
      ]);
    },
  },
  {
    id: 'json',
    title: '1 KB of JSON, HTTP keep-alive, 32 connections, 2 processes',
    async run(context) {
      const { engine, uwsgi } = await startPair(context.programs, context.folder, BASIC);
      const figures = await runLoad([engine, uwsgi], { ...context, path: '/json', connections: CONNECTIONS });
      return result(figures, [speed(figures, UWSGI, 1.7)]);
    },
  },
  {
    id: 'p99',
    title: `hello, HTTP keep-alive, ${MANY_CONNECTIONS} connections, 2 processes`,
    async run(context) {
      const { engine, uwsgi } = await startPair(context.programs, context.folder, BASIC);
      const figures = await runLoad([engine, uwsgi], { ...context, connections: MANY_CONNECTIONS });
      return result(figures, [latency(figures)]);
    },
  },
  {
    id: 'uwsgi-pass',
    title: 'hello, nginx in front, uwsgi_pass to both',
    run: (context) => behindNginx(context, 'uwsgi_pass', 0.8),
  },
  {
    id: 'uwsgi-pass-direct',
    title: 'hello, nginx in front, uwsgi_pass to both, the engine with worker-accept',
    run: (context) => behindNginx(context, 'uwsgi_pass', 0.8, true),
  },
  {
    id: 'proxy-pass',
    title: 'hello, nginx in front, proxy_pass keep-alive to the engine, uwsgi_pass to uWSGI',
    run: (context) => behindNginx(context, 'proxy_pass', 1),
  },
  {
    id: 'django',
    title: 'a Django page with a template and a SQLite query',
    async run(context) {
      const app = await shop(context.programs, context.folder, 2);
      const { engine, uwsgi } = await startPair(context.programs, context.folder, app);
      const figures = await runLoad([engine, uwsgi], { ...context, path: '/category-3/', connections: CONNECTIONS });
      return result(figures, [speed(figures, UWSGI, 1)]);
    },
  },
];

/** A copy of the Django project with its database, as an application to start. */
export async function shop(programs: Programs, parent: string, processes: number): Promise<AppOptions> {
  const folder = join(parent, 'shop');
  await cp(join(PROJECT_ROOT, 'e2e', 'bench', 'apps', 'shop'), folder, { recursive: true });
  const code = await programs.start('/usr/bin/python3', ['prepare.py'], { cwd: folder }).exited;
  if (code !== 0) throw new Error(`The database of the Django project was not made:\n${programs.outputs()}`);
  return { folder, entry: 'module = shop.wsgi', processes };
}

async function behindNginx(
  context: RowContext,
  toEngine: 'uwsgi_pass' | 'proxy_pass',
  least: number,
  isDirect = false,
): Promise<RowResult> {
  const { programs, folder } = context;
  const engine = await startServer(programs, folder, ENGINE, { ...BASIC, isDirect });
  const uwsgi = await startServer(programs, folder, UWSGI, BASIC);
  const enginePort = toEngine === 'uwsgi_pass' ? engine.uwsgiPort : Number(new URL(engine.url).port);
  const fronts: Contender[] = [
    await startFront(programs, folder, engine, { by: toEngine, port: enginePort }),
    await startFront(programs, folder, uwsgi, { by: 'uwsgi_pass', port: uwsgi.uwsgiPort }),
  ];
  const figures = await runLoad(fronts, { ...context, connections: CONNECTIONS });
  return result(figures, [speed(figures, UWSGI, least)]);
}

function result(figures: LoadFigures[], goals: Goal[]): RowResult {
  const lines = figures.map((one) => [
    one.name,
    one.requestsPerSecond.toFixed(0),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    one.cpuSecondsPer1000.toFixed(3),
    mebibytes(one.pssBytes).toFixed(1),
    String(one.errors),
  ]);
  return { table: [HEADING, ...lines], goals: [...goals, noErrors(find(figures, ENGINE))], figures };
}

function speed(figures: LoadFigures[], peer: string, least: number): Goal {
  const ratio = find(figures, ENGINE).requestsPerSecond / find(figures, peer).requestsPerSecond;
  return atLeast(`requests/s over those of ${peer}`, ratio, least);
}

function cpu(figures: LoadFigures[], peer: string, most: number): Goal {
  const ratio = find(figures, ENGINE).cpuSecondsPer1000 / find(figures, peer).cpuSecondsPer1000;
  return atMost(`CPU time per request over that of ${peer}`, ratio, most, '');
}

function latency(figures: LoadFigures[]): Goal {
  return atMost("p99 over uWSGI's", find(figures, ENGINE).p99Ms / find(figures, UWSGI).p99Ms, 1, '');
}

function noErrors({ name, errors }: LoadFigures): Goal {
  return { text: `requests of ${name} that failed: none`, isMet: errors === 0, value: String(errors) };
}

/** By the end of its name: nginx in front comes before it. */
function find(figures: LoadFigures[], name: string): LoadFigures {
  const found = figures.find((one) => one.name.endsWith(name));
  if (found === undefined) throw new Error(`nothing was measured of ${name}`);
  return found;
}
