/**
 * Rehearsals for real: a file whose server runs (a real uWSGI, and the bundled engine) is rehearsed beside it, and the
 * server notices nothing; applications that hang, crash or are missing; what is left after an end of any kind.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../contract/rehearsal.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';

let bench: CoreBench;

beforeEach(async () => {
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench.dispose();
});

/** Every file, socket and FIFO of the application's folder: what it is, when it was written, and what is in it. */
async function stateOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => name !== 'data' && name !== '__pycache__');
  const entries = names.map(async (name) => {
    const info = await lstat(join(folder, name));
    const digest = info.isFile()
      ? createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex')
      : '';
    return [name, [info.ino, info.mode, info.mtimeMs, info.size, digest].join(' ')] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function shopText(more: string[] = []): Promise<{ text: string; stats: string }> {
  const stats = join(bench.folder, 'shop.stats');
  const lines = [
    '[uwsgi]',
    'plugins = python3',
    `http-socket = 127.0.0.1:${await bench.freePort()}`,
    'socket = %d/shop.sock',
    'wsgi-file = app.py',
    'master = true',
    'processes = 3',
    `stats = ${stats}`,
    'master-fifo = %d/shop.fifo',
    'pidfile = %d/shop.pid',
    'logto = %d/shop.log',
    'touch-reload = %p',
    'exec-as-user = touch %d/hook-ran',
    'vacuum = true',
    ...more,
  ];
  return { text: `${lines.join('\n')}\n`, stats };
}

async function rehearse(instanceId: string, text: string): Promise<Rehearsal> {
  const seen = bench.collect('rehearse.changed');
  const first = await bench.client.call('rehearse.start', { instanceId, text });
  if (first.status === 'consent') {
    const { digest } = first.consent;
    expect(await bench.client.call('rehearse.start', { instanceId, text, consent: digest })).toMatchObject({
      status: 'started',
    });
  }
  return waitUntil('the verdict', () => seen.find(({ verdict }) => verdict !== null));
}

function processes(): string[] {
  return execFileSync('ps', ['-eo', 'args']).toString().split('\n');
}

async function leftovers(): Promise<string[]> {
  const run = join(bench.folder, 'data', 'run');
  const ours = processes().filter((args) => args.includes(bench.folder) && args.includes('rehearsal.ini'));
  return [...(await readdir(run)).filter((name) => name.startsWith('rehearse-')), ...ours];
}

async function runEngine(app: string, more: string[] = []): Promise<{ id: string; text: string }> {
  await bench.write('app.py', app);
  const lines = ['[uwsgi]', `http-socket = 127.0.0.1:${await bench.freePort()}`, 'wsgi-file = app.py', ...more];
  const text = `${lines.join('\n')}\n`;
  const path = await bench.write('app.ini', text);
  await bench.startCore();
  const { id } = await bench.client.call('engine.run', { path });
  return { id, text };
}

describe('a rehearsal beside a real uWSGI', () => {
  beforeEach((context) => context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed'));

  it('loads the edited file, asks it, and leaves the running server as it is, byte for byte', async () => {
    const { text, stats } = await shopText();
    await bench.write('app.py', APP);
    const path = await bench.write('shop.ini', text);
    await bench.startUwsgi(['--ini', path]);
    await bench.startCore();
    const { id } = await waitUntil('the server', async () =>
      bench.client.call('instances.attach', { statsAddress: stats }).catch(() => null),
    );
    await waitUntil('the link', async () => (await bench.instance(id)).link.status === 'attached');
    const pid = (await bench.instance(id)).masterPid;
    const { figures } = await bench.instance(id);
    const before = await stateOf(bench.folder);

    const report = await rehearse(id, text.replace('processes = 3', 'processes = 8\nchroot = /jail'));

    expect(report.verdict).toMatchObject({
      status: 'done-with',
      title: 'Done, with 1 line that the engine cannot rehearse',
    });
    expect(report.answer).toMatchObject({ status: 200 });
    expect(report.workers).toBe(2);
    expect(report.lines.map(({ kind, option, line }) => `${kind} ${option}:${line}`)).toEqual([
      'moved http-socket:3',
      'moved socket:4',
      'changed processes:7',
      'not-supported chroot:8',
      'moved stats:9',
      'moved master-fifo:10',
      'moved pidfile:11',
      'left-out logto:12',
      'left-out touch-reload:13',
      'left-out exec-as-user:14',
    ]);
    expect(await stateOf(bench.folder)).toEqual(before);
    expect(await leftovers()).toEqual([]);
    const after = await bench.instance(id);
    expect(after.masterPid).toBe(pid);
    expect(after.figures?.requestsTotal).toBe(figures?.requestsTotal);
  });
});

describe('a rehearsal of what the bundled engine runs', () => {
  it('shows the traceback of a module that is missing while the old application serves on', async () => {
    const { id, text } = await runEngine(APP);
    await waitUntil('the engine', async () => (await bench.instance(id)).engine?.status === 'running');
    await bench.write('new.py', 'import nothere\n');
    const report = await rehearse(id, text.replace('app.py', 'new.py'));
    expect(report.verdict?.title).toBe('Would not start');
    expect(report.verdict?.detail).toContain("ModuleNotFoundError: No module named 'nothere'");
    expect(report.steps.find(({ id: step }) => step === 'app')).toMatchObject({ status: 'failed' });
    expect(report.problems[0]).toMatchObject({ severity: 'error', line: 3, file: expect.stringMatching(/app\.ini$/) });
    expect((await bench.instance(id)).engine?.status).toBe('running');
    expect(await leftovers()).toEqual([]);
  });

  it('names the lines of errors without starting anything', async () => {
    const { id, text } = await runEngine(APP);
    const report = await rehearse(id, `${text}harakirri = 30\nchmod-socket = rwx\n`);
    expect(report.verdict?.title).toBe('Would not start');
    expect(report.problems.filter(({ severity }) => severity === 'error').map(({ line }) => line)).toEqual([4, 5]);
    expect(report.steps.filter(({ status }) => status === 'skipped')).toHaveLength(4);
  });

  it('of an application that hangs can be cancelled, refuses a second one meanwhile, and leaves nothing', async () => {
    const { id, text } = await runEngine(APP);
    await bench.write('hang.py', 'import time\nopen(__file__ + ".runs", "w").close()\ntime.sleep(1000)\n');
    const seen = bench.collect('rehearse.changed');
    const hanging = text.replace('app.py', 'hang.py');
    await bench.client.call('rehearse.start', { instanceId: id, text: hanging });
    await waitUntil('the import', async () => lstat(join(bench.folder, 'hang.py.runs')).catch(() => null));
    await expect(bench.client.call('rehearse.start', { instanceId: id, text: hanging })).rejects.toMatchObject({
      code: 'rehearse-running',
    });
    await bench.client.call('rehearse.cancel', { instanceId: id });
    const { verdict } = await waitUntil('the end', () => seen.find((data) => data.verdict !== null));
    expect(verdict?.status).toBe('cancelled');
    expect(await leftovers()).toEqual([]);
  });

  it('of a Reeve that was killed ends by itself, and the next one removes its folder', async () => {
    await bench.write('hang.py', 'import time\nopen(__file__ + ".runs", "w").close()\ntime.sleep(1000)\n');
    await bench.write('app.py', APP);
    const head = '[uwsgi]\nhttp-socket = %d/a.sock\nwsgi-file = ';
    const hanging = await bench.write('hang.ini', `${head}hang.py\n`);
    const good = await bench.write('good.ini', `${head}app.py\n`);
    const temporary = await mkdtemp(join(tmpdir(), 'reeve-t-'));
    const main = join(import.meta.dirname, '../../cli/main.ts');
    const env = { ...process.env, TMPDIR: temporary };
    const child = spawn(process.execPath, [main, 'rehearse', hanging], { env, stdio: 'ignore' });
    await waitUntil('the import', async () => lstat(join(bench.folder, 'hang.py.runs')).catch(() => null));
    child.kill('SIGKILL');
    await waitUntil('the engine to end', () => !processes().some((args) => args.includes(temporary)));
    const { stdout } = await promisify(execFile)(process.execPath, [main, 'rehearse', good, '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: { status: 'done' }, answer: { status: 200 } });
    expect((await readdir(temporary)).filter((name) => /^(rehearse|reeve-engine)-/.test(name))).toEqual([]);
    await rm(temporary, { recursive: true, force: true });
  });

  it('is ended with Reeve', async () => {
    const { id, text } = await runEngine(APP);
    await bench.write('hang.py', 'import time\nopen(__file__ + ".runs", "w").close()\ntime.sleep(1000)\n');
    await bench.client.call('rehearse.start', { instanceId: id, text: text.replace('app.py', 'hang.py') });
    await waitUntil('the import', async () => lstat(join(bench.folder, 'hang.py.runs')).catch(() => null));
    await bench.stopCore();
    expect(await leftovers()).toEqual([]);
  });
});
