/** The row about what processes share: what a call of the cache or of a lock costs an application in a worker. */
import { get } from './open-loop.ts';
import { atMost, type BenchRow } from './row.ts';
import { type Contender, startPair } from './servers.ts';
import { median } from './statistics.ts';

const LIMIT_MICROS = 60;
/** Of one measurement; calls are many, so that it needs not be long. */
const MOST_SECONDS = 1;

const CALLS = [
  { path: '/get', name: 'cache_get, 100 bytes' },
  { path: '/update', name: 'cache_update, 100 bytes' },
  { path: '/get-1mb', name: 'cache_get, 1 MB' },
  { path: '/lock', name: 'lock and unlock' },
] as const;

interface Cost {
  server: string;
  call: string;
  perSecond: number;
  medianMicros: number;
  p99Micros: number;
}

export const COMMONS_ROWS: BenchRow[] = [
  {
    id: 'cache',
    title: 'cache and locks from within a worker: the engine over a socket, uWSGI in shared memory',
    async run(context) {
      const { engine, uwsgi } = await startPair(context.programs, context.folder, {
        entry: 'wsgi-file = commons.py',
        processes: 1,
        lines: ['cache2 = name=bench,items=20,blocksize=2000000'],
      });
      const seconds = Math.min(context.seconds, MOST_SECONDS);
      const costs: Cost[] = [];
      for (const call of CALLS) {
        for (const one of [engine, uwsgi]) costs.push(await costOf(one, call, seconds, context.rounds));
      }
      const ofGet = costs.find(({ server }) => server === engine.name)?.medianMicros ?? Number.NaN;
      return {
        table: [
          ['call', 'server', 'calls/s', 'median µs', 'p99 µs'],
          ...costs.map((cost) => [
            cost.call,
            cost.server,
            cost.perSecond.toFixed(0),
            cost.medianMicros.toFixed(1),
            cost.p99Micros.toFixed(1),
          ]),
        ],
        goals: [atMost('a cache_get at the median', ofGet, LIMIT_MICROS, 'µs')],
        figures: costs,
      };
    },
  },
];

async function costOf(
  { name, url }: Contender,
  call: (typeof CALLS)[number],
  seconds: number,
  rounds: number,
): Promise<Cost> {
  const answers: { count: number; medianMicros: number; p99Micros: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    answers.push(JSON.parse((await get(`${url}${call.path}?${seconds}`)).body));
  }
  return {
    server: name,
    call: call.name,
    perSecond: median(answers.map(({ count }) => count / seconds)),
    medianMicros: median(answers.map(({ medianMicros }) => medianMicros)),
    p99Micros: median(answers.map(({ p99Micros }) => p99Micros)),
  };
}
