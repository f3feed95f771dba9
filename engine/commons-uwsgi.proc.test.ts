/** Locks, caches and the queue answer as on a real uWSGI, call by call, and the stats document shows the same of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseStats } from './api/parse-stats.ts';
import type { StatsCache, StatsDocument } from './api/stats.ts';
import { EVAL_APP, evaluate } from './testing/commons-app.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { whyNoUwsgi } from './testing/uwsgi-process.ts';

const OPTIONS = [
  'master = true',
  'locks = 2',
  'queue = 5',
  'queue-blocksize = 4096',
  'cache2 = name=one,items=5,blocksize=100',
  'cache2 = name=bit,items=20,bitmap=1,blocks=20,blocksize=10,hash=murmur2,hashsize=100,keysize=20,lastmod=1',
  'cache2 = name=lru,items=4,purge_lru=1',
  'cache2 = name=init,items=10,math_initial=7',
  'cache2 = name=quiet,items=4,ignore_full=1',
  'cache2 = name=clear,items=4,clear_on_full=1',
  'cache2 = name=lazy,items=4,lazy=1',
  'cache2 = name=never,items=4,no_expire=1',
  'cache2 = name=sweep,items=4,sweep_on_full=1',
];

/** Sizes of items that are set one after the other into an empty cache with 20 blocks of 10 bytes. */
const BITMAP_SIZES = [[191], [201], [100, 100], [90, 90], [95, 95], [50, 50, 50, 50, 50], [20, 20, 30, 10, 100]];

const CALLS = [
  // one: an item more than fits, values and keys at their limits
  ["cache_get('a')", "cache_exists('a')", "cache_del('a')", "cache_set('a', b'1')", "cache_set('a', b'2')"],
  ["cache_get('a')", "cache_get(b'a')", "cache_update('a', b'3')", "cache_get('a')", "cache_exists('a')"],
  ["cache_set('s', 'text')", "cache_get('s')", "cache_set('', b'x')", "cache_set('e', b'')"],
  ["cache_set(None, b'x')", "cache_set(5, b'x')", "cache_set('n', None)", "cache_set('n', 5)", 'cache_get(None)'],
  ["cache_set('big', b'x' * 101)", "cache_set('big', b'x' * 100)", "cache_set('q1', b'x')", "cache_set('q2', b'x')"],
  ["cache_update('q3', b'x')", "cache_update('a', b'y')", "cache_inc('q4')", 'cache_clear()', "cache_get('a')"],
  ["cache_inc('i')", "cache_get('i')", "cache_inc('i', 5)", "cache_dec('i', 10)", "cache_get('i')"],
  ["cache_mul('i', 3)", "cache_get('i')", "cache_div('i', 2)", "cache_get('i')", "cache_mul('i')", "cache_get('i')"],
  ["cache_div('i')", "cache_get('i')", "cache_div('i', 0)", "cache_get('i')", "cache_dec('d')", "cache_get('d')"],
  ["cache_mul('d', 2 ** 63 - 1)", "cache_get('d')", "cache_mul('d', 2 ** 63)", "cache_inc('d', 'x')"],
  "cache_update('d', b'0123456789')",
  ["cache_mul('d', 2)", "cache_get('d')", 'cache_clear()'],
  ["cache_set('k' * 2048, b'x')", "cache_set('k' * 2049, b'x')", "cache_set('k' * 70000, b'x')"],
  [
    "cache_set('u\\xe9', b'1')",
    "cache_get('u\\xe9'.encode())",
    "cache_set('t', b'1', 'x')",
    "cache_set('m', b'x' * 2 ** 21)",
  ],
  // no such cache
  ["cache_get('a', 'no')", "cache_set('a', b'1', 0, 'no')", "cache_update('a', b'1', 0, 'no')", "cache_keys('no')"],
  ["cache_clear('no')", "cache_del('a', 'no')", "cache_exists('a', 'no')", "cache_inc('a', 1, 0, 'no')"],
  // the others
  ...BITMAP_SIZES.map(
    (sizes) =>
      `cache_clear('bit'), [uwsgi.cache_set(str(n), b'x' * size, 0, 'bit') for n, size in enumerate(${JSON.stringify(sizes)})]`,
  ),
  ["cache_set('k' * 20, b'1', 0, 'bit')", "cache_set('k' * 21, b'1', 0, 'bit')"],
  "cache_exists('x', 'lru'), [uwsgi.cache_set(str(n), b'1', 0, 'lru') for n in range(4)], sorted(uwsgi.cache_keys('lru'))",
  "cache_get('1', 'lru'), uwsgi.cache_set('x', b'1', 0, 'lru'), sorted(uwsgi.cache_keys('lru'))",
  "cache_exists('3', 'lru'), uwsgi.cache_set('y', b'1', 0, 'lru'), sorted(uwsgi.cache_keys('lru'))",
  "cache_update('1', b'2', 0, 'lru'), uwsgi.cache_set('z', b'1', 0, 'lru'), sorted(uwsgi.cache_keys('lru'))",
  ["cache_inc('a', 1, 0, 'init')", "cache_get('a', 'init')", "cache_div('b', 2, 0, 'init')", "cache_get('b', 'init')"],
  "cache_clear('quiet'), [uwsgi.cache_set(str(n), b'1', 0, 'quiet') for n in range(6)]",
  "cache_clear('clear'), [uwsgi.cache_set(str(n), b'1', 0, 'clear') for n in range(6)], sorted(uwsgi.cache_keys('clear'))",
  // the queue: around it more than once, both ends, limits
  ['queue_size', 'queue_last()', 'queue_last(3)', 'queue_slot()', 'queue_pull_slot()', 'queue_get(0)', 'queue_pull()'],
  ['queue_pop()', "queue_push(b'1')", "queue_push('2')", "queue_push(b'3')", 'queue_slot()', 'queue_last()'],
  ['queue_last(2)', 'queue_last(9)', 'queue_pull()', 'queue_pull_slot()', 'queue_pop()', 'queue_slot()'],
  ['queue_get(0)', 'queue_get(99)', 'queue_get(-1)', "queue_set(1, b'xx')", 'queue_get(1)', "queue_set(99, b'x')"],
  ["queue_push(b'y' * 4081)", "queue_push(b'y' * 4080)", "queue_push(b'')", 'queue_push(None)', 'queue_push(5)'],
  ["queue_get('x')", 'queue_size, [uwsgi.queue_push(str(n).encode()) for n in range(10)]'],
  ['queue_slot()', 'queue_pull_slot()', 'queue_last(5)', 'queue_pull()', 'queue_pull()', 'queue_pull_slot()'],
  // locks
  ['lock()', 'is_locked()', 'is_locked(0)', 'unlock()', 'is_locked()', 'unlock()', 'lock(1)', 'is_locked(1)'],
  ['is_locked(2)', 'lock(3)', 'unlock(3)', 'is_locked(3)', 'lock(-1)', "lock('x')", 'lock(None)', 'unlock(1)'],
]
  .flat()
  .map((call) => `uwsgi.${call}`);

