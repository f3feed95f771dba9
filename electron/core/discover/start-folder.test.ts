import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localMachine } from '../machine/local-machine.ts';
import type { ProcessInfo } from './processes.ts';
import { startFolderOf } from './start-folder.ts';

let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'reeve-start-')));
  await mkdir(join(folder, 'app'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Started with `--ini shop.ini`, now in `cwd`. */
async function started(cwd: string | null, shell?: string, emperorFolder?: string): Promise<string | null> {
  const argv = ['--ini', 'shop.ini'];
  const env = {
    ...(shell === undefined ? {} : { PWD: shell }),
    ...(emperorFolder === undefined ? {} : { UWSGI_EMPEROR_FD: '6' }),
  };
  const emperor = aProcess({ cwd: emperorFolder ?? '/elsewhere' });
  return startFolderOf(localMachine, aProcess({ args: ['uwsgi', ...argv], cwd, env }), argv, emperor);
}

function aProcess(more: Partial<ProcessInfo>): ProcessInfo {
  const known = { pid: 10, parentPid: 9, comm: 'uwsgi', user: null, startedAtMs: 0, cgroup: null, parentComm: null };
  return { ...known, args: ['uwsgi'], cwd: null, env: {}, ...more };
}

async function writeShop(line: string): Promise<void> {
  await writeFile(join(folder, 'shop.ini'), `[uwsgi]\nsocket = s.sock\n${line}\n`);
}

it.each([
  ['a relative', 'chdir = app'],
  ['an absolute', 'chdir = %d/app'],
])('a server that went elsewhere by %s chdir began in the folder of its shell', async (_, line) => {
  await writeShop(line);
  expect(await started(join(folder, 'app'), folder)).toBe(folder);
});

it('a server whose environment names a folder that does not lead to its own began in its own', async () => {
  await writeShop('processes = 2');
  await writeFile(join(folder, 'app', 'shop.ini'), '[uwsgi]\nsocket = s.sock\n');
  expect(await started(folder, join(folder, 'app'))).toBe(folder);
  expect(await started(folder, 'relative')).toBe(folder);
  expect(await started(folder)).toBe(folder);
});

it('a server whose application went elsewhere is read from where its file is found', async () => {
  await writeShop('processes = 2');
  expect(await started('/', folder)).toBe(folder);
  expect(await started(folder, '/')).toBe(folder);
});

it('a vassal that went elsewhere began in the folder of its emperor, whose shell was somewhere else', async () => {
  await writeShop(`chdir = ${join(folder, 'app')}`);
  expect(await started(join(folder, 'app'), '/', folder)).toBe(folder);
  expect(await started(join(folder, 'app'), '/')).not.toBe(folder);
});

it('nothing is known of a server that shows neither', async () => {
  expect(await started(null)).toBeNull();
});
