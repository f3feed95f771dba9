import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostResolver } from './resolve-host.ts';

describe('the outline of a host, for lists', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'reeve-outline-'));
    await mkdir(join(home, '.ssh'));
  });
  afterEach(async () => rm(home, { recursive: true, force: true }));

  async function outlineOf(alias: string, config: string) {
    await writeFile(join(home, '.ssh', 'config'), config);
    return new HostResolver({ homeFolder: home, platform: 'linux', env: {} }).outlines()(alias);
  }

  it('names user, port and jump hosts without a program', async () => {
    const config = 'Host web1\n  User deploy\n  Port 2222\n  ProxyJump ops@gate:22,inner\n';
    expect(await outlineOf('web1', config)).toEqual({
      user: 'deploy',
      port: 2222,
      via: ['gate', 'inner'],
      proxyCommand: null,
    });
  });

  it('is that of this machine where the configuration says nothing', async () => {
    expect(await outlineOf('web1', 'Host web1\n  ProxyJump none\n')).toEqual({
      user: null,
      port: 22,
      via: [],
      proxyCommand: null,
    });
  });

  it('names a ProxyCommand', async () => {
    const { proxyCommand } = await outlineOf('web1', 'Host web1\n  ProxyCommand nc -X 5 %h %p\n');
    expect(proxyCommand).toBe('nc -X 5 %h %p');
  });

  it('reads files once for many hosts, and not again where one includes itself', async () => {
    const hosts = Array.from({ length: 500 }, (_, i) => `Host w${i}\n  User u${i}\n  ProxyJump gate\n`);
    await writeFile(join(home, '.ssh', 'more'), `Include config more\n${hosts.join('')}`);
    await writeFile(join(home, '.ssh', 'config'), 'Include more config\nInclude more\nInclude more\nInclude more\n');
    const resolver = new HostResolver({ homeFolder: home, platform: 'linux', env: {} });
    expect(resolver.aliases()).toHaveLength(500);
    const outlineOf = resolver.outlines();
    expect(outlineOf('w0').user).toBe('u0');
    await rm(join(home, '.ssh', 'config'));
    expect(outlineOf('w499')).toMatchObject({ user: 'u499', via: ['gate'] });
  });
});
