/** The rows about static files: the engine beside uWSGI and nginx, which have the same file to send and one process each. */
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { type LoadFigures, runLoad } from './load.ts';
import { atLeast, type BenchRow, mebibytes, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, nginxFile, startServer, UWSGI } from './servers.ts';

const NGINX = 'nginx';
const HEADING = ['server', 'req/s', 'MB/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];

export const STATIC_ROWS: BenchRow[] = [
  {
    id: 'static-small',
    title: 'a file of 10 KB, HTTP keep-alive, 32 connections, one gateway and one nginx worker',
    run: (context) => compare(context, 10 * 1024, 32, 'requests/s beside nginx', 0.5),
  },
  {
    id: 'static-large',
    title: 'a file of 100 MB, HTTP keep-alive, 4 connections, one gateway and one nginx worker',
    run: (context) => compare(context, 100_000_000, 4, 'throughput beside nginx', 0.7),
  },
];

async function compare(
  context: RowContext,
  bytes: number,
  connections: number,
  text: string,
  least: number,
): Promise<RowResult> {
  const { programs, folder } = context;
  const root = join(folder, 'www');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'file.bin'), '');
  await truncate(join(root, 'file.bin'), bytes);
  const app = { processes: 1, lines: [`check-static = ${root}`] };
  const figures = await runLoad(
    [
      await startServer(programs, folder, ENGINE, app),
      await startServer(programs, folder, UWSGI, app),
      await startNginx(programs, folder, root),
    ],
    { ...context, path: '/file.bin', connections },
  );
  const rate = (name: string): number => figures.find((one) => one.name === name)?.requestsPerSecond ?? 0;
  return {
    table: [HEADING, ...figures.map((one) => cells(one, bytes))],
    goals: [atLeast(text, rate(ENGINE) / rate(NGINX), least)],
    figures,
  };
}

function cells(one: LoadFigures, bytes: number): string[] {
  return [
    one.name,
    one.requestsPerSecond.toFixed(one.requestsPerSecond < 100 ? 1 : 0),
    ((one.requestsPerSecond * bytes) / 1e6).toFixed(0),
    (1000 / one.cpuSecondsPer1000).toFixed(0),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    mebibytes(one.pssBytes).toFixed(0),
    String(one.errors),
  ];
}

/** nginx with sendfile, as Debian configures it, and one worker. */
async function startNginx(programs: Programs, parent: string, root: string): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const folder = join(parent, `nginx-${port}`);
  await mkdir(folder, { recursive: true });
  const conf = join(folder, 'nginx.conf');
  const location = `root ${root}; sendfile on; tcp_nopush on;`;
  const file = nginxFile({ folder, port, location, upstream: '127.0.0.1:1', kept: 1 });
  await writeFile(conf, file.replace('worker_processes auto;', 'worker_processes 1;\nuser root;'));
  const nginx = programs.start('nginx', ['-c', conf, '-p', folder], { env: ENVIRONMENT });
  const contender = { name: NGINX, url: `http://127.0.0.1:${port}`, programs: [nginx] };
  await answers(contender);
  return contender;
}
