/**
 * What processes share, where one of them dies, waits, reloads or sends nonsense: locks between workers, stores that
 * outlive a kill -9, and a wire that only those with the token can use.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { EVAL_APP, evaluate, evaluateOne } from './testing/commons-app.ts';
import { EngineProcess, waitFor } from './testing/engine-process.ts';

const engines: EngineProcess[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.dispose();
});

async function start(options: string, files: Record<string, string> = {}): Promise<EngineProcess> {
  const engine = await EngineProcess.start({
    ini: `wsgi-file = app.py\nmaster = true\n${options}`,
    files: { 'app.py': EVAL_APP, ...files },
  });
  engines.push(engine);
  return engine;
}

/** Starts the engine again on the folder of one that has ended. */
async function startAgain(before: EngineProcess, options: string): Promise<EngineProcess> {
  return start(options.replaceAll('{FOLDER}', before.folder));
}

/** The commons' socket of an engine. */
function wireOf(engine: EngineProcess): string {
  const folder = readdirSync(tmpdir()).find((name) => name.startsWith(`reeve-engine-${engine.pid}-`));
  if (folder === undefined) throw new Error('no run folder');
  return join(tmpdir(), folder, 'commons');
}

async function holder(engine: EngineProcess, lock: string): Promise<number> {
  const found = (await engine.stats()).locks.find((one) => lock in one);
  return found?.[lock] ?? -1;
}

describe('locks', () => {
  test('one that is held makes others wait, one after the other, and is free when its holder is killed', async () => {
    const engine = await start('processes = 3\nlocks = 1\n');
    // A thread of a worker holds it as long as its request runs.
    const waiting = (name: string): string =>
      `uwsgi.lock(1), open(${JSON.stringify(engine.path('order'))}, 'a').write('${name}'), uwsgi.unlock(1)`;
    const first = evaluateOne(
      engine.port,
      `uwsgi.lock(1), open(${JSON.stringify(engine.path('held'))}, 'w').write(str(os.getpid())), time.sleep(60)`,
    ).catch(() => 'killed');
    const pid = Number(await waitFor('the holder', () => engine.read('held') || null));
    await waitFor('the holder in the statistics', async () => (await holder(engine, 'user 1')) === pid);
    const second = evaluateOne(engine.port, waiting('2'));
    await waitFor('a second busy worker', async () => busyWorkers(engine, 2));
    const third = evaluateOne(engine.port, waiting('3'));
    await waitFor('three busy workers', async () => busyWorkers(engine, 3));
    expect(engine.read('order')).toBe('');
    process.kill(pid, 'SIGKILL');
    expect(await second).toContain('None');
    expect(await third).toContain('None');
    await first;
    expect(engine.read('order').split('').toSorted()).toEqual(['2', '3']);
    await waitFor('the lock to be free in the statistics', async () => (await holder(engine, 'user 1')) === 0);
  });

  test('what would wait for itself for ever is an error, and who does not hold it can not give it back', async () => {
    const engine = await start('processes = 1\nthreads = 2\n');
    const [again, other] = await evaluate(engine.port, [
      'uwsgi.lock() or uwsgi.lock()',
      'threading.Thread(target=uwsgi.unlock).start() or time.sleep(0.2) or uwsgi.is_locked()',
    ]);
    expect(again?.[1]).toBe("RuntimeError: uwsgi.lock(0): this thread holds the lock 'user 0' already");
    expect(other?.[1]).toBe('True');
    // A thread that ends gives back what it holds.
    const ended = await evaluate(engine.port, [
      'uwsgi.unlock()',
      'threading.Thread(target=uwsgi.lock).start() or time.sleep(0.2) or uwsgi.is_locked()',
    ]);
    expect(ended[1]?.[1]).toBe('False');
  });

  test('a signal whose handler raises ends the wait, and leaves the locks that the thread has', async () => {
    const engine = await start('processes = 2\nlocks = 2\n', {
      'app.py': EVAL_APP.replace('import os\n', 'import os\nimport signal\n').replace(
        'NAMES = {',
        'def late(*_):\n    raise TimeoutError("late")\n\n\nsignal.signal(signal.SIGALRM, late)\nNAMES = {"signal": signal, ',
      ),
    });
    const busy = evaluateOne(engine.port, 'uwsgi.lock(1), time.sleep(1), uwsgi.unlock(1)');
    await waitFor('the lock', async () => (await holder(engine, 'user 1')) > 0);
    const results = await evaluate(engine.port, [
      'uwsgi.lock(2)',
      'signal.setitimer(signal.ITIMER_REAL, 0.2) and uwsgi.lock(1)',
      'uwsgi.is_locked(2)',
      'uwsgi.unlock(2)',
      'uwsgi.is_locked(2)',
    ]);
    expect(results.map(([, result]) => result)).toEqual(['None', 'TimeoutError: late', 'True', 'None', 'False']);
    await busy;
    expect(await evaluateOne(engine.port, 'uwsgi.lock(1), uwsgi.unlock(1)')).toBe('(None, None)');
  });
});

