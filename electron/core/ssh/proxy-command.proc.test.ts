import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../testing/wait-until.ts';
import { openProxyCommand } from './proxy-command.ts';

describe('a ProxyCommand', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-proxy-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const script = async (lines: string): Promise<string> => {
    const path = join(folder, 'proxy.sh');
    await writeFile(path, lines);
    return `sh ${path}`;
  };
  /** The process whose number a script wrote to `name`. */
  const pidIn = async (name: string): Promise<number> =>
    waitUntil(`a pid in ${name}`, () => {
      const path = join(folder, name);
      return existsSync(path) ? Number(readFileSync(path, 'utf8')) || null : null;
    });
  it('ends with its connection, and so does what it started, also what does not listen to TERM', async () => {
    const command = await script(
      `sleep 300 & echo $! >${folder}/plain\n(trap "" TERM; exec sleep 300) & echo $! >${folder}/deaf\nexec cat\n`,
    );
    const stream = await openProxyCommand(command, 'web1');
    stream.on('error', () => {});
    const pids = [await pidIn('plain'), await pidIn('deaf')];
    stream.destroy();
    for (const pid of pids) await waitUntil(`the end of ${pid}`, () => isGone(pid));
  });

  it('that ends leaves nothing behind, and is told although a child holds its output', async () => {
    const command = await script(`sleep 300 & echo $! >${folder}/child\necho no tunnel >&2\nexit 3\n`);
    const stream = await openProxyCommand(command, 'web1');
    const ended = Promise.withResolvers<Error>();
    stream.on('error', ended.resolve);
    const pid = await pidIn('child');
    expect(await ended.promise).toMatchObject({
      code: 'ssh-proxy-command',
      message: expect.stringContaining('no tunnel'),
    });
    await waitUntil(`the end of ${pid}`, () => isGone(pid));
  });
});

function isGone(pid: number): boolean {
  try {
    // A zombie has no command line any more.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '';
  } catch {
    return true;
  }
}
