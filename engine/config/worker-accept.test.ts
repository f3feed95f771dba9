import { expect, test } from 'vitest';
import { buildSettings } from './build-settings.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';

const HEAD = '[uwsgi]\nsocket = :3031\nmodule = app\nprocesses = 4\nworker-accept = true\n';

function errorsOf(lines: string): string[] {
  const resolved = resolveConfig(['app.ini'], memoryHost({ '/srv/app/app.ini': HEAD + lines }));
  if (!resolved.ok) throw new Error('the file can be read');
  const built = buildSettings(resolved);
  return built.ok ? [] : built.errors.map(({ message }) => message);
}

test.for([
  ['cheaper = 1\ncheaper-algo = backlog', 'cheaper-algo = backlog'],
  ['cheaper = 1\ncheaper-algo = busyness\ncheaper-busyness-backlog-alert = 5', 'cheaper-busyness-backlog-alert'],
  ['harakiri-queue-threshold = 3', 'harakiri-queue-threshold'],
  ['cheap = true', 'cheap'],
  ['reuse-port = true', 'reuse-port'],
] as const)('worker-accept refuses what must know how many requests wait: %s', ([lines, name]) => {
  expect(errorsOf(lines)).toEqual([expect.stringMatching(new RegExp(`^'worker-accept' does not go with '${name}'`))]);
});

test.for(['cheaper = 1', 'cheaper = 1\ncheaper-algo = busyness', 'cheaper-algo = backlog'])(
  'worker-accept goes with %s',
  (lines) => {
    expect(errorsOf(lines)).toEqual([]);
  },
);
