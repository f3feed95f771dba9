/** Options of Perl applications: what they come to, and what is refused. */
import { expect, test } from 'vitest';
import { type BuildResult, buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import { resolveConfig } from '../resolve.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string): BuildResult {
  const host = memoryHost({ 'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\nhttp-socket-modifier1 = 5\n${lines}` });
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], host);
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

function errorsOf(lines: string): string[] {
  const built = build(lines);
  return built.ok ? [] : built.errors.map(({ message }) => message);
}

test('paths start in the folder of chdir; words of @ARGV are in their order', () => {
  const built = build(`chdir = /srv/shop
psgi = app.psgi
perl-local-lib = lib
perl-args = one  two
perl-arg = three four
perl-exec = load.pl
perl-exec-post-fork = /srv/connect.pl
perl-auto-reload = 2
perl-auto-reload-ignore = Shop/Generated.pm
perl-no-die-catch = true
perl-no-plack = true
`);
  expect(built.ok && built.settings.app).toEqual({
    language: 'perl',
    file: '/srv/shop/app.psgi',
    localLibs: ['/srv/shop/lib'],
    args: ['one', 'two', 'three four'],
    exec: ['/srv/shop/load.pl'],
    execPostFork: ['/srv/connect.pl'],
    autoReloadSeconds: 2,
    autoReloadIgnore: ['Shop/Generated.pm'],
    noDieCatch: true,
    noPlack: true,
  });
});

test('values that are none are refused', () => {
  expect(errorsOf('psgi = app.psgi\nperl-auto-reload = often\nperl-no-plack = perhaps\n')).toHaveLength(2);
});

test.each([
  ['threads = 2', "'threads' does not go with 'psgi': a Perl process runs one request at a time."],
  ['mule = true', "'mule' and 'mules' run Python, and the application is one in Perl."],
  ['spooler = /tmp/tasks', "'spooler' runs tasks in Python, and the application is one in Perl."],
])('%s is refused beside a Perl application', (line, message) => {
  expect(errorsOf(`psgi = app.psgi\n${line}\n`)).toContain(message);
});

test('what only uWSGI itself can do says so', () => {
  expect(errorsOf('psgi = app.psgi\ncoroae = 10\n').join()).toContain('one request runs at a time in a Perl worker');
});
