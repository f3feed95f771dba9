/**
 * The rows about JavaScript: the engine with a node:http handler and with a fetch handler, beside node:http alone with as
 * many processes that serve. uWSGI has no JavaScript to compare with.
 */
import { join } from 'node:path';
import type { Programs } from '../fixtures/program.ts';
import { runLoad } from './load.ts';
import { APPS, peerResult, perCpuShare, startPeer } from './peer-rows.ts';
import { atLeast, type BenchRow, type RowContext, type RowResult } from './row.ts';
import { type Contender, ENGINE, startServer } from './servers.ts';

const CONNECTIONS = 32;
const PROCESSES = 2;
const BARE = 'node:http alone';
const FETCH = `${ENGINE}, fetch handler`;

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
  return peerResult(figures, [
    atLeast('requests per CPU second beside bare node:http', perCpuShare(figures, ENGINE, BARE), 0.6),
    atLeast('those of a fetch handler', perCpuShare(figures, FETCH, BARE), 0.6),
  ]);
}

function startBare(programs: Programs): Promise<Contender> {
  return startPeer(programs, BARE, process.execPath, (port) => [join(APPS, 'bare_node.mjs'), String(port)]);
}
