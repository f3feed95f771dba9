/** The module `uwsgi` of JavaScript applications: two workers of one engine, and what they share. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Op } from './commons/wire.ts';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const RUNTIME = fileURLToPath(new URL('../resources/runtimes/node/', import.meta.url));

const APP = `
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import uwsgi, { cacheGet, workerId } from 'uwsgi';

const required = createRequire(import.meta.url)('uwsgi');
uwsgi.registerSignal(9, 'workers', (number) => appendFileSync('signals', workerId() + ':' + number + ' '));
uwsgi.registerSignal(10, '', () => { throw new Error('a handler that fails'); });
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function counted() {
  return uwsgi.withLock(1, async () => {
    const before = Number((await cacheGet('count')) ?? 0);
    await sleep(5);
    await uwsgi.cacheUpdate('count', String(before + 1));
    return before;
  });
}

const globals = { uwsgi, required, cacheGet, workerId, counted, sleep };

export default async (request) => {
  const code = decodeURIComponent(new URL(request.url).search.slice(1));
  try {
    const run = new Function(...Object.keys(globals), 'return (async () => (' + code + '))()');
    const result = await run(...Object.values(globals));
    return new Response(JSON.stringify(result, (_, value) => value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value) ?? 'undefined');
  } catch (error) {
    return new Response(String(error));
  }
};
`;

let engine: EngineProcess;

beforeAll(async () => {
  engine = await EngineProcess.start({
    ini: `js-app = app.mjs
processes = 2
locks = 2
cache2 = name=default,items=20
cache2 = name=other,items=20
queue = 4
enable-metrics = true\nmetric = name=sales
log-format = %(method) %(uri) seller=%(seller)
alarm = loud cmd:cat >> {FOLDER}/alarms
spooler-external = {FOLDER}/tasks
`,
    files: { 'app.mjs': APP },
  });
});

afterAll(async () => {
  await engine.dispose();
});

async function evaluate(code: string): Promise<string> {
  return (await engine.get(`/?${encodeURIComponent(code)}`, { fresh: true })).body;
}

test('is one module, however it is imported', async () => {
  expect(
    await evaluate('[required.workerId === workerId, uwsgi.cacheGet === cacheGet, Object.keys(uwsgi).sort()]'),
  ).toBe(JSON.stringify([true, true, declaredNames()]));
});

test('says who runs and with which options', async () => {
  expect(['1', '2']).toContain(await evaluate('workerId()'));
  expect(await evaluate('uwsgi.masterPid()')).toBe(String(engine.pid));
  expect(await evaluate('uwsgi.workerCount()')).toBe('2');
  expect(await evaluate('[uwsgi.options()["js-app"], uwsgi.options().cache2]')).toBe(
    '["app.mjs",["name=default,items=20","name=other,items=20"]]',
  );
  await evaluate('uwsgi.log("a line of the application\\n")');
  await engine.seen('a line of the application\n');
});

test('keeps values in the caches of the instance', async () => {
  expect(
    await evaluate('[await cacheGet("none"), await uwsgi.cacheSet("k", "v"), await uwsgi.cacheSet("k", "w")]'),
  ).toBe('[null,true,false]');
  for (let again = 0; again < 4; again++) expect(await evaluate('cacheGet("k")')).toBe('"v"');
  const bytes = 'uwsgi.cacheUpdate("k", Buffer.from([0, 255])), await cacheGet("k"), await cacheGet("k", "other")';
  expect(await evaluate(`[await ${bytes}]`)).toBe('[true,"\\u0000ÿ",null]');
  expect(await evaluate('[await uwsgi.cacheExists("k"), await uwsgi.cacheKeys(), await uwsgi.cacheDelete("k")]')).toBe(
    '[true,["k"],true]',
  );
  expect(await evaluate('[await uwsgi.cacheIncrement("n", 5), (await cacheGet("n")).readInt32LE(0)]')).toBe('[true,5]');
  expect(await evaluate('[await uwsgi.cacheClear(), await uwsgi.cacheExists("n")]')).toBe('[true,false]');
  expect(await evaluate('cacheGet(3)')).toBe('TypeError: A string or bytes are needed, not number.');
});

test('holds locks that exclude other workers, and gives those of a dead worker back', async () => {
  const before = await Promise.all(Array.from({ length: 12 }, async () => evaluate('counted()')));
  expect(before.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index));
  expect(await evaluate('[await uwsgi.isLocked(2), await uwsgi.lock(2), await uwsgi.isLocked(2)]')).toBe(
    '[false,null,true]',
  );
  const pids = (await engine.stats()).workers.map(({ pid }) => pid);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor('the lock', async () => (await evaluate('uwsgi.isLocked(2)')) === 'false');
  expect(await evaluate('uwsgi.lock(7)')).toContain('RangeError: There is no lock 7');
});

test('lets requests of one worker wait for its lock', async () => {
  const both =
    'const held = uwsgi.withLock(1, () => sleep(20)); return Promise.all([held, uwsgi.withLock(1, () => 2)])';
  expect(await evaluate(`(() => { ${both} })()`)).toBe('[null,2]');
});

test("writes tasks in uWSGI's format", async () => {
  const path: unknown = JSON.parse(
    await evaluate('uwsgi.spool({ name: "x", at: 1800000000, priority: 3, body: "data" })'),
  );
  if (typeof path !== 'string') throw new Error(String(path));
  expect(dirname(path)).toBe(engine.path('tasks/3'));
  const parts = ['\x04\0name\x01\0x', '\x02\0at\x0a\x001800000000', '\x08\0priority\x01\x003'].join('');
  expect(readFileSync(path, 'latin1')).toBe(`\x11${String.fromCharCode(parts.length)}\0\0${parts}data`);
  expect(await evaluate('uwsgi.spool({ spooler: 4 })')).toContain('unable to spool job: 4 is none of the folders');
  expect(await evaluate('uwsgi.spool({ a: "x".repeat(70000) })')).toContain('at most 65535 bytes');
});

test('has the queue and the metrics of the instance', async () => {
  expect(await evaluate('[await uwsgi.queuePush("a"), await uwsgi.queuePush("b"), await uwsgi.queuePush("")]')).toBe(
    '[true,true,false]',
  );
  expect(await evaluate('[await uwsgi.queueLast(2), await uwsgi.queueGet(0), await uwsgi.queueSet(9, "x")]')).toBe(
    '[["b","a"],"a",false]',
  );
  expect(await evaluate('[await uwsgi.queuePull(), await uwsgi.queuePop(), await uwsgi.queuePop()]')).toBe(
    '["a","b",null]',
  );
  expect(await evaluate('[await uwsgi.metricAdd("sales", 3), await uwsgi.metricChange("sales", "multiply", -2)]')).toBe(
    '[true,true]',
  );
  expect(await evaluate('[await uwsgi.metricGet("sales"), await uwsgi.metricGet("none")]')).toBe('[-6,null]');
});

test('knows the present request, the workers and the alarms', async () => {
  expect(await evaluate('sleep(1).then(() => { uwsgi.setLogVariable("seller", "smith"); return "set"; })')).toBe(
    '"set"',
  );
  await engine.seen('seller=smith');
  expect(await evaluate('sleep(1).then(() => uwsgi.requestVariable("REQUEST_METHOD"))')).toBe('"GET"');
  expect(await evaluate('[(await uwsgi.workers()).length, (await uwsgi.totalRequests()) > 0]')).toBe('[2,true]');
  await evaluate('uwsgi.alarm("loud", "the house is on fire")');
  await waitFor('the alarm', () => engine.read('alarms').includes('the house is on fire'));
});

test('handles signals in each worker that is meant, and lives on when a handler fails', async () => {
  // A worker that is just being started is not told.
  await waitFor('both handlers', async () => {
    await evaluate('uwsgi.signal(9)');
    return /^(?=.*\b1:9 )(?=.*\b2:9 )/.test(engine.read('signals'));
  });
  await evaluate('uwsgi.signal(10)');
  await engine.seen('a handler that fails');
  const seen = engine.read('signals').length;
  await evaluate('uwsgi.addTimer(9, 1)');
  await waitFor('the timer', () => engine.read('signals').length > seen);
  expect(await evaluate('uwsgi.signal(256)')).toBe('RangeError: a signal is a number from 0 to 255');
});

test('asks for a reload', async () => {
  await evaluate('uwsgi.reload()');
  await engine.seen('the application asked for a reload');
  await engine.seen('reload', 2);
});

test("has the commons' numbers", async () => {
  const { Op: own }: { Op: Record<string, number> } = await import(pathToFileURL(join(RUNTIME, 'commons.mjs')).href);
  const theirs: Readonly<Record<string, number>> = Op;
  for (const [name, number] of Object.entries(own)) expect([name, theirs[name]]).toEqual([name, number]);
});

/** Functions of uwsgi.d.ts. */
function declaredNames(): string[] {
  const declared = readFileSync(join(RUNTIME, 'uwsgi.d.ts'), 'utf8');
  return [...declared.matchAll(/export function (\w+)/g)].map(([, name]) => name ?? '').toSorted();
}
