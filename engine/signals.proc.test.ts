/**
 * Signals, timers, mules and farms do what they do on a real uWSGI: the same application on both, told the same, and what
 * it notes compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BACKGROUND_APP } from './testing/background-app.ts';
import { evaluate } from './testing/commons-app.ts';
import { EngineProcess, freePort, waitFor } from './testing/engine-process.ts';
import { UwsgiProcess, whyNoUwsgi } from './testing/uwsgi-process.ts';

interface Server {
  call: (...lines: string[]) => Promise<string[]>;
  /** Waits until so many lines were noted; all of them. */
  events: (count: number) => Promise<string[]>;
  path: (name: string) => string;
}

const disposals: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const dispose of disposals.splice(0).toReversed()) await dispose();
});

function serverOf(folder: string, port: number): Server {
  const path = (name: string): string => join(folder, name);
  const read = (): string[] => {
    try {
      return readFileSync(path('events'), 'utf8').split('\n').slice(0, -1);
    } catch {
      // Nothing was noted yet.
      return [];
    }
  };
  return {
    call: async (...lines) => (await evaluate(port, lines)).map(([, result]) => result),
    events: async (count) => {
      await waitFor(`${count} events`, () => read().length >= count).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${read().join('; ')}`);
      });
      return read();
    },
    path,
  };
}

async function startEngine(options: readonly string[], atLoad = '', isDirect = false): Promise<Server> {
  const engine = await EngineProcess.launch({
    ...(isDirect ? { listener: 'socket = 127.0.0.1:{HTTP}' } : {}),
    ini: ['module = app', 'master = true', 'disable-logging = true', ...options].join('\n'),
    files: { 'app.py': BACKGROUND_APP, watched: '' },
    env: { AT_LOAD: atLoad },
  });
  disposals.push(async () => engine.dispose());
  await engine.seen('Reeve is ready');
  return serverOf(engine.folder, engine.port);
}

async function startUwsgi(options: readonly string[], atLoad = ''): Promise<Server> {
  const port = await freePort();
  const own = ['--plugin', 'python3', '--http-socket', `127.0.0.1:${port}`, '--module', 'app', '--disable-logging'];
  const args = options.map((option) => `--${option.replaceAll(' ', '')}`);
  const files = { 'app.py': BACKGROUND_APP, watched: '' };
  const uwsgi = await UwsgiProcess.start([...own, ...args], files, { AT_LOAD: atLoad });
  disposals.push(async () => uwsgi.dispose());
  return serverOf(uwsgi.folder, port);
}

function ringing(events: readonly string[], number: number): number {
  return events.filter((line) => line === `signal ${number} worker1`).length;
}

const VARIANTS: [name: string, options: string[]][] = [
  ['one thread', []],
  ['threads', ['threads = 2']],
  ['worker-accept', ['worker-accept = true']],
  ['lazy-apps', ['lazy-apps = true']],
];

describe('as on uWSGI', () => {
  beforeEach(({ skip }) => {
    const reason = whyNoUwsgi();
    skip(reason !== null, reason ?? '');
  });

  const OPTIONS = ['processes = 2', 'mules = 3', 'farm = solo:2', 'farm = pair:1,2', 'spooler = spool'];

  it('a signal is handled by those that its target names', async () => {
    const seen: string[][] = [];
    for (const start of [startUwsgi, startEngine]) {
      const server = await start(OPTIONS);
      // Those for more than one process are noted by each.
      const counts = [1, 2, 1, 1, 3, 1, 1, 1, 2, 1, 1];
      let total = 0;
      for (const [number, count] of counts.entries()) {
        expect(await server.call(`uwsgi.signal(${number})`)).toEqual(['None']);
        total += count;
        await server.events(total);
      }
      const events = await server.events(total);
      // Of `worker`, `mule` and a farm of two any may take it.
      seen.push(events.map((line) => (/^signal (0|9|10) /.test(line) ? line.replace(/\d$/, '') : line)).toSorted());
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('messages reach the mule, one of the farm, or any mule', async () => {
    const options = ['mule', 'mule', 'mule = app:loop()', 'farm = solo:2'];
    const seen: string[][] = [];
    const results: string[][] = [];
    for (const start of [startUwsgi, startEngine]) {
      const server = await start(options);
      // The third has waited in vain for a second, in which it could have taken what is for any.
      expect(await server.events(1)).toHaveLength(1);
      results.push(
        await server.call(
          "uwsgi.mule_msg(b'one', 1)",
          "uwsgi.mule_msg('two', 2)",
          "uwsgi.mule_msg(b'three', 3)",
          "uwsgi.farm_msg('solo', b'farm')",
          "uwsgi.farm_msg('none', b'farm')",
          "uwsgi.mule_msg(b'', 1)",
          "uwsgi.mule_msg(b'x', 4)",
          "uwsgi.mule_msg(b'x', -1)",
          "uwsgi.mule_msg(b'x', 'solo')",
          'uwsgi.mule_get_msg()',
          'uwsgi.farm_get_msg()',
          'uwsgi.mule_id()',
          "uwsgi.in_farm('solo')",
          'uwsgi.signal_registered(2)',
          'uwsgi.signal_registered(99)',
        ),
      );
      seen.push((await server.events(6)).toSorted());
    }
    expect(results[1]).toEqual(results[0]);
    expect(seen[1]).toEqual(seen[0]);
  });

  it('timers ring as often as they were asked to, and a change of a file is told', async () => {
    const atLoad = "uwsgi.add_rb_timer(21, 1, 2), uwsgi.add_timer(22, 1), uwsgi.add_file_monitor(23, 'watched')";
    const seen = async (start: typeof startUwsgi | typeof startEngine): Promise<boolean[]> => {
      const server = await start(['processes = 1'], atLoad);
      // The other timer tells when four seconds are over.
      const rung = await waitFor('four rings', async () => {
        const events = await server.events(1);
        return ringing(events, 22) >= 4 ? events : null;
      });
      writeFileSync(server.path('watched'), 'changed');
      await waitFor('the change', async () => ringing(await server.events(1), 23) >= 1);
      return [ringing(rung, 21) === 2, ringing(rung, 23) === 0];
    };
    expect(await Promise.all([seen(startUwsgi), seen(startEngine)])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it('a worker that serves one request at a time runs a handler after its request', async () => {
    const seen: string[][] = [];
    for (const start of [startUwsgi, startEngine]) {
      const server = await start(['processes = 1']);
      await server.call("note('begin'), uwsgi.signal(2), time.sleep(0.3), note('end')");
      seen.push(await server.events(3));
    }
    expect(seen[0]).toEqual(['begin', 'end', 'signal 2 worker1']);
    expect(seen[1]).toEqual(seen[0]);
  });
});

describe.each(VARIANTS)('with %s', (_name, more) => {
  const isDirect = more.includes('worker-accept = true');

  it('signals reach workers and mules, also while nobody asks for anything', async () => {
    const touches = [1, 2, 5].map((number) => `touch-signal = {FOLDER}/touch-${number} ${number}`);
    const server = await startEngine(['processes = 2', 'mules = 1', ...touches, ...more], '', isDirect);
    const touch = (number: number): void => writeFileSync(server.path(`touch-${number}`), '');
    touch(1);
    expect((await server.events(2)).toSorted()).toEqual(['signal 1 worker1', 'signal 1 worker2']);
    touch(2);
    expect((await server.events(3)).at(-1)).toBe('signal 2 worker1');
    // A mule without the application knows no handler.
    if (more.includes('lazy-apps = true')) return;
    touch(5);
    expect((await server.events(4)).at(-1)).toBe('signal 5 mule1');
  });

  it('none of many signals is lost', async ({ skip }) => {
    skip(isDirect, 'its socket speaks uwsgi, and the calls of this test are HTTP');
    const server = await startEngine(['processes = 2', ...more]);
    for (let round = 0; round < 50; round++) await server.call('uwsgi.signal(2), uwsgi.signal(3)');
    const events = await server.events(100);
    expect(events.filter((line) => line === 'signal 2 worker1')).toHaveLength(50);
    expect(events.filter((line) => line === 'signal 3 worker2')).toHaveLength(50);
  });
});
