import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sshd, writeSshHome } from '../core/ssh/testing/sshd.ts';
import { run } from './testing/running.ts';

const launcher = join(import.meta.dirname, '../../resources/bin/reeve');

describe('a command of a user with a console', () => {
  let web: Sshd;
  let home = '';

  beforeAll(async () => {
    web = await Sshd.start();
    home = await mkdtemp(join(tmpdir(), 'reeve-cli-home-'));
    await writeSshHome(home, [{ alias: 'web1', sshd: web }]);
    await mkdir(join(home, 'data'));
    await mkdir(join(home, 'bin'));
    const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
    const text = `#!/bin/sh\necho "$@" >> ${join(home, 'calls')}\nexec ${ssh} "$@"\n`;
    await writeFile(join(home, 'bin/ssh'), text, { mode: 0o755 });
  });

  afterAll(async () => {
    await web?.dispose();
    await rm(home, { recursive: true, force: true });
  });

  /** How often the system's ssh connected for it. */
  async function connectionsOfSsh(): Promise<number> {
    const PATH = [join(home, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
    const env = { HOME: home, REEVE_DATA: join(home, 'data'), PATH };
    const running = run(launcher, ['discover', 'ssh://web1', '--json'], { cwd: home, env });
    expect(await running.ended, running.output()).toBe(0);
    if (!existsSync(join(home, 'calls'))) return 0;
    const calls = (await readFile(join(home, 'calls'), 'utf8')).split('\n');
    return calls.filter((call) => call.includes('BatchMode=yes')).length;
  }

  it('goes to a host by the system’s ssh when that was chosen there, and leaves the files of the console alone', async () => {
    expect(await connectionsOfSsh()).toBe(0);
    const chosen = '{"version":1,"hosts":[{"id":"web1","transport":"system"}]}';
    await writeFile(join(home, 'data/hosts.json'), chosen);
    expect(await connectionsOfSsh()).toBeGreaterThan(0);
    expect(await readFile(join(home, 'data/hosts.json'), 'utf8')).toBe(chosen);
  });
});
