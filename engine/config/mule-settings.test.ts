import { expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

function build(lines: string): EngineSettings | string[] {
  const text = `[uwsgi]\nsocket = :3031\nmaster = true\n${lines}`;
  const resolved = resolveConfig(['app.ini'], memoryHost({ '/srv/app/app.ini': text }));
  if (!resolved.ok) throw new Error('the file can be read');
  const built = buildSettings(resolved);
  return built.ok ? built.settings : built.errors.map(({ message }) => message);
}

function settingsOf(lines: string): EngineSettings {
  const built = build(lines);
  if (Array.isArray(built)) throw new Error(built.join());
  return built;
}

test('mules are numbered in the order of the options, and know their farms', () => {
  const { companions } = settingsOf(
    'farm = pair:1, 3\nmule = true\nmule = work.py\nmules = 2\nfarm = all:3\nmule-harakiri = 9\nmule-reload-mercy = 5',
  );
  expect(companions).toEqual(
    [
      { number: 1, command: '', farms: ['pair'] },
      { number: 2, command: 'work.py', farms: [] },
      { number: 3, command: '', farms: ['pair', 'all'] },
      { number: 4, command: '', farms: [] },
    ].map((mule) => ({ role: 'mule', ...mule, harakiriSeconds: 9, mercySeconds: 5 })),
  );
});

test('timers of the configuration have a signal and seconds', () => {
  expect(settingsOf('signal-timer = 3 10\nsignal-rbtimer = 4  5\nsignal-bufsize = 100').signals).toEqual({
    queueLength: 100,
    signalTimers: [
      { kind: 'timer', number: 3, seconds: 10 },
      { kind: 'rbtimer', number: 4, seconds: 5 },
    ],
  });
});

test('touched files raise signals', () => {
  expect(settingsOf('touch-signal = here 7\nfs-signal = /there 8').touches).toEqual([
    { path: '/srv/app/here', action: { type: 'signal', number: 7 } },
    { path: '/there', action: { type: 'signal', number: 8 } },
  ]);
});

test.for([
  ['mules = 2\nfarm = f:1,3', 'names mule 3, and there are 2'],
  ['mules = x', 'needs a whole number'],
  ['mules = 1000', 'with 256 mules in all at most'],
  ['farm = f', 'needs a name and the numbers'],
  ['mules = 1\nfarm = f:0', 'needs a name and the numbers'],
  ['signal-timer = 256 1', 'needs a signal from 0 to 255'],
  ['signal-timer = 1 0', 'needs a signal from 0 to 255'],
  ['touch-signal = /file', 'needs a file, a blank and a signal'],
  ['js-app = app.mjs\nmules = 1', 'run Python'],
  ['signal = 127.0.0.1:3031,5', 'is for the command line only'],
] as const)('%s is refused', ([lines, reason]) => {
  expect(build(lines)).toEqual([expect.stringContaining(reason)]);
});
