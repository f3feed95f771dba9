/** The row about the spooler: how fast tasks are put in, and how fast they are done, beside uWSGI's. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../fixtures/until.ts';
import type { BenchRow } from './row.ts';
import { type Contender, ENGINE, startServer, UWSGI } from './servers.ts';
import { median } from './statistics.ts';

const TASKS = 2000;
const WAIT_MS = 60_000;

interface Times {
  putMs: number;
  /** From the first one that is put in to the last one that is done. */
  doneMs: number;
}

export const SPOOLER_ROWS: BenchRow[] = [
  {
    id: 'spooler',
    title: `${TASKS} tasks that do nothing, one spooler: put in by one request, and all done`,
    async run({ programs, folder, rounds }) {
      const results: { name: string; putPerSecond: number; donePerSecond: number }[] = [];
      for (const name of [ENGINE, UWSGI] as const) {
        const spool = join(folder, name === ENGINE ? 'engine' : 'uwsgi');
        const lines = [`spooler = ${spool}`, 'spooler-quiet = true'];
        const server = await startServer(programs, folder, name, {
          entry: 'wsgi-file = spool.py',
          processes: 1,
          lines,
        });
        const times: Times[] = [];
        for (let round = 0; round < Math.max(3, rounds); round += 1) times.push(await measure(server, spool));
        results.push({
          name,
          putPerSecond: (TASKS * 1000) / median(times.map(({ putMs }) => putMs)),
          donePerSecond: (TASKS * 1000) / median(times.map(({ doneMs }) => doneMs)),
        });
      }
      const [engine, uwsgi] = results;
      const ratio = (engine?.donePerSecond ?? Number.NaN) / (uwsgi?.donePerSecond ?? Number.NaN);
      return {
        table: [
          ['server', 'tasks put in/s', 'tasks done/s'],
          ...results.map((one) => [one.name, one.putPerSecond.toFixed(0), one.donePerSecond.toFixed(0)]),
          ["the engine, as a share of uWSGI's", '', ratio.toFixed(2)],
        ],
        goals: [],
        figures: { results, ratio },
      };
    },
  },
];

async function measure(server: Contender, folder: string): Promise<Times> {
  const startedMs = performance.now();
  const answer = await fetch(`${server.url}/put?${TASKS}`);
  if (!answer.ok) throw new Error(`${server.name} answers ${answer.status}`);
  const putMs = performance.now() - startedMs;
  const isEmpty = async (): Promise<boolean> =>
    (await readdir(folder)).every((name) => !name.startsWith('uwsgi_spoolfile'));
  await until(() => `the tasks of ${server.name} to be done`, isEmpty, WAIT_MS);
  return { putMs, doneMs: performance.now() - startedMs };
}
