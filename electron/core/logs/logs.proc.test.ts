import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../contract/logs-model.ts';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { writeFifo } from './testing/write-fifo.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the log of a real uWSGI', () => {
  let web: Sshd;
  let standIns: CoreBench;
  let bench: CoreBench;
  let lines: LogLine[] = [];
  let port = 0;

  beforeAll(async () => {
    standIns = await CoreBench.make();
    web = await Sshd.start({ path: standIns.folder });
  });

  afterAll(async () => {
    await web?.dispose();
    await standIns?.dispose();
  });

  beforeEach(async () => {
    bench = await CoreBench.make();
    await writeSshHome(bench.folder, [{ alias: 'web1', sshd: web }]);
    lines = [];
  });

  afterEach(async () => {
    await bench.dispose();
  });

  async function startServer(...more: string[]): Promise<string> {
    port = await bench.freePort();
    const app = await bench.write('app.py', APP);
    const stats = join(bench.folder, 'app.stats');
    const served = ['--plugin', 'python3', '--wsgi-file', app, '--master', '--http-socket', `127.0.0.1:${port}`];
    const control = ['--stats', stats, '--master-fifo', join(bench.folder, 'app.fifo'), '--processes', '2'];
    await bench.startUwsgi([...served, ...control, ...more]);
    await waitUntil('the stats socket', () => existsSync(stats));
    return stats;
  }

  async function follow(statsAddress: string): Promise<{ id: string; source: string }> {
    const { client } = bench;
    const { id } = await client.call('instances.attach', { statsAddress });
    const { preferred } = await client.call('log.sources', { instanceId: id });
    if (preferred === null) throw new Error('no source can be read');
    client.on('log.lines', (payload) => {
      if (payload.source === preferred) lines.push(...payload.lines);
    });
    const first = await client.call('log.follow', { instanceId: id, source: preferred, most: 1_000 });
    lines.unshift(...first.lines.filter(({ seq }) => lines.every((line) => line.seq !== seq)));
    return { id, source: preferred };
  }

  async function ask(from: number, to: number): Promise<void> {
    for (let i = from; i < to; i += 1) await (await fetch(`http://127.0.0.1:${port}/n/${i}?t=${i}`)).text();
  }

  const seen = (): number[] => {
    const found = [...new Map(lines.map((line) => [line.seq, line])).values()];
    return found.flatMap(({ request }) => {
      const number = /^\/n\/(\d+)/.exec(request?.uri ?? '')?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  };

  it('comes over SSH, parsed by its log-format, each line once: rotated, reopened, and with sshd killed in between', async () => {
    const log = join(bench.folder, 'app.log');
    await startServer(
      '--logto',
      log,
      '--log-master',
      '--log-format',
      '%(addr) "%(method) %(uri) %(proto)" %(status) %(micros)us w%(wid)/%(pid)',
    );
    await bench.startCore();
    const { source } = await follow(`ssh://web1${join(bench.folder, 'app.stats')}`);
    expect(source).toBe(`file:${log}`);

    await ask(0, 50);
    await waitUntil('the first requests', () => seen().length >= 50);
    await rename(log, `${log}.1`);
    await ask(50, 60);
    await writeFifo(join(bench.folder, 'app.fifo'), 'l');
    await waitUntil('the new file', () => existsSync(log));
    await ask(60, 100);
    await waitUntil(`the requests after the rotation, not ${seen().length}`, () => seen().length >= 100);

    await web.kill();
    await ask(100, 120);
    await rename(log, `${log}.2`);
    await ask(120, 130);
    await writeFifo(join(bench.folder, 'app.fifo'), 'l');
    await waitUntil('the newest file', () => existsSync(log));
    await ask(130, 150);
    await web.restart();
    await bench.client.call('hosts.connect', { destination: 'web1' });
    await waitUntil(`the requests after the return, not ${seen().length}`, () => seen().length >= 150);

    // Two workers log in an order of their own: what counts is the order of the files.
    const files = await Promise.all([`${log}.1`, `${log}.2`, log].map(async (path) => readFile(path, 'utf8')));
    expect(seen()).toEqual([...files.join('').matchAll(/\/n\/(\d+)\?/g)].map(([, number]) => Number(number)));
    expect([...seen()].sort((a, b) => a - b)).toEqual(upTo(150));
    const last = lines.findLast(({ request }) => request !== null);
    expect(last).toMatchObject({ level: 'request', wid: expect.any(Number), pid: expect.any(Number) });
    expect(last?.request).toMatchObject({ method: 'GET', status: 200, client: '127.0.0.1' });
    expect(lines.filter(({ level }) => level === 'note').map(({ text }) => text)).toEqual([
      expect.stringContaining('rotated'),
      expect.stringContaining('rotated'),
    ]);
  });

  it('is found where standard error goes, and what it says is as old as it says', async () => {
    const stats = await startServer('--daemonize', join(bench.folder, 'daemon.log'));
    await bench.startCore();
    const { source } = await follow(stats);
    expect(source).toBe(`file:${join(bench.folder, 'daemon.log')}`);
    await ask(0, 3);
    await waitUntil('the requests', () => seen().length >= 3);
    const request = lines.find((line) => line.request !== null);
    expect(Math.abs((request?.atMs ?? 0) - Date.now())).toBeLessThan(10_000);
    expect(request?.request?.tookMs).not.toBeNull();
    expect((await bench.instance((await bench.client.call('instances.list', {})).instances[0]?.id ?? '')).machine).toBe(
      'local',
    );
    await writeFifo(join(bench.folder, 'app.fifo'), 'Q');
    await waitUntil('its end', () => !existsSync(stats) || lines.some(({ text }) => /goodbye|brutally/.test(text)));
  });

  it('that goes nowhere readable is told, with the line that adds one', async () => {
    const stats = await startServer();
    await bench.startCore();
    const { id } = await bench.client.call('instances.attach', { statsAddress: stats });
    const found = await bench.client.call('log.sources', { instanceId: id });
    expect(found).toMatchObject({ preferred: null, advice: { line: expect.stringMatching(/^logto = /) } });
    await expect(
      bench.client.call('log.follow', { instanceId: id, source: 'file:etc/shadow', most: 10 }),
    ).rejects.toMatchObject({ data: { code: 'log-source' } });
  });

  it('of a unit comes from its journal over SSH, goes on after sshd was killed, and leaves no journalctl there', async () => {
    // Recorded from journalctl -o json: a stand-in that gives entries after the cursor, as it does, and stays.
    const pidFile = join(bench.folder, 'journal.pids');
    await writeFile(
      join(standIns.folder, 'journalctl'),
      `#!/bin/sh
after=0
for arg; do case $arg in --after-cursor=*) after=\${arg#*=};; esac; done
echo $$ >> ${pidFile}
while :; do
  after=$((after + 1))
  printf '{"__CURSOR":"%s","__REALTIME_TIMESTAMP":"1700000000%06d","MESSAGE":"entry %s"}\\n' $after $after $after
  sleep 0.05
done
`,
      { mode: 0o755 },
    );
    await startServer();
    await bench.startCore();
    const { client } = bench;
    const { id } = await client.call('instances.attach', {
      statsAddress: `ssh://web1${join(bench.folder, 'app.stats')}`,
    });
    client.on('log.lines', (payload) => lines.push(...payload.lines));
    const source = 'journal:shop.service';
    const first = await client.call('log.follow', { instanceId: id, source, most: 100 });
    const entries = (): number[] => {
      const all = [...new Map([...first.lines, ...lines].map((line) => [line.seq, line])).values()];
      return all.flatMap(({ text }) => (text.startsWith('entry ') ? [Number(text.slice(6))] : []));
    };
    await waitUntil('the first entries', () => entries().length >= 10);
    await web.kill();
    const before = entries().length;
    await web.restart();
    await client.call('hosts.connect', { destination: 'web1' });
    await waitUntil('entries after the return', () => entries().length >= before + 10);
    expect(entries()).toEqual(upTo(entries().length).map((i) => i + 1));
    await bench.stopCore();
    const pids = (await readFile(pidFile, 'utf8')).trim().split('\n');
    expect(pids.length).toBeGreaterThanOrEqual(2);
    await waitUntil('every journalctl to end', () => pids.every((pid) => !existsSync(`/proc/${pid}`)));
  });
});
