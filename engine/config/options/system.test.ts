/** Options of the operating system: what they come to, and what is refused. */
import { describe, expect, test } from 'vitest';
import { buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import { resolveConfig } from '../resolve.ts';
import type { EngineSettings } from '../settings.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string, files: Record<string, string> = {}) {
  const host = memoryHost({ 'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}`, ...files });
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function settingsOf(lines: string, files: Record<string, string> = {}): EngineSettings {
  const built = build(lines, files);
  if (!built.ok) throw new Error(built.errors.map(formatConfigError).join('\n'));
  return built.settings;
}

test('the environment is changed in the order of the lines; envdir as uWSGI reads it', () => {
  const files = { 'vars/A': 'one\ntwo \n', 'vars/B': '', 'vars/.hidden': 'x' };
  expect(settingsOf('env = B=1\nenvdir = vars\nenv = C=3\nunenv = C', files).env).toEqual([
    ['B', '1'],
    ['A', 'one\ntwo'],
    ['B', null],
    ['C', '3'],
    ['C', null],
  ]);
});

test('users, limits, names and files', () => {
  const { system, pidfile } = settingsOf(
    'chdir = /srv/shop\nuid = www-data\ngid = 33\nadd-gid = ssl\nadd-gid = 5\nno-initgroups = 1\numask = 027\nprio = -5\n' +
      'limit-as = 64\nlimit-nproc = 9\npidfile = a.pid\npidfile2 = b.pid\nsafe-pidfile = c.pid\nsafe-pidfile2 = /d.pid\nchdir2 = static',
  );
  expect(system.identity).toEqual({ user: 'www-data', group: '33', extraGroups: ['ssl', '5'], noInitgroups: true });
  expect(system.limits).toEqual({ addressSpaceBytes: 64 * 1024 * 1024, processes: 9 });
  expect(system).toMatchObject({ umask: 0o27, priority: -5, chdir2: '/srv/shop/static' });
  // Pidfiles start from the folder the engine was started in.
  expect([pidfile, system.pidfile2, ...system.safePidfiles]).toEqual([
    '/srv/app/a.pid',
    '/srv/app/b.pid',
    '/srv/app/c.pid',
    '/d.pid',
  ]);
});

test('daemonize logs to its file and opens its sockets to everybody, unless another line says otherwise', () => {
  expect(settingsOf('daemonize = x.log')).toMatchObject({
    logto: '/srv/app/x.log',
    chmodSocket: 0o666,
    system: { daemonizeLog: '/srv/app/x.log' },
  });
  expect(settingsOf('daemonize2 = x.log\numask = 077').chmodSocket).toBeNull();
  expect(settingsOf('daemonize = x.log\nchmod-socket = 660').chmodSocket).toBe(0o660);
});

describe('a wrong line is an error that names it', () => {
  test.each([
    ['umask = 9', /needs an octal number/],
    ['prio = 20', /from -20 to 19/],
    ['env = nothing', /needs NAME=value/],
    ['envdir = not-there', /is no folder that can be read/],
    ['binsh = sh', /full path of a shell/],
    ['stop = a.pid', /is for the command line/],
    ['hook-asap = mount:none /x tmpfs', /action 'mount', which the engine does not have/],
    ['hook-touch = /tmp/x', /a file and an action/],
    ['exec-pre-app', /needs a command/],
    ['attach-daemon2 = freq=1', /needs a 'cmd'/],
    ['smart-attach-daemon = a.pid', /needs a pidfile and a command/],
    ['chroot = /srv', /does not support the option 'chroot'/],
    ['legion-attach-daemon = x', /does not support/],
  ])('%s', (line, message) => {
    const built = build(line);
    const text = built.ok ? '' : built.errors.map(formatConfigError).join('\n');
    expect(text).toMatch(message);
    expect(text).toMatch(/uwsgi\.ini:3/);
  });
});

test('what only a jail would run is said to have no effect', () => {
  const built = build('hook-post-jail = exec:x\nno-orphans = true\nksm = 10');
  expect(built.warnings.map(({ message }) => message)).toEqual([
    "'hook-post-jail' has no effect: it runs only where uWSGI has entered a jail.",
    "'no-orphans' has no effect: workers always end with their master.",
    "'ksm' has no effect: workers are forked and share their memory without the kernel's help.",
  ]);
});