describe('caches', () => {
  test('a reload of the workers keeps them, and one whose shape has changed begins anew', async () => {
    const engine = await start('cache2 = name=a,items=10\ncache2 = name=b,items=10\n');
    await evaluate(engine.port, ["uwsgi.cache_set('k', b'a', 0, 'a')", "uwsgi.cache_set('k', b'b', 0, 'b')"]);
    engine.writeIni(
      'wsgi-file = app.py\nmaster = true\ncache2 = name=a,items=10\ncache2 = name=b,items=20\ncache2 = name=c,items=5\n',
    );
    engine.signal('SIGHUP');
    await waitFor('the new cache', async () => (await engine.stats()).caches?.length === 3);
    await waitFor('the reload', async () => (await engine.stats()).reeve?.last_reload?.status === 'done');
    const results = await evaluate(engine.port, [
      "uwsgi.cache_get('k', 'a')",
      "uwsgi.cache_get('k', 'b')",
      "uwsgi.cache_set('k', b'c', 0, 'c')",
    ]);
    expect(results.map(([, result]) => result)).toEqual(["b'a'", 'None', 'True']);
  });

  test('a store and the store of the queue outlive a kill -9 of the engine, without their last, torn record', async () => {
    const options =
      'cache2 = name=kept,items=100,store={FOLDER}/cache.store\nqueue = 5\nqueue-store = {FOLDER}/queue.store\n';
    const engine = await start(options);
    const before = [
      "uwsgi.cache_set('a', b'1')",
      "uwsgi.cache_inc('n', 5)",
      "uwsgi.cache_set('gone', b'1') and uwsgi.cache_del('gone')",
      "uwsgi.cache_set('short', b'1', 1)",
      "[uwsgi.queue_push(text) for text in ('x', 'y', 'z')], uwsgi.queue_pull()",
    ];
    expect((await evaluate(engine.port, before)).every(([, result]) => result !== 'None')).toBe(true);
    engine.signal('SIGKILL');
    await engine.exited;
    const store = readFileSync(engine.path('cache.store'));
    writeFileSync(engine.path('cache.store'), Buffer.concat([store, Buffer.from([9, 0, 0, 0, 1, 2])]));

    const again = await startAgain(engine, options);
    await waitFor(
      'the time of one item to be over',
      async () => (await evaluateOne(again.port, "uwsgi.cache_get('short')")) === 'None',
    );
    const after = await evaluate(again.port, [
      "uwsgi.cache_get('a')",
      "uwsgi.cache_get('n')",
      "uwsgi.cache_exists('gone')",
      'uwsgi.queue_slot(), uwsgi.queue_pull(), uwsgi.queue_pop(), uwsgi.queue_pull()',
    ]);
    expect(after.map(([, result]) => result)).toEqual([
      "b'1'",
      "b'\\x05\\x00\\x00\\x00\\x00\\x00\\x00\\x00'",
      'None',
      "(3, b'y', b'z', None)",
    ]);
    expect(again.log).toContain('the last 6 bytes of the store');
    expect(again.log).toContain('cache "kept": ');
    again.signal('SIGINT');
    expect(await again.exited).toBe(0);
  });

  test('a store of another program ends the start, unless store_delete replaces it; the old form has a store, too', async () => {
    const engine = await start(
      'cache = 5\ncache-blocksize = 100\ncache-store = {FOLDER}/old.store\ncache-store-sync = 1\n',
    );
    expect(
      await evaluateOne(engine.port, "uwsgi.cache_set('a', b'1' * 101), uwsgi.cache_set('a', b'1', 0, 'default')"),
    ).toBe('(None, True)');
    await waitFor('the store', () => existsSync(engine.path('old.store')) && engine.read('old.store').includes('a1'));
    engine.write('raw.store', 'x'.repeat(10_000));
    const refused = await EngineProcess.launch({
      ini: `wsgi-file = app.py\ncache2 = name=a,items=5,store=${engine.path('raw.store')}\n`,
      files: { 'app.py': EVAL_APP },
    });
    engines.push(refused);
    expect(await refused.exited).toBe(1);
    expect(refused.log).toContain("raw.store is no store of this engine (uWSGI's own stores can not be read)");
    expect(statSync(engine.path('raw.store')).size).toBe(10_000);
    await start(`cache2 = name=a,items=5,store=${engine.path('raw.store')},store_delete=1\n`);
    expect(statSync(engine.path('raw.store')).size).toBeLessThan(100);
  });

  test('items and files are in their caches from the start, and the time of items is over by itself', async () => {
    const engine = await start(
      [
        'cache2 = name=a,items=10',
        'cache2 = name=b,items=10',
        'add-cache-item = plain=first=1',
        'add-cache-item = b second=2',
        'load-file-in-cache = data.txt',
        'load-file-in-cache-gzip = b data.txt',
        'cache-expire-freq = 1',
        'cache-report-freed-items = true',
      ].join('\n'),
      { 'data.txt': 'some data' },
    );
    const results = await evaluate(engine.port, [
      "uwsgi.cache_get('plain')",
      "uwsgi.cache_get('second', 'b')",
      "uwsgi.cache_get('data.txt')",
      "uwsgi.cache_get('data.txt', 'b').hex()",
      "uwsgi.cache_set('soon', b'1', 1)",
    ]);
    expect(results.slice(0, 3).map(([, result]) => result)).toEqual(["b'first=1'", "b'2'", "b'some data'"]);
    expect(gunzipSync(Buffer.from(results[3]?.[1]?.slice(1, -1) ?? '', 'hex')).toString()).toBe('some data');
    await engine.seen('freed 1 items for cache "a"');
    expect((await engine.stats()).caches?.[0]?.items).toBe(2);
  });

  test('cache-no-expire keeps what is over, cache-use-last-modified shows when the old form was changed', async () => {
    const engine = await start('cache = 5\ncache-no-expire = true\ncache-use-last-modified = true\n');
    expect(await evaluateOne(engine.port, "uwsgi.cache_set('a', b'1', 1), time.sleep(1.2), uwsgi.cache_get('a')")).toBe(
      "(True, None, b'1')",
    );
    await waitFor(
      'the time of the change',
      async () => ((await engine.stats()).caches?.[0]?.last_modified_at ?? 0) > 0,
    );
  });

  test('the application may use them while it is loaded, and forks of its own have connections of their own', async () => {
    const fork = [
      'def fork():',
      '    uwsgi.lock()',
      '    child = os.fork()',
      '    if child == 0:',
      "        uwsgi.cache_set('child', b'%d' % uwsgi.is_locked())",
      '        os._exit(0)',
      '    os.waitpid(child, 0)',
      "    return uwsgi.cache_get('child'), uwsgi.is_locked(), uwsgi.unlock(), uwsgi.is_locked()",
    ].join('\n');
    const loading = "uwsgi.cache_set('loaded', b'%d' % uwsgi.worker_id())";
    const engine = await start('processes = 2\ncache2 = name=a,items=10\n', {
      'app.py': EVAL_APP.replace('NAMES = {', `${loading}\n\n\n${fork}\n\n\nNAMES = {"fork": fork, `),
    });
    expect(await evaluateOne(engine.port, "uwsgi.cache_get('loaded'), fork()")).toBe(
      "(b'0', (b'1', True, None, False))",
    );
  });

  test('values of a megabyte and many threads at once get their own answers', async () => {
    const engine = await start('processes = 2\nthreads = 8\ncache2 = name=a,items=200,blocksize=1100000\n');
    const results = await Promise.all(
      Array.from({ length: 24 }, async (_, n) => evaluateOne(engine.port, largeAndSmall(n))),
    );
    expect(new Set(results)).toEqual(new Set(['[True, True, True, True]']));
  });
});

