/** The rows about moments: how soon a killed worker is replaced, and whether fast requests wait behind slow ones. */
import { type Answer, get, openLoop } from './open-loop.ts';
import { atMost, type BenchRow } from './row.ts';
import { type Contender, startPair } from './servers.ts';
import { median, percentile } from './statistics.ts';

const RATE_PER_SECOND = 100;
/** One request in so many takes a second. */
const SLOW_EVERY = 50;
const RESPAWN_LIMIT_MS = 20_000;
const RETRY_MS = 2;

export const BEHAVIOUR_ROWS: BenchRow[] = [
  {
    id: 'respawn',
    title: 'kill -9 of the only worker, application with 3 s of imports: time to the next answer',
    async run(context) {
      const app = { entry: 'wsgi-file = slow_start.py', processes: 1 };
      const { engine, uwsgi } = await startPair(context.programs, context.folder, app);
      const times = new Map<Contender, number[]>([engine, uwsgi].map((one) => [one, []]));
      for (let round = 0; round < Math.max(3, context.rounds); round += 1) {
        for (const [contender, list] of times) list.push(await respawnMs(contender));
      }
      const [ofEngine = Number.NaN, ofUwsgi = Number.NaN] = [...times.values()].map(median);
      return {
        table: [
          ['server', 'ms'],
          [engine.name, ofEngine.toFixed(0)],
          [uwsgi.name, ofUwsgi.toFixed(0)],
        ],
        goals: [atMost('to the next answer', ofEngine, 100, 'ms')],
        figures: { engineMs: ofEngine, uwsgiMs: ofUwsgi },
      };
    },
  },
  {
    id: 'mixed',
    title: `${RATE_PER_SECOND} requests/s, one in ${SLOW_EVERY} sleeps 1 s, 8 processes: the others`,
    async run(context) {
      const { engine, uwsgi } = await startPair(context.programs, context.folder, { processes: 8 });
      const pair = [engine, uwsgi];
      const answers = new Map<Contender, Answer[]>(pair.map((one) => [one, []]));
      for (let round = 0; round < context.rounds; round += 1) {
        for (const [contender, list] of answers) {
          list.push(...(await openLoop(contender.url, RATE_PER_SECOND, context.seconds, pathOf)));
        }
      }
      const rows = pair.map((one) => summarise(one.name, answers.get(one) ?? []));
      const [ofEngine] = rows;
      return {
        table: [
          ['server', 'p50 ms', 'p95 ms', 'p99 ms', 'errors'],
          ...rows.map(({ name, p50Ms, p95Ms, p99Ms, errors }) => [
            name,
            p50Ms.toFixed(2),
            p95Ms.toFixed(2),
            p99Ms.toFixed(2),
            String(errors),
          ]),
        ],
        goals: [
          atMost('p95 of the fast requests', ofEngine?.p95Ms ?? Number.NaN, 20, 'ms'),
          atMost('requests that failed', ofEngine?.errors ?? Number.NaN, 0, ''),
        ],
        figures: rows,
      };
    },
  },
];

function pathOf(index: number): string {
  return index % SLOW_EVERY === SLOW_EVERY - 1 ? '/slow' : '/';
}

function summarise(
  name: string,
  answers: Answer[],
): Record<'p50Ms' | 'p95Ms' | 'p99Ms' | 'errors', number> & { name: string } {
  const times = answers.filter(({ path }) => path === '/').map(({ ms }) => ms);
  return {
    name,
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    p99Ms: percentile(times, 99),
    errors: answers.filter(({ status }) => status !== 200).length,
  };
}

/** From the kill to the first answer of the worker that takes the place of the killed one. */
async function respawnMs({ url, programs }: Contender): Promise<number> {
  const { body } = await get(`${url}/pid`);
  const pid = Number(body);
  if (!(pid > 1) || programs.some((program) => program.pid === pid)) throw new Error(`no worker's pid: ${body}`);
  const began = performance.now();
  process.kill(pid, 'SIGKILL');
  while (performance.now() - began < RESPAWN_LIMIT_MS) {
    const next = await get(`${url}/pid`).catch(() => null);
    const elapsedMs = performance.now() - began;
    if (next !== null && next.status === 200 && next.body !== body) return elapsedMs;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(
    `no worker took the place of the killed one; output:\n${programs.map((one) => one.output()).join('\n')}`,
  );
}
