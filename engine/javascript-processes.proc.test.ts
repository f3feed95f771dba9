/** JavaScript workers live and die as Python's do: load, kills, reloads, broken versions, recycling, the master's end. */
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOnPath } from './master/interpreter.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';
import { startTraffic } from './testing/traffic.ts';

const APP = `
import { writeFileSync } from 'node:fs';

export default () => {
  writeFileSync('stuck', '');
  for (;;);
};
`;

test('a worker that is stuck in a loop ends when its master is killed', async (context) => {
  context.skip(findOnPath(['setpriv'], process.env) === null, 'setpriv (util-linux) is not installed');
  const engine = await EngineProcess.start({ ini: 'js-app = app.mjs\n', files: { 'app.mjs': APP } });
  const family = descendants(engine.pid);
  try {
    const lost = engine.get('/').catch(() => null);
    await waitFor('a stuck worker', () => readdirSync(engine.folder).includes('stuck'));
    expect(family.length).toBeGreaterThan(0);
    engine.signal('SIGKILL');
    await lost;
    await engine.exited;
    await waitFor('the end of its workers', () => family.every((pid) => !isRunning(pid)));
  } finally {
    for (const pid of family) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`reeve-engine-${engine.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
    await engine.dispose();
  }
});

const SHOP = "export default (req, res) => res.end('one');\n";
const pids = async (engine: EngineProcess): Promise<number[]> => (await engine.stats()).workers.map(({ pid }) => pid);

test('a broken version changes nothing, a reload loses no request, a kill costs what ran there', async () => {
  const ini = 'js-app = app.mjs\nmaster = true\nneed-app = true\ndisable-logging = true\nprocesses = 2\n';
  const engine = await EngineProcess.start({ ini, files: { 'app.mjs': SHOP } });
  try {
    const before = await pids(engine);
    const traffic = startTraffic(engine, { kept: 2, fresh: 1 });
    await waitFor('some answers', () => traffic.answers.length > 50);

    engine.write('app.mjs', "throw new Error('not today');\n");
    engine.signal('SIGHUP');
    await engine.seen('not today');
    await engine.seen('reload failed');
    expect(await pids(engine)).toEqual(before);

    engine.write('app.mjs', SHOP.replace('one', 'two'));
    engine.signal('SIGHUP');
    await engine.seen('reload done');
    await waitFor('answers of the new code', () => traffic.answers.at(-1)?.body === 'two');
    expect(traffic.errors).toEqual([]);
    expect(new Set(traffic.answers.map(({ status }) => status))).toEqual(new Set([200]));

    const [victim = 0] = await pids(engine);
    process.kill(victim, 'SIGKILL');
    await waitFor('its successor', async () => (await pids(engine)).every((pid) => pid > 0 && pid !== victim));
    const after = traffic.answers.length;
    await waitFor('answers beside it', () => traffic.answers.length > after + 50);
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    // What ran on it: requests run beside each other there, one of each client at most.
    expect(traffic.answers.filter(({ status }) => status !== 200).length).toBeLessThanOrEqual(3);
  } finally {
    await engine.dispose();
  }
});

test('a worker that has served max-requests is replaced, and no request is lost', async () => {
  const ini = 'js-app = app.mjs\nmaster = true\nprocesses = 2\nmax-requests = 1000\n';
  const engine = await EngineProcess.start({ ini, files: { 'app.mjs': SHOP } });
  try {
    const before = await pids(engine);
    const traffic = startTraffic(engine, { kept: 2, fresh: 1 });
    await waitFor('new workers', async () => (await pids(engine)).every((pid) => pid > 0 && !before.includes(pid)));
    await traffic.stop();
    expect(traffic.errors).toEqual([]);
    expect(new Set(traffic.answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(engine.log).toContain('max requests');
  } finally {
    await engine.dispose();
  }
});
