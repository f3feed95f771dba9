/** The row about emperors: a hundred vassals with a small application each are started, all touched, and stopped. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { EmperorStats } from '../../engine/api/emperor-stats.ts';
import { parseStats } from '../../engine/api/parse-stats.ts';
import type { Programs } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import { treeUsage } from './process-usage.ts';
import { type BenchRow, mebibytes } from './row.ts';
import { ENGINE, ENVIRONMENT, UWSGI } from './servers.ts';

const VASSALS = 100;
const WAIT_MS = 240_000;
const APP = `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
`;

const COLUMNS = [
  'startSeconds',
  'startCpuSeconds',
  'mebibytesEach',
  'touchSeconds',
  'touchCpuSeconds',
  'stopSeconds',
] as const;

interface Figures {
  name: string;
  startSeconds: number;
  startCpuSeconds: number;
  mebibytesEach: number;
  touchSeconds: number;
  touchCpuSeconds: number;
  stopSeconds: number;
}

export const EMPEROR_ROWS: BenchRow[] = [
  {
    id: 'emperor',
    title: `${VASSALS} vassals of one emperor, one worker each: all started, all touched, all stopped`,
    async run({ programs, folder }) {
      const engine = await measure(programs, folder, ENGINE);
      const uwsgi = await measure(programs, folder, UWSGI);
      const ratio = (column: (typeof COLUMNS)[number]): string => (engine[column] / uwsgi[column]).toFixed(2);
      return {
        table: [
          ['server', 'start s', 'CPU s', 'MiB each', 'touch all s', 'CPU s', 'stop s'],
          ...[engine, uwsgi].map((one) => [one.name, ...COLUMNS.map((column) => one[column].toFixed(1))]),
          ["the engine, in times uWSGI's", ...COLUMNS.map(ratio)],
        ],
        goals: [],
        figures: [engine, uwsgi],
      };
    },
  },
];

async function measure(programs: Programs, parent: string, name: typeof ENGINE | typeof UWSGI): Promise<Figures> {
  const folder = join(parent, name === ENGINE ? 'engine' : 'uwsgi');
  const vassals = join(folder, 'vassals');
  await mkdir(vassals, { recursive: true });
  await writeFile(join(folder, 'app.py'), APP);
  const files = Array.from({ length: VASSALS }, (_, number) => join(vassals, `${number}.ini`));
  const lines = [
    'plugins = python3',
    'master = true',
    `http-socket = ${folder}/%n.sock`,
    `wsgi-file = ${folder}/app.py`,
  ];
  for (const file of files) await writeFile(file, `[uwsgi]\n${lines.join('\n')}\n`);
  const address = join(folder, 'stats.sock');
  const options = ['--emperor', vassals, '--emperor-stats', address, '--emperor-freq', '1'];
  // An installed engine has its Python modules compiled, whatever the environment of the benchmark says of that.
  const python = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: join(folder, 'compiled') };
  const [command, args] =
    name === ENGINE ? [process.execPath, [join(PROJECT_ROOT, 'engine', 'main.ts'), ...options]] : ['uwsgi', options];
  const startMs = performance.now();
  const program = programs.start(command, args, { cwd: folder, env: { ...ENVIRONMENT, ...python } });
  await allVassals(name, address, ({ accepting }) => accepting === 1);
  const startSeconds = (performance.now() - startMs) / 1000;
  const started = treeUsage(program.pid);
  const touchMs = performance.now();
  const later = new Date(Date.now() + 2000);
  for (const file of files) await utimes(file, later, later);
  const touched = Math.floor(Date.now() / 1000);
  // Accepting since it was told, which a second is the finest measure of.
  await allVassals(name, address, (one) => one.respawns === 1 && one.last_accepting >= Math.max(touched, one.last_run));
  const touchSeconds = (performance.now() - touchMs) / 1000;
  const touchCpuSeconds = treeUsage(program.pid).cpuSeconds - started.cpuSeconds;
  const stopMs = performance.now();
  await program.stop('SIGINT');
  return {
    name,
    startSeconds,
    startCpuSeconds: started.cpuSeconds,
    mebibytesEach: mebibytes(started.pssBytes) / VASSALS,
    touchSeconds,
    touchCpuSeconds,
    stopSeconds: (performance.now() - stopMs) / 1000,
  };
}

async function allVassals(
  name: string,
  address: string,
  holds: (vassal: EmperorStats['vassals'][number]) => boolean,
): Promise<void> {
  let count = 0;
  await until(
    () => `the vassals of ${name}: ${count} of ${VASSALS}`,
    async () => {
      count = (await readStats(address))?.vassals.filter(holds).length ?? 0;
      return count === VASSALS;
    },
    WAIT_MS,
  );
}

/** Null: it does not answer yet. */
async function readStats(address: string): Promise<EmperorStats | null> {
  return new Promise((done) => {
    let text = '';
    const socket = connect(address);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('error', () => done(null));
    socket.on('end', () => {
      const reading = parseStats(text);
      done(reading.status === 'emperor' ? reading.document : null);
    });
  });
}
