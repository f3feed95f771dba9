/** Reloads of real uWSGIs behind real sshds: proven as here, also when the link breaks off in the middle. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RollingRun } from '../../contract/actions-model.ts';
import type { Instance } from '../../contract/model.ts';
import { reloadUnit } from '../control/control.ts';
import { SshMachine } from '../machine/ssh-machine.ts';
import { PlainHost } from '../ssh/testing/plain-host.ts';
import { Sshd, writeSshHome } from '../ssh/testing/sshd.ts';
import { APP, CoreBench, hasUwsgi } from '../testing/core-bench.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { systemdTrouble } from './systemd-unit.ts';

const main = join(import.meta.dirname, '../../cli/main.ts');
const runFile = promisify(execFile);

let bench: CoreBench;
const sshds: Sshd[] = [];

beforeEach(async (context) => {
  context.skip(!hasUwsgi(), 'uWSGI with its python3 plugin is not installed');
  bench = await CoreBench.make();
});

afterEach(async () => {
  await bench?.dispose();
  for (const sshd of sshds.splice(0)) await sshd.dispose();
});

async function startHosts(...aliases: string[]): Promise<void> {
  const hosts = await Promise.all(aliases.map(async (alias) => ({ alias, sshd: await Sshd.start() })));
  sshds.push(...hosts.map(({ sshd }) => sshd));
  await writeSshHome(bench.folder, hosts);
}

/** As an address on `host`. */
async function startServer(host: string, name: string): Promise<string> {
  await bench.write(`${name}/app.py`, APP);
  const lines = ['plugins = python3', 'master = true', 'processes = 2', 'wsgi-file = %d/app.py', 'socket = %d/s.sock'];
  const ways = ['stats = %d/stats.sock', 'master-fifo = %d/m.fifo', 'logto = %d/uwsgi.log'];
  const ini = await bench.write(`${name}/uwsgi.ini`, `[uwsgi]\n${[...lines, ...ways].join('\n')}\n`);
  await bench.startUwsgi(['--ini', ini]);
  return `ssh://${host}${join(bench.folder, name, 'stats.sock')}`;
}

async function attach(statsAddress: string, name: string): Promise<Instance> {
  let id = '';
  await waitUntil('uWSGI to answer', async () => {
    id = await bench.client.call('instances.attach', { statsAddress, name }).then(
      (instance) => instance.id,
      () => '',
    );
    return id !== '';
  });
  await waitUntil('figures', async () => (await bench.instance(id)).figures !== null);
  return bench.instance(id);
}

describe('a reload over SSH', () => {
  it('goes on while the link is down, and has its verdict when it is back', async () => {
    await startHosts('web1');
    await bench.startCore();
    const instance = await attach(await startServer('web1', 'shop'), 'shop');
    const verdicts = bench.collect('reload.changed');
    const { id } = await bench.client.call('reload.start', { instanceId: instance.id, method: 'fifo-graceful' });
    await sshds[0]?.kill();
    await waitUntil('the lost link to be told', () =>
      verdicts.some(({ verdict }) => verdict?.title.startsWith('The link is down') === true),
    );
    await sshds[0]?.restart();
    const run = async () => bench.client.call('reload.get', { reloadId: id });
    await waitUntil('the verdict', async () => (await run()).phase === 'finished', 60_000);
    expect((await run()).verdict).toMatchObject({
      status: 'done',
      detail: expect.stringMatching(/without a link was not seen/),
    });
    const { entries } = await bench.client.call('audit.list', { most: 10 });
    const mine = entries.filter(({ action }) => action === 'reload');
    expect(mine.map(({ result, machine }) => [result, machine])).toEqual([
      ['done', 'web1'],
      ['begun', 'web1'],
    ]);
    expect(mine[0]).toMatchObject({
      hostKey: expect.stringMatching(/^SHA256:/),
      detail: expect.stringContaining('write "r", close'),
    });
  });

  it('of many runs host after host, and stops at the first that fails', async () => {
    await startHosts('web1', 'web2');
    await bench.startCore();
    const addresses = [
      await startServer('web1', 'one'),
      await startServer('web2', 'two'),
      await startServer('web1', 'three'),
    ];
    const names = ['one', 'two', 'three'];
    const instances = await Promise.all(addresses.map(async (address, i) => attach(address, names[i] ?? '')));
    await bench.write('two/app.py', 'import nothing_of_that_name\n');
    const instanceIds = instances.map((instance) => instance.id);
    const options = { instanceIds, canary: true, waveSize: 1, gateMs: 0, slowerTimes: null, confirmedNames: [] };
    await bench.client.call('rolling.start', options);
    let found: RollingRun | undefined;
    await waitUntil(
      'it to stop',
      async () => {
        [found] = (await bench.client.call('rolling.list', {})).runs;
        return found?.status === 'stopped';
      },
      60_000,
    );
    expect(found?.members.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'one done',
      'two failed',
      'three waiting',
    ]);
    expect(found?.reason).toContain('two: No application is loaded any more');
  });

  it('is done by reeve reload, too, with the whole record as JSON', async () => {
    await startHosts('web1');
    const address = await startServer('web1', 'shop');
    const env = { ...process.env, HOME: bench.folder, XDG_DATA_HOME: join(bench.folder, 'data') };
    let text = '';
    await waitUntil(
      'reeve reload to reach the server',
      async () => {
        text = await runFile(process.execPath, [main, 'reload', address, '--json'], { env }).then(
          ({ stdout }) => stdout,
          () => '',
        );
        return text !== '';
      },
      60_000,
    );
    expect(JSON.parse(text)).toMatchObject({ verdict: { status: 'done' } });
  });
});

/** Tells of a unit whose ExecReload is `argv`, and fails to reload it. */
function systemctlStandIn(argv: string): string {
  return (
    `#!/bin/sh\n[ "$1" = show ] || { echo 'Job for shop.service failed.' >&2; exit 1; }\n` +
    `printf 'MainPID=812\\nExecReload={ path=/x ; argv[]=${argv} ; ignore_errors=no }\\n'\n`
  );
}

describe('a systemd unit of another machine', () => {
  it('is reloaded only where its ExecReload means this server, and what it refuses is told', async () => {
    const standIns = join(bench.folder, 'bin');
    await mkdir(standIns);
    const become = async (argv: string): Promise<void> => {
      await writeFile(join(standIns, 'systemctl'), systemctlStandIn(argv));
      await chmod(join(standIns, 'systemctl'), 0o755);
    };
    const sshd = await Sshd.start({ path: standIns });
    sshds.push(sshd);
    const host = new PlainHost(sshd);
    const machine = new SshMachine(host);
    const ask = async (): Promise<string | null> => systemdTrouble(machine, 'shop.service', 812, ['/run/shop.touch']);
    await become('/bin/touch /run/shop.touch');
    expect(await ask()).toBeNull();
    await become('/bin/touch /run/blog.touch');
    expect(await ask()).toContain('is no touch-reload file of this server');
    const pidfile = await bench.write('shop.pid', '4711\n');
    await become(`/usr/bin/uwsgi --reload ${pidfile}`);
    expect(await ask()).toContain("pid 4711, not this server's master 812");
    await bench.write('shop.pid', '812\n');
    expect(await ask()).toBeNull();
    await expect(reloadUnit({ machine, sudo: false }, 'shop.service')).rejects.toThrow('Job for shop.service failed');
    await host.dispose();
  });
});
