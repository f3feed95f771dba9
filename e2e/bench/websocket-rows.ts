/** The rows about websockets: an echo in the engine (ASGI, gevent) beside uWSGI with gevent and uvicorn. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../fixtures/ports.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { pssBytes } from './load.ts';
import { treeUsage } from './process-usage.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { answers, type Contender, ENGINE, ENVIRONMENT, startServer, UWSGI } from './servers.ts';
import { median } from './statistics.ts';
import { WebSocketLoad } from './websocket-load.ts';

const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
const CORES = 1100;
const ASGI = `${ENGINE}, ASGI`;
const GEVENT = `${ENGINE}, gevent`;
const UVICORN = 'uvicorn, websockets';
const HEADING = ['server', 'messages/s', 'messages/CPU s', 'KiB a socket', 'errors'];

interface SocketFigures {
  name: string;
  messagesPerSecond: number;
  messagesPerCpuSecond: number;
  kibPerSocket: number;
  errors: number;
}

export const WEBSOCKET_ROWS: BenchRow[] = [64, 1000].map((connections) => ({
  id: `websockets-${connections}`,
  title: `echo of 100 bytes on ${connections} websockets, 1 process`,
  run: (context) => compare(context, connections),
}));

async function compare(context: RowContext, connections: number): Promise<RowResult> {
  const { rounds, seconds } = context;
  const contenders = await startContenders(context);
  const figures: SocketFigures[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, contender] of contenders.entries()) {
      figures[at]?.push(await measure(contender, connections, seconds));
    }
  }
  const summaries = figures.map(summarise);
  const of = (name: string): number => summaries.find((one) => one.name === name)?.messagesPerCpuSecond ?? 0;
  return {
    table: [HEADING, ...summaries.map(cells)],
    goals: [atLeast('messages per CPU second beside uvicorn', of(ASGI) / of(UVICORN), 1)],
    figures: summaries,
  };
}

async function startContenders({ programs, folder }: RowContext): Promise<Contender[]> {
  const app = { processes: 1, entry: 'wsgi-file = echo_socket.py' };
  const gevent = [`gevent = ${CORES}`, 'gevent-monkey-patch = true', 'http-websockets = true'];
  const asgi = { processes: 1, entry: 'asgi = echo_asgi:application', lines: [`asyncio = ${CORES}`] };
  const [port = 0] = await freePorts(1);
  const line = `-m uvicorn --port ${port} --log-level error --no-access-log --ws websockets echo_asgi:application`;
  const program = programs.start('/usr/bin/python3', line.split(' '), { cwd: APPS, env: ENVIRONMENT });
  const uvicorn = { name: UVICORN, url: `http://127.0.0.1:${port}`, programs: [program] };
  await answers(uvicorn);
  return [
    { ...(await startServer(programs, folder, ENGINE, asgi)), name: ASGI },
    { ...(await startServer(programs, folder, ENGINE, { ...app, lines: gevent })), name: GEVENT },
    {
      ...(await startServer(programs, folder, UWSGI, {
        ...app,
        plugins: 'python3,http,gevent_python3',
        lines: gevent,
      })),
      name: `${UWSGI}, gevent`,
    },
    uvicorn,
  ];
}

async function measure(
  { name, url, programs }: Contender,
  connections: number,
  seconds: number,
): Promise<SocketFigures> {
  const cpuSeconds = (): number => programs.reduce((total, { pid }) => total + treeUsage(pid).cpuSeconds, 0);
  const bytesBefore = pssBytes(programs);
  const load = await WebSocketLoad.open(Number(new URL(url).port), connections);
  try {
    const bytesOpen = pssBytes(programs);
    load.start();
    await wait(500);
    const before = { cpu: cpuSeconds(), echoes: load.echoes, ms: performance.now() };
    await wait(seconds * 1000);
    const echoes = load.echoes - before.echoes;
    return {
      name,
      messagesPerSecond: (echoes / (performance.now() - before.ms)) * 1000,
      messagesPerCpuSecond: echoes / (cpuSeconds() - before.cpu),
      kibPerSocket: (bytesOpen - bytesBefore) / 1024 / connections,
      errors: load.errors,
    };
  } finally {
    load.close();
  }
}

function summarise(rounds: SocketFigures[]): SocketFigures {
  const [first] = rounds;
  return {
    name: first?.name ?? '',
    messagesPerSecond: median(rounds.map((round) => round.messagesPerSecond)),
    messagesPerCpuSecond: median(rounds.map((round) => round.messagesPerCpuSecond)),
    // Later rounds find the memory of the first one.
    kibPerSocket: first?.kibPerSocket ?? 0,
    errors: rounds.reduce((total, { errors }) => total + errors, 0),
  };
}

function cells(one: SocketFigures): string[] {
  return [
    one.name,
    one.messagesPerSecond.toFixed(0),
    one.messagesPerCpuSecond.toFixed(0),
    one.kibPerSocket.toFixed(1),
    String(one.errors),
  ];
}
