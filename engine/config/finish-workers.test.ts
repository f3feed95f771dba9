import { expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { resolveConfig } from './resolve.ts';
import type { EngineSettings } from './settings.ts';
import { memoryHost } from './test-host.ts';

const HEAD = '[uwsgi]\nhttp-socket = :8080\n';

function build(lines: string): ReturnType<typeof buildSettings> {
  const resolved = resolveConfig(['app.ini'], memoryHost({ '/srv/app/app.ini': HEAD + lines }));
  if (!resolved.ok) throw new Error('the file can be read');
  return buildSettings(resolved);
}

function settingsOf(lines: string): EngineSettings {
  const built = build(lines);
  if (!built.ok) throw new Error(built.errors.map(({ message }) => message).join('\n'));
  return built.settings;
}

test('cheaper has the defaults of uWSGI', () => {
  const { cheaper, sleep, forkbombDelaySeconds, checkIntervalSeconds } = settingsOf('processes = 4\ncheaper = 2');
  expect(cheaper).toEqual({
    least: 2,
    initial: 2,
    step: 1,
    overload: 3,
    algorithm: 'spare',
    rssSoftLimitBytes: 0,
    rssHardLimitBytes: 0,
    busyness: {
      minPercent: 25,
      maxPercent: 50,
      multiplier: 10,
      penalty: 2,
      verbose: false,
      backlogAlert: 33,
      backlogStep: 1,
      backlogMultiplier: 3,
      backlogNonzeroSeconds: 60,
    },
  });
  expect(sleep).toEqual({ startsAsleep: false, idleSeconds: 0, stopsWhenIdle: false });
  expect([forkbombDelaySeconds, checkIntervalSeconds]).toEqual([2, 1]);
});

test('every option of cheaper and sleep arrives', () => {
  const { cheaper, sleep } = settingsOf(
    'processes = 9\ncheaper = 1\ncheaper-initial = 3\ncheaper-step = 2\ncheaper-overload = 5\ncheaper-algo = busyness\n' +
      'cheaper-rss-limit-soft = 1000\ncheaper-rss-limit-hard = 2000\ncheaper-busyness-max = 80\n' +
      'cheaper-busyness-min = 20\ncheaper-busyness-multiplier = 6\ncheaper-busyness-penalty = 7\n' +
      'cheaper-busyness-verbose = true\ncheaper-busyness-backlog-alert = 11\ncheaper-busyness-backlog-step = 4\n' +
      'cheaper-busyness-backlog-multiplier = 12\ncheaper-busyness-backlog-nonzero = 13\ncheap = true\nidle = 14\n' +
      'die-on-idle = true',
  );
  expect(cheaper).toEqual({
    least: 1,
    initial: 3,
    step: 2,
    overload: 5,
    algorithm: 'busyness',
    rssSoftLimitBytes: 1000,
    rssHardLimitBytes: 2000,
    busyness: {
      minPercent: 20,
      maxPercent: 80,
      multiplier: 6,
      penalty: 7,
      verbose: true,
      backlogAlert: 11,
      backlogStep: 4,
      backlogMultiplier: 12,
      backlogNonzeroSeconds: 13,
    },
  });
  expect(sleep).toEqual({ startsAsleep: true, idleSeconds: 14, stopsWhenIdle: true });
});

test.each([
  ['processes = 2\ncheaper = 2', /must be lower than processes/],
  ['cheaper = 1', /must be lower than processes/],
  ['processes = 4\ncheaper = 1\ncheaper-rss-limit-hard = 5', /needs 'cheaper-rss-limit-soft'/],
  ['processes = 4\ncheaper = 1\ncheaper-rss-limit-soft = 9\ncheaper-rss-limit-hard = 5', /must be higher/],
  ['processes = 4\ncheaper = 1\ncheaper-algo = spare2', /in no release of uWSGI 2\.0/],
  ['processes = 4\ncheaper = 1\ncheaper-algo = backlog2', /write backlog/],
  ['processes = 4\ncheaper = 1\ncheaper-algo = magic', /is none of spare, backlog, busyness, manual/],
  ['processes = 4\ncheaper = 1\ncheaper-step = 0', /from 1 up/],
  ['processes = 4\ncheaper = 1\ncheaper-busyness-max = 101', /from 0 to 100/],
  ['processes = 4\ncheaper = 1\ncheaper-busyness-min = 60', /higher than 'cheaper-busyness-max'/],
])('%s is refused', (lines, message) => {
  const built = build(lines);
  expect(built.ok ? [] : built.errors.map((error) => error.message)).toEqual([expect.stringMatching(message)]);
});

test.each([
  ['cheaper-initial = 9', 4],
  ['cheaper-initial = 1', 2],
])('%s out of its bounds is brought into them, with a word about it', (line, initial) => {
  const built = build(`processes = 4\ncheaper = 2\n${line}`);
  expect(built.ok && built.settings.cheaper.initial).toBe(initial);
  expect(built.warnings.map((warning) => warning.message)).toEqual([expect.stringContaining('must be from 2')]);
});

test('its companions without cheaper are said to have no effect', () => {
  const built = build('processes = 4\ncheaper-algo = backlog');
  expect(built.warnings).toEqual([
    expect.objectContaining({ option: 'cheaper-algo', origin: { file: '/srv/app/app.ini', line: 4 } }),
  ]);
});

test('cheaper = 0 is as if it were not there, and the plugin of busyness is built in', () => {
  expect(settingsOf('processes = 2\ncheaper = 0\nplugins = cheaper_busyness').cheaper.least).toBe(0);
});
