/** Options of PHP: what they come to, and what is refused. */
import { expect, test } from 'vitest';
import { type BuildResult, buildSettings } from '../build-settings.ts';
import { formatConfigError } from '../errors.ts';
import { resolveConfig } from '../resolve.ts';
import { memoryHost } from '../test-host.ts';

function build(lines: string): BuildResult {
  const files = {
    'uwsgi.ini': `[uwsgi]\nhttp-socket = :8080\n${lines}`,
    '/srv/www/index.php': '',
    '/srv/other/a.php': '',
  };
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], memoryHost(files));
  if (!resolved.ok) throw new Error(resolved.errors.map(formatConfigError).join('\n'));
  return buildSettings(resolved);
}

test('paths start in the folder of chdir, and a fallback of the second kind in the folder of scripts', () => {
  const built = build(`chdir = /srv
php-docroot = www
php-fallback2 = lost.php
php-allowed-docroot = www
php-allowed-docroot = /srv/other
php-allowed-ext = .php
php-index = index.php
php-set = memory_limit=256M
php-var = APP_MODE=a=b
`);
  expect(built.ok && built.settings.app).toMatchObject({
    language: 'php',
    docroot: '/srv/www',
    fallback2: '/lost.php',
    allowedDocroots: ['/srv/www', '/srv/other'],
    allowedExtensions: ['.php'],
    index: ['index.php'],
    set: [['memory_limit', '256M']],
    vars: [['APP_MODE', 'a=b']],
  });
});

test('a name that another server is told has no effect, and does not end the start', () => {
  const built = build('php-docroot = /srv/www\nphp-sapi-name = apache\n');
  expect(built.ok && built.warnings.map(({ message }) => message).join()).toContain("'php-sapi-name' has no effect");
});
