/** Options of spoolers: what they come to, and what is refused. */
import { expect, test } from 'vitest';
import { type BuildResult, buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import { resolveConfig } from '../resolve.ts';
import type { EngineSettings } from '../settings.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string): BuildResult {
  const host = memoryHost({ 'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}` });
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function settingsOf(lines: string): EngineSettings {
  const built = build(lines);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings;
}

function cautions(lines: string): string[] {
  return build(`lazy-apps = true\nspooler = /a\n${lines}`).warnings.map(({ message }) => message);
}

test('every folder has its processes, external ones have none; paths start where the server does', () => {
  const { companions, spooler } = settingsOf(
    'chdir = /srv/shop\nspooler = a/\nspooler-external = /x\nspooler-processes = 2\nspooler = /b\nspooler = /x\nworker-reload-mercy = 9',
  );
  expect(spooler.folders).toEqual([
    { path: '/srv/app/a', isExternal: false },
    { path: '/x', isExternal: true },
    { path: '/b', isExternal: false },
  ]);
  expect(companions).toEqual([
    { role: 'spooler', number: 1, folder: '/srv/app/a', mercySeconds: 9 },
    { role: 'spooler', number: 2, folder: '/srv/app/a', mercySeconds: 9 },
    { role: 'spooler', number: 3, folder: '/b', mercySeconds: 9 },
    { role: 'spooler', number: 4, folder: '/b', mercySeconds: 9 },
  ]);
});

test('what is not said is as on uWSGI; failures are put off for as long as the looks are apart', () => {
  expect(settingsOf('spooler = /a').spooler).toEqual({
    folders: [{ path: '/a', isExternal: false }],
    processes: 1,
    frequencySeconds: 30,
    isOrdered: false,
    chdir: null,
    harakiriSeconds: 0,
    maxTasks: 0,
    imports: [],
    isQuiet: false,
    maxAttempts: 20,
    retryDelaySeconds: 30,
  });
  expect(settingsOf('spooler = /a\nspooler-freq = 5').spooler).toMatchObject({
    frequencySeconds: 5,
    retryDelaySeconds: 5,
  });
});

test('each option is read, under its other names too', () => {
  const lines = `spooler = /a
spooler-frequency = 7
spooler-ordered = true
spooler-chdir = work
spooler-harakiri = 60
spooler-max-tasks = 100
spooler-import = tasks
spooler-python-import = more.py
spooler-quiet = true
spooler-max-attempts = 0
spooler-retry-delay = 3
`;
  expect(settingsOf(lines).spooler).toMatchObject({
    frequencySeconds: 7,
    isOrdered: true,
    chdir: '/srv/app/work',
    harakiriSeconds: 60,
    maxTasks: 100,
    imports: ['tasks', 'more.py'],
    isQuiet: true,
    maxAttempts: 0,
    retryDelaySeconds: 3,
  });
});

test('an application in JavaScript may hand tasks in and can not run them', () => {
  const app = 'js-app = app.mjs\n';
  expect(settingsOf(`${app}spooler-external = /a`).spooler.folders).toHaveLength(1);
  const refused = build(`${app}spooler = /a`);
  expect(refused.ok ? [] : refused.errors).toMatchObject([
    { code: 'not-supported', option: 'spooler', hint: expect.stringContaining("'spooler-external'") },
  ]);
});

test('with lazy-apps somebody has to bring the functions', () => {
  expect(cautions('wsgi-file = a.py').join()).toMatch(/'lazy-apps' a spooler does not load the application/);
  expect(cautions('wsgi-file = a.py\nspooler-import = tasks')).toEqual([]);
  expect(cautions('wsgi-file = a.py\nimport = tasks')).toEqual([]);
});

test.each(['spooler =', 'spooler-processes = 0', 'spooler-processes = 65', 'spooler-retry-delay = 0'])(
  '%s is refused',
  (line) => {
    expect(build(`spooler = /a\n${line}`).ok).toBe(false);
  },
);
