/** The rows about event loops: ASGI beside uvicorn, as it comes and with its fastest parts, and greenlets beside uWSGI's. */
import type { Programs } from '../fixtures/program.ts';
import { runLoad } from './load.ts';
import { peerResult, perCpuShare, startPeer } from './peer-rows.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { type Contender, ENGINE, startServer, UWSGI } from './servers.ts';

const CONNECTIONS = 32;
const WAITING_CONNECTIONS = 256;
const PROCESSES = 2;
const PLAIN = 'uvicorn (asyncio, h11)';
const FAST = 'uvicorn (uvloop, httptools)';
const UVLOOP = `${ENGINE}, loop = uvloop`;

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
    run: (context) =>
      compareGreenlets(context, 'waiting.py', 'gevent_python3', [
        `gevent = ${WAITING_CONNECTIONS}`,
        'gevent-monkey-patch = true',
      ]),
  },
  {
    id: 'asyncio-waiting',
    title: `20 ms of waiting in WSGI with asyncio, ${WAITING_CONNECTIONS} connections, one process`,
    run: (context) =>
      compareGreenlets(context, 'waiting_asyncio.py', 'asyncio_python3,greenlet_python3', [
        `asyncio = ${WAITING_CONNECTIONS}`,
        'greenlet = true',
      ]),
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
  return peerResult(figures, [
    atLeast(`requests per CPU second beside ${PLAIN}`, perCpuShare(figures, ENGINE, PLAIN), 1),
    atLeast(`with uvloop, beside ${FAST}`, perCpuShare(figures, UVLOOP, FAST), 1),
  ]);
}

async function compareGreenlets(
  context: RowContext,
  file: string,
  plugins: string,
  lines: string[],
): Promise<RowResult> {
  const { programs, folder } = context;
  const app = { processes: 1, plugins: `http,python3,${plugins}`, entry: `wsgi-file = ${file}`, lines };
  const figures = await runLoad(
    [await startServer(programs, folder, ENGINE, app), await startServer(programs, folder, UWSGI, app)],
    { ...context, connections: WAITING_CONNECTIONS },
  );
  return peerResult(figures, [
    atLeast(`requests per CPU second beside ${UWSGI}`, perCpuShare(figures, ENGINE, UWSGI), 1),
  ]);
}

function startUvicorn(programs: Programs, name: string, app: string, parts: string[]): Promise<Contender> {
  const words = ['--workers', String(PROCESSES), '--no-access-log', ...parts, app];
  return startPeer(programs, name, '/usr/bin/python3', (port) => ['-m', 'uvicorn', '--port', String(port), ...words]);
}
