import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectOutput } from '../machine/collect-output.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { parseDestination } from './destination.ts';
import type { SshTransport } from './ssh-transport.ts';
import { connectSystemSsh } from './system-transport.ts';
import { Sshd, writeSshHome } from './testing/sshd.ts';

const LIMITS = { deadlineMs: 10_000, mostBytes: 100_000 };

const words = async (transport: SshTransport, command: string, input = ''): Promise<string> => {
  const result = await collectOutput('test', await transport.exec(command), { ...LIMITS, input: Buffer.from(input) });
  return `${result.code} ${result.stdout.toString()}`;
};

describe('a connection by the system’s ssh', () => {
  let folder: string;
  let web: Sshd;
  let bastion: Sshd;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-system-'));
    await mkdir(join(folder, 'control'), { mode: 0o700 });
    [web, bastion] = await Promise.all([Sshd.start(), Sshd.start()]);
    await writeSshHome(folder, [
      { alias: 'bastion', sshd: bastion },
      { alias: 'web1', sshd: web, via: 'bastion' },
      { alias: 'stranger', sshd: web, known: false, config: ['HostKeyAlias stranger'] },
      { alias: 'wrong-key', sshd: web, config: [`IdentityFile ${join(bastion.folder, 'id')}`] },
    ]);
  });
  afterAll(async () => {
    await Promise.all([web.dispose(), bastion.dispose()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function connect(name: string, platform = 'linux', signal?: AbortSignal): Promise<SshTransport> {
    return connectSystemSsh({
      destination: parseDestination(name),
      configFile: ['-F', join(folder, '.ssh/config')],
      controlFolder: join(folder, 'control'),
      platform,
      env: process.env,
      signal: signal ?? new AbortController().signal,
    });
  }

  it('runs commands over one connection through a bastion, and leaves nothing behind', async () => {
    const transport = await connect('web1');
    const before = web.connectionCount;
    expect(await words(transport, 'cat; exit 3', 'in')).toBe('3 in');
    expect(await Promise.all([words(transport, 'echo a'), words(transport, 'echo b')])).toEqual(['0 a\n', '0 b\n']);
    expect(web.connectionCount).toBe(before);
    expect(bastion.connectionCount).toBe(1);
    expect(await readdir(join(folder, 'control'))).toHaveLength(1);
    transport.close();
    await waitUntil('the control socket to go', async () => (await readdir(join(folder, 'control'))).length === 0);
    await expect(transport.exec('true')).rejects.toMatchObject({ code: 'ssh-system' });
  });

  it('ends its ssh with the process that made it, also when that is killed', async () => {
    const options = {
      destination: parseDestination('web1'),
      configFile: ['-F', join(folder, '.ssh/config')],
      controlFolder: join(folder, 'control'),
      platform: 'linux',
      env: process.env,
    };
    const script = `
      const { connectSystemSsh } = await import(${JSON.stringify(join(import.meta.dirname, 'system-transport.ts'))});
      await connectSystemSsh({ ...${JSON.stringify(options)}, signal: new AbortController().signal });
      console.log('connected');
      setInterval(() => {}, 60_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(child.stdout, 'data');
      expect(await readdir(join(folder, 'control'))).toHaveLength(1);
    } finally {
      child.kill('SIGKILL');
    }
    await waitUntil('the control socket to go', async () => (await readdir(join(folder, 'control'))).length === 0);
  });

  it('opens streams to TCP ports of the host, and tells when one is closed', async () => {
    const transport = await connect('web1');
    const { signal } = new AbortController();
    const stream = await transport.openStream({ type: 'tcp', host: '127.0.0.1', port: web.port }, signal);
    const first = await new Promise<string>((resolve) =>
      stream.once('data', (data: Buffer) => resolve(data.toString())),
    );
    expect(first).toMatch(/^SSH-2\.0-/);
    stream.destroy();
    const closed = await transport.openStream({ type: 'tcp', host: '127.0.0.1', port: 1 }, signal);
    const error = await new Promise((resolve) => closed.once('error', resolve));
    expect(error).toMatchObject({ code: 'ssh-forward-refused' });
    const unix = transport.openStream({ type: 'unix', path: '/x' }, signal);
    await expect(unix).rejects.toMatchObject({ code: 'ssh-forward-refused' });
    transport.close();
  });

  it('tells when the server is gone', async () => {
    const transport = await connect('web1');
    const gone = new Promise((resolve) => {
      transport.onClosed = resolve;
    });
    web.endSessions();
    await expect(gone).resolves.toMatchObject({ code: expect.stringMatching(/^ssh-system/) });
  });

  it('connects for each command where connections can not be shared', async () => {
    const transport = await connect('web1', 'win32');
    const before = web.connectionCount;
    expect(await words(transport, 'echo in')).toBe('0 in\n');
    expect(web.connectionCount).toBe(before + 1);
    expect(await readdir(join(folder, 'control'))).toEqual([]);
    transport.close();
  });

  it('that is refused is not to be tried again by itself', async () => {
    await expect(connect('stranger')).rejects.toMatchObject({
      code: 'ssh-system-refused',
      message: 'The system’s ssh was not let in by stranger: Host key verification failed.',
    });
    await writeFile(join(folder, 'other'), '');
    await expect(connect('root@127.0.0.1:1')).rejects.toMatchObject({ code: 'ssh-system' });
  });

  it('can be given up while it is being made', async () => {
    const giveUp = new AbortController();
    bastion.freeze(true);
    const connecting = connect('web1', 'linux', giveUp.signal);
    const outcome = expect(connecting).rejects.toThrow('given up');
    giveUp.abort(new Error('given up'));
    await outcome;
    bastion.freeze(false);
  });
});