describe('the wire', () => {
  test('nonsense, a wrong token and a length of four gigabytes end that connection and nothing else', async () => {
    const engine = await start('cache2 = name=a,items=5\n');
    const path = wireOf(engine);
    const hello = Buffer.alloc(49);
    hello.writeUInt32LE(45, 0);
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), hello, Buffer.alloc(100, 0xff), Buffer.alloc(5)]) {
      await ended(path, bytes);
    }
    expect(await evaluateOne(engine.port, "uwsgi.cache_set('a', b'1'), uwsgi.cache_get('a')")).toBe("(True, b'1')");
    // A worker's own connection, beyond what any request can be.
    const results = await evaluate(engine.port, [
      'import reeve_commons, struct',
      "reeve_commons.take().sock.sendall(struct.pack('<IB', 2**32 - 1, 17))",
      "reeve_commons.call(reeve_commons.CACHE_SET, b'')",
      'reeve_commons.call(200, b"")',
      "uwsgi.cache_get('a')",
      "uwsgi.cache_set('b', b'x' * 5000000)",
    ]);
    expect(results.slice(2, 4).every(([, result]) => result.startsWith('ConnectionResetError'))).toBe(true);
    expect(results.slice(4).map(([, result]) => result)).toEqual(["b'1'", 'None']);
    await engine.seen('a request ends before its fields do');
  });
});

async function busyWorkers(engine: EngineProcess, count: number): Promise<boolean> {
  return (await engine.stats()).workers.filter(({ status }) => status === 'busy').length >= count;
}

/** Sends the bytes and resolves when the connection has been ended. */
async function ended(path: string, bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket: Socket = connect(path, () => socket.write(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

/** Values of one's own in all sizes, each read back. */
function largeAndSmall(n: number): string {
  const key = `'k${n}'`;
  const value = `bytes([${n}]) * size`;
  return `[uwsgi.cache_update(${key}, ${value}) and uwsgi.cache_get(${key}) == ${value} for size in (1, 100, 70000, 1048576)]`;
}
