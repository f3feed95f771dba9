import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { buildSettings } from '../config/build-settings.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { EngineSettings } from '../config/settings.ts';
import { memoryHost } from '../config/test-host.ts';
import { allowedCpus, launchOf, runtimeSystem } from './runtime-launch.ts';
import { masterTitle } from './titles.ts';

function settingsOf(lines: string): EngineSettings {
  const file = `[uwsgi]\nhttp-socket = :1\n${lines}`;
  const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': file, 'app.mjs': '' }));
  const built = resolved.ok ? buildSettings(resolved) : null;
  if (built?.ok !== true) throw new Error(JSON.stringify(built));
  return built.settings;
}

const PROGRAM = { file: '/usr/bin/env', args: ['true'] };

test('without limits a program is started as it is', () => {
  expect(launchOf(PROGRAM, settingsOf(''), 1)).toBe(PROGRAM);
});

test('limits hold in the program that is started', () => {
  const shown = { file: '/bin/sh', args: ['-c', 'ulimit -v; echo "$0 $1"', 'a', 'b c'] };
  const { file, args } = launchOf(shown, settingsOf('limit-as = 512\nlimit-nproc = 5000'), 1);
  expect(execFileSync(file, args, { encoding: 'utf8' })).toBe('524288\na b c\n');
});

test('JavaScript workers are bound to their CPUs, one worker after the other', () => {
  const settings = settingsOf('js-app = app.mjs\ncpu-affinity = 1');
  expect(launchOf(PROGRAM, settings, 2).args[1]).toBe(
    `exec taskset -c ${allowedCpus()[1 % allowedCpus().length]} "$@"`,
  );
  expect(launchOf(PROGRAM, settings, 0)).toBe(PROGRAM);
});

test('names of processes are put together as uWSGI does', () => {
  expect(runtimeSystem(settingsOf('')).titles).toEqual({ zygote: null, worker: null, mule: null, spooler: null });
  const auto = settingsOf('auto-procname = 1\nprocname-prefix-spaced = shop\nprocname-append = !');
  expect(runtimeSystem(auto).titles.worker).toBe('shop reeve worker {number}!');
  expect(runtimeSystem(auto).titles.mule).toBe('shop reeve mule {number}!');
  expect(masterTitle(auto)).toBe('shop reeve master!');
  const named = settingsOf('auto-procname = 1\nprocname = all\nprocname-master = boss');
  expect(runtimeSystem(named).titles).toEqual({ zygote: 'all', worker: 'all', mule: 'all', spooler: 'all' });
  expect(masterTitle(named)).toBe('boss');
});

test('hooks of the application are handed on in the order of their moments', () => {
  const settings = settingsOf(
    'hook-accepting = print:c\nexec-pre-app = b\nhook-pre-app = print:a\nhook-asap = print:x',
  );
  expect(runtimeSystem(settings).hooks).toEqual([
    ['pre-app', 'print', 'a', 'print:a'],
    ['pre-app', 'exec', 'b', 'b'],
    ['accepting', 'print', 'c', 'print:c'],
  ]);
});
