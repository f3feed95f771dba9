/**
 * A server without an address to answer on, as people run one for crons, tasks or daemons alone: no workers and no
 * gateways, all else as ever. What it is allowed for stands in engine/config/finish-listeners.ts.
 */
import { afterEach, expect, test } from 'vitest';
import type { StatsSpooler } from './api/stats.ts';
import { EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

/** The mule gets a signal each second and puts a task in. */
const TASKS = `
import json
import uwsgi

def run(task):
    with open("ran.json", "w") as file:
        json.dump({"number": task[b"number"].decode(), "mule": uwsgi.mule_id(), "workers": uwsgi.numproc}, file)
    return uwsgi.SPOOL_OK

uwsgi.spooler = run
uwsgi.register_signal(7, "mule1", lambda number: uwsgi.spool({b"number": str(number).encode()}))
uwsgi.add_timer(7, 1)
`;

let engine: EngineProcess | null = null;

afterEach(async () => {
  await engine?.dispose();
  engine = null;
});

async function spoolerOf(started: EngineProcess): Promise<StatsSpooler> {
  const { spoolers } = await started.stats();
  if (spoolers?.[0] === undefined) throw new Error('no spooler');
  return spoolers[0];
}

test('runs the spooler and the mule of its application, also after a reload', async () => {
  const started = await EngineProcess.start({
    listener: '',
    ini: 'import = tasks.py\npythonpath = {FOLDER}/lib\nspooler = {FOLDER}/q\nspooler-chdir = {FOLDER}\nmule = true\nprocesses = 4\n',
    files: { 'tasks.py': TASKS },
  });
  engine = started;
  expect(started.log).toContain('Reeve is ready: 0 workers');
  const ran = async (): Promise<unknown> =>
    JSON.parse(await waitFor(`a task\n${started.log}`, () => started.read('ran.json') || null));
  expect(await ran()).toEqual({ number: '7', mule: 0, workers: 0 });
  const { workers, sockets } = await started.stats();
  expect([workers, sockets]).toEqual([[], []]);

  const { pid } = await spoolerOf(started);
  started.signal('SIGHUP');
  await waitFor(`another spooler\n${started.log}`, async () => {
    const now = await spoolerOf(started);
    return now.pid !== 0 && now.pid !== pid;
  });
  started.write('ran.json', '');
  expect(await ran()).toEqual({ number: '7', mule: 0, workers: 0 });
  started.signal('SIGINT');
  expect(await started.exited).toBe(0);
});

test('starts its daemon once, and ends with it', async () => {
  const started = await EngineProcess.start({ listener: '', ini: 'attach-daemon = sleep 1000\n' });
  engine = started;
  const pid = await waitFor(`the daemon\n${started.log}`, async () => {
    const found = (await started.stats()).daemons?.[0]?.pid ?? 0;
    return found === 0 ? null : found;
  });
  started.signal('SIGINT');
  expect(await started.exited).toBe(0);
  expect(started.count('spawning "sleep 1000"')).toBe(1);
  expect(isRunning(pid)).toBe(false);
});