/** Times that are over: what is lazy, never over, and swept when there is no room. */
const EXPIRING = [
  "[uwsgi.cache_set(key, b'1', 1, name) for name in ('lazy', 'never', 'sweep') for key in ('a', 'b', 'c')]",
  "uwsgi.cache_set('d', b'1', 0, 'sweep')",
  'time.sleep(1.3)',
  "[uwsgi.cache_get(key, name) for name in ('lazy', 'never') for key in ('a', 'b', 'c')]",
  "uwsgi.cache_set('d', b'1', 0, 'sweep'), uwsgi.cache_keys('sweep')",
];

const disposals: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).toReversed()) await dispose();
});

/** Gives its port, and how to read its stats document. */
async function startUwsgi(): Promise<{ port: number; stats: () => Promise<StatsDocument> }> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  const port = await freePort();
  const socket = join(folder, 'stats.sock');
  const own = [`http-socket = 127.0.0.1:${port}`, 'plugin = python3', 'wsgi-file = app.py', `stats = ${socket}`];
  writeFileSync(join(folder, 'app.py'), EVAL_APP);
  writeFileSync(join(folder, 'u.ini'), `[uwsgi]\n${[...own, ...OPTIONS].join('\n')}\n`);
  const child = spawn('uwsgi', ['--ini', 'u.ini'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  disposals.push(async () => {
    child.kill('SIGINT');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  await waitFor('uWSGI to start', () => log.includes('Stats server enabled'));
  return { port, stats: async () => readStats(socket) };
}

async function readStats(path: string): Promise<StatsDocument> {
  const socket = connect(path);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const reading = parseStats(text);
  if (reading.status !== 'stats') throw new Error(text);
  return reading.document;
}

function withoutTime(caches: readonly StatsCache[] | undefined): object[] {
  return (caches ?? []).map(({ last_modified_at, ...cache }) =>
    Object.assign(cache, { isModified: last_modified_at > 0 }),
  );
}

test('every call gives what it gives on uWSGI, and leaves the same statistics', async ({ skip }) => {
  const reason = whyNoUwsgi();
  skip(reason !== null, reason ?? '');
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\n${OPTIONS.join('\n')}`,
    files: { 'app.py': EVAL_APP },
  });
  disposals.push(() => engine.dispose());
  const uwsgi = await startUwsgi();

  const answers = await evaluate(engine.port, CALLS);
  expect(answers.filter(([, result]) => result === '')).toEqual([]);
  expect(answers).toEqual(await evaluate(uwsgi.port, CALLS));
  expect(await evaluate(engine.port, EXPIRING)).toEqual(await evaluate(uwsgi.port, EXPIRING));

  const theirs = await uwsgi.stats();
  await waitFor(
    'the report of the last call',
    async () => (await engine.stats()).caches?.[8]?.full === theirs.caches?.[8]?.full,
  );
  const ours = await engine.stats();
  expect(withoutTime(ours.caches)).toEqual(withoutTime(theirs.caches));
  expect(ours.locks).toEqual(theirs.locks);
});
