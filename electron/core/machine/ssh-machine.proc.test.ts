/** Real uWSGI behind a real sshd: found, polled each way there is, and programs there are started and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeServers, findServers } from '../discover/discover.ts';
import { PlainHost } from '../ssh/testing/plain-host.ts';
import { Sshd } from '../ssh/testing/sshd.ts';
import { pollStats } from '../stats/stats-client.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { SshMachine } from './ssh-machine.ts';

const LIMITS = { deadlineMs: 8_000, maxBytes: 16 * 1024 * 1024, askHttpAfterMs: null };
const RUN = { deadlineMs: 8_000, mostBytes: 1024 * 1024 };
const uwsgis: ChildProcess[] = [];
const hosts: PlainHost[] = [];
const sshds: Sshd[] = [];
let folder = '';
let sshd: Sshd;

async function machineOf(config: string[] = []): Promise<{ host: PlainHost; machine: SshMachine }> {
  const server = config.length === 0 ? sshd : await Sshd.start({ config });
  if (server !== sshd) sshds.push(server);
  const host = new PlainHost(server);
  hosts.push(host);
  return { host, machine: new SshMachine(host) };
}

function startUwsgi(args: string[]): ChildProcess {
  const child = spawn('uwsgi', args, { cwd: folder, stdio: 'ignore' });
  uwsgis.push(child);
  return child;
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'reeve-ssh-machine-')));
  await mkdir(join(folder, 'vassals'));
  await mkdir(join(folder, 'app'));
  await writeFile(
    join(folder, 'shop.ini'),
    '[uwsgi]\nmaster = 1\nsocket = shop.sock\nstats = shop.stats\nmaster-fifo = shop.fifo\nsafe-pidfile = shop.pid\n',
  );
  await writeFile(join(folder, 'quiet.ini'), '[uwsgi]\nmaster = 1\nsocket = quiet.sock\n');
  await writeFile(
    join(folder, 'vassals', 'api.ini'),
    `[uwsgi]\nmaster = 1\nsocket = ${folder}/api.sock\nstats = @${folder}/api\nchdir = ${folder}/app\n`,
  );
  startUwsgi(['--ini', 'shop.ini']);
  startUwsgi(['--ini', 'quiet.ini']);
  startUwsgi(['--master', '--emperor', join(folder, 'vassals'), '--die-on-term']);
  sshd = await Sshd.start();
  sshds.push(sshd);
  await waitUntil('the servers', async () => {
    const bound = await readFile('/proc/net/unix', 'utf8');
    const files = ['shop.stats', 'shop.pid', 'quiet.sock'];
    return files.every((name) => existsSync(join(folder, name))) && bound.includes(`@${folder}/api`);
  });
});

afterAll(async () => {
  for (const host of hosts) await host.dispose();
  for (const server of sshds) await server.dispose();
  const ended = uwsgis.map(async (child) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(child.spawnargs.includes('--emperor') ? 'SIGTERM' : 'SIGINT');
    await exit;
  });
  await Promise.all(ended);
  await rm(folder, { recursive: true, force: true });
});

describe('a host behind SSH', () => {
  it('tells which servers run there, of which emperor, and which line is missing', async () => {
    const { machine } = await machineOf();
    const all = describeServers(machine, await findServers(machine), () => null);
    const found = all.filter(({ cwd }) => cwd?.startsWith(folder));
    const destination = sshd.destination;
    expect(found.find(({ configPath }) => configPath === join(folder, 'shop.ini'))).toMatchObject({
      role: 'server',
      statsAddress: `ssh://${destination}${folder}/shop.stats`,
      masterFifo: join(folder, 'shop.fifo'),
      pidfile: join(folder, 'shop.pid'),
      missing: null,
    });
    expect(found.find(({ configPath }) => configPath === join(folder, 'quiet.ini'))).toMatchObject({
      statsAddress: null,
      masterFifo: null,
      missing: expect.stringContaining('Add "stats = 127.0.0.1:1717"'),
    });
    const emperor = found.find(({ role }) => role === 'emperor');
    expect(emperor?.pid).toBe(uwsgis[2]?.pid);
    expect(found.find(({ role }) => role === 'vassal')).toMatchObject({
      emperorPid: emperor?.pid,
      configPath: join(folder, 'vassals', 'api.ini'),
      statsAddress: `ssh://${destination}/@${folder}/api`,
    });
  });

  it('is polled by a channel of its own, an abstract socket by the reader', async () => {
    const { host, machine } = await machineOf();
    expect(await pollStats(parseStatsTarget(join(folder, 'shop.stats'), '/'), LIMITS, machine)).toMatchObject({
      ok: true,
    });
    expect(host.state.readBy).toBe('streamlocal');
    const poll = await pollStats(parseStatsTarget(`@${folder}/api`, '/'), LIMITS, machine);
    expect(poll.ok ? poll.document.cwd : poll.error).toBe(join(folder, 'app'));
    expect(host.state.readBy).toBe('reader');
  });

  it('is polled by the reader where forwarding is forbidden, and where one session has to do with it', async () => {
    const { host, machine } = await machineOf([
      'AllowTcpForwarding no',
      'AllowStreamLocalForwarding no',
      'MaxSessions 2',
    ]);
    expect(await pollStats(parseStatsTarget(join(folder, 'shop.stats'), '/'), LIMITS, machine)).toMatchObject({
      ok: true,
    });
    expect(host.state.readBy).toBe('reader');
    const results = await Promise.all(Array.from({ length: 6 }, async () => machine.run(['echo', 'here'], RUN)));
    expect(results.every(({ stdout }) => stdout.toString('utf8') === 'here\n')).toBe(true);
    expect(await machine.readProcess(process.pid)).toMatchObject({ pid: process.pid, parentPid: process.ppid });
  });

  it('runs a program with exactly these arguments and this input', async () => {
    const { machine } = await machineOf();
    const word = Buffer.from(Array.from({ length: 127 }, (_, i) => i + 1)).toString('latin1');
    const input = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const script = 'printf %s "$1"; cat; echo oops >&2; exit 7';
    const { code, stdout, stderr } = await machine.run(['sh', '-c', script, 'sh', `${word}ü`], { ...RUN, input });
    expect(code).toBe(7);
    expect(stdout.equals(Buffer.concat([Buffer.from(`${word}ü`), input]))).toBe(true);
    expect(stderr.toString('utf8')).toBe('oops\n');
    await expect(machine.run(['no-such-program'], RUN)).rejects.toMatchObject({ code: 'command-failed' });
  });

  it('ends a program that never writes when it is not wanted any more, and when the connection is lost', async () => {
    const { host, machine } = await machineOf();
    const [one, other] = [`9${process.pid}1`, `9${process.pid}2`];
    const marks = [one, other];
    const first = await machine.spawn(['sleep', one]);
    await machine.spawn(['sleep', other]);
    await waitUntil('both run', async () => (await runningSleeps(marks)).length === 2);
    first.kill();
    await waitUntil('the first has ended', async () => (await runningSleeps(marks)).length === 1);
    host.cut();
    await waitUntil('the second has ended', async () => (await runningSleeps(marks)).length === 0);
  });

  it('files are read within bounds, and what is none says so', async () => {
    const { machine } = await machineOf();
    const { files } = machine;
    expect((await files.readFile(join(folder, 'quiet.ini'), 1000)).toString('utf8')).toContain('quiet.sock');
    await expect(files.readFile(join(folder, 'quiet.ini'), 5)).rejects.toMatchObject({ code: 'file-too-large' });
    await expect(files.readFile(join(folder, 'shop.fifo'), 5)).rejects.toMatchObject({ code: 'files-unreadable' });
    expect(await files.stat(join(folder, 'shop.fifo'))).toMatchObject({ kind: 'fifo', mode: 0o600 });
    expect(await files.stat(join(folder, 'none'))).toBeNull();
    expect(await files.list(join(folder, 'vassals'))).toEqual(['api.ini']);
    expect(await files.realPath('/proc/self/../../tmp')).toBe(await realpath('/tmp'));
  });

  it('keeps what the start files of a shell print out of what programs print', async () => {
    const noise = 'echo welcome to web1; echo no terminal >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"';
    const { machine } = await machineOf([`ForceCommand ${noise}`]);
    const echoed = await machine.run(['sh', '-c', 'echo out; echo err >&2'], RUN);
    expect([echoed.code, echoed.stdout.toString(), echoed.stderr.toString()]).toEqual([0, 'out\n', 'err\n']);
    await expect(machine.run(['no-such-program'], RUN)).rejects.toMatchObject({ code: 'command-failed' });
    const command = await machine.spawn(['printf', '%s', 'the only words']);
    command.stderr.resume();
    expect(await text(command.stdout)).toBe('the only words');
    expect(await command.ended).toEqual({ code: 0 });
  });
});

async function runningSleeps(marks: string[]): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => marks.some((mark) => line === `sleep\0${mark}\0`));
}
