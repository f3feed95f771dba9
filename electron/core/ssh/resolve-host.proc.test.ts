import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDestination } from './destination.ts';
import type { HopSettings } from './hop-settings.ts';
import { HostResolver } from './resolve-host.ts';

const CONFIG = `
# A comment
Include ssh-extra/*.conf
Host web?
  HostName %h.example.org
  Port=2200
  User "deploy"
  IdentityFile ~/.ssh/key_%r_%h
  IdentityFile /keys/%n
  ProxyJump ada@gate:2022,inner
Host web1 !web2
  ConnectTimeout 7
  ServerAliveInterval 9
Host gate
  IdentitiesOnly yes
  IdentityFile ~/.ssh/gate
  StrictHostKeyChecking accept-new
Host inner
  ProxyJump nowhere
  HostKeyAlias inner-key
Host old
  KexAlgorithms diffie-hellman-group14-sha1
  HostKeyAlgorithms ssh-rsa
  Ciphers aes128-cbc,aes128-ctr
  CertificateFile ~/cert
  IdentityAgent none
Host tunnel
  ProxyCommand nc -X %r %h %p
Host loop
  ProxyJump loop2
Host loop2
  ProxyJump loop
Match user root host safe
  User nobody
  PasswordAuthentication no
Match originalhost both
  Port 99
Host *
  User fallback
  UserKnownHostsFile /kh/one /kh/two
  PreferredAuthentications publickey,password
`;

describe('the configuration of a host', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'reeve-resolve-'));
    await mkdir(join(home, '.ssh/ssh-extra'), { recursive: true });
    // ssh looks for what is included in the home folder of the system: the path is whole here.
    const config = CONFIG.replace('Include ', `Include ${home}/.ssh/`);
    await writeFile(join(home, '.ssh/config'), config);
    await writeFile(join(home, '.ssh/ssh-extra/a.conf'), 'Host extra\n  Port 77\nHost only-here\n  User included\n');
  });
  afterEach(async () => {
    await rm(home, { recursive: true, force: true });
  });

  const resolver = (path = process.env['PATH']): HostResolver =>
    new HostResolver({ homeFolder: home, platform: 'linux', env: { PATH: path, SSH_AUTH_SOCK: '/agent' } });
  const settings = async (name: string, path?: string): Promise<HopSettings | undefined> =>
    (await resolver(path).chain(parseDestination(name))).at(-1)?.settings;
  const NO_SSH = '/nonexistent';

  it('is the same by ssh itself and by our own reader', async () => {
    for (const name of ['web1', 'webX', 'x@web1:5', 'extra', 'root@safe', 'both', 'tunnel', 'old', 'gate', 'plain']) {
      const [byReader, bySsh] = await Promise.all([settings(name, NO_SSH), settings(name)]);
      expect(byReader, name).toEqual(bySsh);
    }
  });

  it('has tokens, quotes, wildcards, negation and the first value of each option', async () => {
    expect(await settings('web1', NO_SSH)).toMatchObject({
      hostName: 'web1.example.org',
      port: 2200,
      user: 'deploy',
      connectTimeoutMs: 7_000,
      keepAliveMs: 9_000,
      agentAddress: '/agent',
      identityFiles: [
        { path: `${home}/.ssh/key_deploy_web1.example.org`, isDefault: false },
        { path: '/keys/web1', isDefault: false },
      ],
      userKnownHosts: ['/kh/one', '/kh/two'],
    });
    expect(await settings('root@safe', NO_SSH)).toMatchObject({ user: 'root', allows: { password: false } });
  });

  it('applies to each jump, and only the first jump’s own jumps count', async () => {
    const chain = await resolver().chain(parseDestination('web1'));
    expect(chain.map(({ name, settings: { user, port } }) => `${user}@${name}:${port}`)).toEqual([
      'ada@gate:2022',
      'fallback@inner:22',
      'deploy@web1:2200',
    ]);
    expect(chain[0].settings).toMatchObject({ identitiesOnly: true, strictHostKeys: 'accept-new' });
    expect(chain[1]?.settings.hostKeyAlias).toBe('inner-key');
    const [first] = await resolver().chain(parseDestination('inner'));
    expect(first.name).toBe('nowhere');
  });

  it('has a command in front instead of jumps, its tokens filled in', async () => {
    expect((await settings('tunnel'))?.proxyCommand).toBe('nc -X fallback tunnel 22');
  });

  it('that jumps in a circle is refused', async () => {
    const chain = resolver().chain(parseDestination('loop'));
    await expect(chain).rejects.toMatchObject({ code: 'ssh-config', message: expect.stringContaining('leads back') });
  });

  it('tells what Reeve can not do with it', async () => {
    const found = await settings('old');
    expect(found?.algorithms).toEqual({
      kex: ['diffie-hellman-group14-sha1'],
      serverHostKey: ['ssh-rsa'],
      cipher: ['aes128-cbc', 'aes128-ctr'],
    });
    expect(found?.agentAddress).toBeNull();
    expect(found?.warnings).toEqual(['CertificateFile is left out: only the system’s ssh does it.']);
  });

  it('that ssh does not understand is refused with the first line that it names', async () => {
    await writeFile(join(home, '.ssh/config'), 'Host x\n  NoSuchOption 1\n  Another 2\n');
    await expect(settings('x')).rejects.toMatchObject({
      code: 'ssh-config',
      message: expect.stringContaining('config: line 2: Bad configuration option: nosuchoption.'),
    });
  });

  it('is not asked for names that a shell would act on', async () => {
    for (const name of ['a;b', '$(id)', 'a`b', "x'@y"]) {
      await expect(settings(name), name).rejects.toMatchObject({ code: 'ssh-destination' });
    }
  });

  it('lists hosts by name, with those of included files and without patterns', () => {
    expect(resolver().aliases()).toEqual([
      'extra',
      'only-here',
      'web1',
      'gate',
      'inner',
      'old',
      'tunnel',
      'loop',
      'loop2',
    ]);
  });
});
