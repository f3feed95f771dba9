import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SshAnswer } from '../../contract/hosts-model.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { parseDestination } from './destination.ts';
import { connectSystemSsh } from './system-transport.ts';
import { makeKey, Sshd, writeSshHome } from './testing/sshd.ts';
import { TrustBench } from './testing/trust-bench.ts';

const run = promisify(execFile);
const secrets = (value: string): SshAnswer => ({ kind: 'secrets', values: [value], keep: false });

describe('signing in to a real sshd', () => {
  let web: Sshd;
  let bastion: Sshd;
  let bench: TrustBench;

  beforeAll(async () => {
    web = await Sshd.start({ hostKeyTypes: ['ed25519', 'rsa'] });
    bastion = await Sshd.start();
  });
  afterAll(async () => {
    await web.dispose();
    await bastion.dispose();
  });
  beforeEach(async () => {
    bench = await TrustBench.make();
  });
  afterEach(async () => {
    await bench.dispose();
  });

  it('uses the key of the configuration when the host is known, and says so', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
    const { transport, login, error } = await bench.connect('web1');
    expect(error).toBeNull();
    expect(transport).not.toBeNull();
    expect(login.text).toBe(`Host key known from ${join(bench.home, '.ssh/known_hosts')}:1. Signed in with id.`);
    expect(bench.asked).toEqual([]);
  });

  it('goes through a bastion, each hop with its own key and under its own name', async () => {
    await writeSshHome(bench.home, [
      { alias: 'bastion', sshd: bastion },
      { alias: 'web1', sshd: web, via: 'bastion' },
    ]);
    const { transport, login } = await bench.connect('web1');
    expect(transport).not.toBeNull();
    expect(login.text).toContain('known_hosts:2');
    expect(bastion.connectionCount).toBeGreaterThan(0);
  });

  it('finds a host that is hashed, and asks for the type of key that is held', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false }]);
    const rsa = (await readFile(join(web.folder, 'host_rsa.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const path = await bench.write('known_hosts', `[127.0.0.1]:${web.port} ${rsa}\n`);
    await run('ssh-keygen', ['-q', '-H', '-f', path]);
    expect(await readFile(path, 'utf8')).toMatch(/^\|1\|/);
    const { transport, login } = await bench.connect('web1');
    expect(transport).not.toBeNull();
    expect(login.text).toContain(`Host key known from ${path}:1.`);
  });

  it('asks once about an unknown key, shows what ssh-keygen shows, and keeps the answer', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false }]);
    bench.answer = () => ({ kind: 'trust', until: 'keep' });
    const { transport } = await bench.connect('web1');
    expect(transport).not.toBeNull();
    const { stdout } = await run('ssh-keygen', ['-lf', join(web.folder, 'host_ed25519.pub')]);
    expect(bench.asked).toHaveLength(1);
    expect(bench.asked[0]?.about).toEqual({
      kind: 'host-key',
      keyType: 'ssh-ed25519',
      fingerprint: stdout.split(' ')[1],
      command: 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
    });
    await bench.restart();
    const again = await bench.connect('web1');
    expect(again.transport).not.toBeNull();
    expect(again.login.text).toMatch(/^Host key known since \d+ \w+ \d+\. Signed in with id\.$/);
    expect(bench.asked).toHaveLength(1);
    expect(await readFile(join(bench.home, '.ssh/known_hosts'), 'utf8')).toBe('');
  });

  it('adds an accepted key to known_hosts when its user wants that, so that ssh knows it, too', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false }]);
    bench.answer = () => ({ kind: 'trust', until: 'known-hosts' });
    await bench.connect('web1');
    const args = ['-F', join(bench.home, '.ssh/config'), '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'];
    const { stdout } = await run('ssh', [...args, '-n', 'web1', 'echo in'], { timeout: 20_000 });
    expect(stdout).toBe('in\n');
    // Nowhere else: who takes it out of there is asked anew.
    await run('ssh-keygen', ['-q', '-R', `[127.0.0.1]:${web.port}`, '-f', join(bench.home, '.ssh/known_hosts')]);
    await bench.connect('web1');
    expect(bench.asked.map(({ about }) => about.kind)).toEqual(['host-key', 'host-key']);
  });

  it('refuses a changed key before any credential, with both fingerprints and the place of the known one', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false }]);
    const path = await bench.write('known_hosts', `[127.0.0.1]:${web.port} ${bastion.hostKey}\n`);
    const before = web.logText.length;
    const { transport, error, login, wasVerified } = await bench.connect('web1');
    expect(transport).toBeNull();
    expect(wasVerified).toBe(false);
    expect(error).toMatchObject({ code: 'ssh-host-key-changed' });
    expect(login.failure?.error).toBe(error);
    expect(error?.message.match(/SHA256:/g)).toHaveLength(2);
    expect(error?.message).toContain(`${path}:1`);
    expect(bench.asked).toEqual([]);
    expect(web.logText.slice(before)).not.toMatch(/Accepted|Failed|Postponed/);
  });

  it('refuses a changed key also when StrictHostKeyChecking is no', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false, config: ['StrictHostKeyChecking no'] }]);
    await bench.write('known_hosts', `[127.0.0.1]:${web.port} ${bastion.hostKey}\n`);
    expect((await bench.connect('web1')).error).toMatchObject({ code: 'ssh-host-key-changed' });
    await bench.write('known_hosts', '');
    expect((await bench.connect('web1')).transport).not.toBeNull();
    expect(bench.asked).toEqual([]);
  });

  it('refuses a revoked key, whatever else the file says', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
    await appendFile(join(bench.home, '.ssh/known_hosts'), `@revoked * ${web.hostKey}\n`);
    const { error } = await bench.connect('web1');
    expect(error).toMatchObject({ code: 'ssh-host-key-revoked' });
    expect(error?.message).toContain('known_hosts:2');
  });

  it('refuses a key of the list of RevokedHostKeys, though it is the known one', async () => {
    const list = await bench.write('revoked', `${web.hostKey}\n`);
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, config: [`RevokedHostKeys ${list}`] }]);
    const { error, wasVerified } = await bench.connect('web1');
    expect(error).toMatchObject({ code: 'ssh-host-key-revoked' });
    expect(error?.message).toContain(`${list}:1`);
    expect(wasVerified).toBe(false);
  });

  it('looks for the key under its HostKeyAlias, and adds it hashed and under that name', async () => {
    const config = ['HostKeyAlias shop', 'HashKnownHosts yes'];
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false, config }]);
    bench.answer = () => ({ kind: 'trust', until: 'known-hosts' });
    expect((await bench.connect('web1')).error).toBeNull();
    const path = join(bench.home, '.ssh/known_hosts');
    expect(await readFile(path, 'utf8')).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n$/);
    expect((await run('ssh-keygen', ['-F', 'shop', '-f', path])).stdout).toContain('found: line 1');
    await bench.restart();
    expect((await bench.connect('web1')).error).toBeNull();
    expect(bench.asked).toHaveLength(1);
  });

  it('keeps a new key without asking when the configuration says accept-new, and refuses another one then', async () => {
    const config = ['StrictHostKeyChecking accept-new', 'HostKeyAlias shop'];
    await writeSshHome(bench.home, [
      { alias: 'web1', sshd: web, known: false, config },
      { alias: 'web2', sshd: bastion, known: false, config },
    ]);
    expect((await bench.connect('web1')).error).toBeNull();
    expect((await bench.connect('web2')).error).toMatchObject({ code: 'ssh-host-key-changed' });
    expect(bench.asked).toEqual([]);
  });

  it('refuses an unknown key without asking when the configuration says yes', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, known: false, config: ['StrictHostKeyChecking yes'] }]);
    expect((await bench.connect('web1')).error).toMatchObject({ code: 'ssh-host-key-unknown' });
    expect(bench.asked).toEqual([]);
  });

  it('refuses when known_hosts can not be read', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, config: [`GlobalKnownHostsFile ${bench.home}`] }]);
    const { error } = await bench.connect('web1');
    expect(error).toMatchObject({ code: 'ssh-known-hosts' });
    expect(error?.message).toContain(bench.home);
  });

  it('leaves out keys that can not be read or understood, with a word, and signs in with the next', async () => {
    const broken = await bench.write('id_broken', 'not a key\n');
    const absent = join(bench.home, '.ssh/id_gone');
    const folder = bench.home;
    await writeSshHome(bench.home, [
      { alias: 'web1', sshd: web, config: [broken, absent, folder].map((path) => `IdentityFile ${path}`) },
    ]);
    const { transport, login } = await bench.connect('web1');
    expect(transport).not.toBeNull();
    expect(login.text).toContain('id_broken was left out: this is no private key in a format that is known.');
    expect(login.text).toContain('id_gone was left out: it does not exist.');
    expect(login.text).toContain('home was left out: it is no file.');
    expect(login.text).toContain('Signed in with id.');
  });

  it('offers the system’s ssh when what it left out is a certificate', async () => {
    await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
    const config = join(bench.home, '.ssh/config');
    const text = await readFile(config, 'utf8');
    await writeFile(
      config,
      text.replace(/IdentityFile .*/, `IdentityFile ${join(web.folder, 'host_rsa')}\n  CertificateFile ~/cert`),
    );
    const { error, login } = await bench.connect('web1');
    expect(error).toMatchObject({ code: 'ssh-auth-refused' });
    expect(error?.message).toContain('Tried: host_rsa; it allows publickey.');
    expect(error?.message).toContain('CertificateFile');
    expect(login.failure?.offersSystem).toBe(true);
  });

  it('offers the system’s ssh where only a certificate signs in, and that signs in', async () => {
    const authority = await makeKey(join(bench.home, 'authority'));
    const key = await makeKey(join(bench.home, 'signed'));
    await run('ssh-keygen', ['-q', '-s', authority, '-I', 'test', '-n', web.user, `${key}.pub`]);
    const strict = await Sshd.start({ config: [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none'] });
    try {
      await writeSshHome(bench.home, [{ alias: 'web1', sshd: strict, config: ['IdentitiesOnly yes'] }]);
      const config = join(bench.home, '.ssh/config');
      await writeFile(config, (await readFile(config, 'utf8')).replace(/IdentityFile .*/, `IdentityFile ${key}`));
      const { error, login } = await bench.connect('web1');
      expect(error?.message).toContain(
        'signed-cert.pub was left out: only the system’s ssh signs in with certificates.',
      );
      expect(login.failure?.offersSystem).toBe(true);
      const transport = await connectSystemSsh({
        destination: parseDestination('web1'),
        configFile: ['-F', config],
        controlFolder: bench.data,
        platform: 'linux',
        env: process.env,
        signal: new AbortController().signal,
      });
      transport.close();
    } finally {
      await strict.dispose();
    }
  });

  describe('with a key that has a passphrase', () => {
    const passphrase = 'correct horse 7';

    async function prepare(format: string[] = []): Promise<string> {
      const path = await makeKey(join(bench.home, '.ssh/id_locked'), { type: 'rsa', passphrase });
      if (format.length > 0)
        await run('ssh-keygen', ['-q', '-p', '-P', passphrase, '-N', passphrase, ...format, '-f', path]);
      await web.authorize(`${path}.pub`);
      await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
      const config = join(bench.home, '.ssh/config');
      await writeFile(config, (await readFile(config, 'utf8')).replace(/IdentityFile .*/, `IdentityFile ${path}`));
      return path;
    }

    it('asks for it, once in a session', async () => {
      const path = await prepare();
      bench.answer = () => secrets(passphrase);
      expect((await bench.connect('web1')).transport).not.toBeNull();
      expect(bench.asked.map(({ about }) => about)).toEqual([
        {
          kind: 'secrets',
          title: `Passphrase of ${path}`,
          instructions: null,
          prompts: [{ label: 'Passphrase', echo: false }],
          keepIn: null,
        },
      ]);
      expect((await bench.connect('web1')).transport).not.toBeNull();
      expect(bench.asked).toHaveLength(1);
    });

    it('opens the old format of OpenSSL, too', async () => {
      const path = await prepare(['-m', 'PEM']);
      await rm(`${path}.pub`);
      bench.answer = () => secrets(passphrase);
      const { transport, login } = await bench.connect('web1');
      expect(login.failure).toBeNull();
      expect(transport).not.toBeNull();
    });

    it('gives up after three wrong ones, and says so', async () => {
      await prepare();
      bench.answer = () => secrets('wrong');
      const { transport, error } = await bench.connect('web1');
      expect(transport).toBeNull();
      expect(bench.asked).toHaveLength(3);
      expect(error).toMatchObject({ code: 'ssh-auth-refused' });
      expect(error?.message).toContain('id_locked was left out: it was not opened by a passphrase.');
    });

    it('does not ask for it when the server would not take the key', async () => {
      const path = await makeKey(join(bench.home, '.ssh/id_stranger'), { passphrase });
      await writeSshHome(bench.home, [{ alias: 'web1', sshd: web, config: [`IdentityFile ${path}`] }]);
      const { transport } = await bench.connect('web1');
      expect(transport).not.toBeNull();
      expect(bench.asked).toEqual([]);
    });

    it('ends the login when the question is cancelled', async () => {
      await prepare();
      bench.answer = () => ({ kind: 'cancel' });
      expect((await bench.connect('web1')).error).toMatchObject({ code: 'ssh-auth-cancelled' });
    });

    it('takes the question back when the connection is given up', async () => {
      await prepare();
      const giveUp = new AbortController();
      const connecting = bench.connect('web1', giveUp.signal);
      await waitUntil('the question', () => bench.asked.length === 1);
      giveUp.abort(new Error('given up'));
      expect((await connecting).transport).toBeNull();
      expect((await bench.trust()).questions.list()).toEqual([]);
    });
  });

  describe('with an agent', () => {
    let agent: ChildProcess;
    let socket: string;

    beforeEach(async () => {
      socket = join(bench.home, 'agent.sock');
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      await waitUntil('the agent', async () => {
        try {
          await run('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
          return true;
        } catch (error) {
          // 1: it answers, and has no keys.
          return error instanceof Error && 'code' in error && error.code === 1;
        }
      });
      bench.env = { ...bench.env, SSH_AUTH_SOCK: socket };
    });
    afterEach(() => {
      agent.kill('SIGKILL');
    });

    async function add(path: string): Promise<void> {
      await run('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    }

    it('signs in with a key that is only there', async () => {
      await add(web.keyPath);
      await bench.write('config', `Host web1\n  HostName 127.0.0.1\n  Port ${web.port}\n  User ${web.user}\n`);
      await bench.write('known_hosts', `${web.knownHostsLine}\n`);
      const { transport, login } = await bench.connect('web1');
      expect(login.text).toContain('Signed in with test of the agent.');
      expect(transport).not.toBeNull();
    });

    it('offers keys that the configuration names first, and no others with IdentitiesOnly', async () => {
      const strangers = await Promise.all(
        Array.from({ length: 7 }, async (_, i) => makeKey(join(bench.home, `stranger${i}`))),
      );
      for (const path of strangers) await add(path);
      await add(web.keyPath);
      const named = await bench.write('only.pub', await readFile(`${web.keyPath}.pub`, 'utf8'));
      await writeSshHome(bench.home, [
        { alias: 'web1', sshd: web, config: ['IdentitiesOnly yes', `IdentityFile ${named}`] },
      ]);
      const before = web.logText.length;
      const { transport, login } = await bench.connect('web1');
      expect(transport).not.toBeNull();
      expect(login.text).toContain('Signed in with test of the agent.');
      expect(web.logText.slice(before).match(/Failed publickey/g)).toBeNull();
    });

    it('with too many keys is broken off by the server, which is no reason to try again', async () => {
      for (let i = 0; i < 7; i++) await add(await makeKey(join(bench.home, `many${i}`)));
      await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
      const { error } = await bench.connect('web1');
      expect(error).toMatchObject({ code: 'ssh-auth-refused', message: expect.stringContaining('IdentitiesOnly') });
    });

    it('says so when it does not answer, and goes on', async () => {
      agent.kill('SIGKILL');
      await rm(socket, { force: true });
      await writeSshHome(bench.home, [{ alias: 'web1', sshd: web }]);
      const { transport, login } = await bench.connect('web1');
      expect(transport).not.toBeNull();
      expect(login.text).toMatch(/The agent was left out: .+\./);
    });
  });
});
