import { describe, expect, test } from 'vitest';
import { formatConfigError } from './errors.ts';
import { resolveConfig } from './resolve.ts';
import { memoryHost } from './test-host.ts';

function resolve(files: Record<string, string>, argv = ['--ini', 'uwsgi.ini'], env: Record<string, string> = {}) {
  return resolveConfig(argv, memoryHost(files, env));
}

function optionsOf(text: string, env: Record<string, string> = {}): string[] {
  const resolved = resolve(
    { 'uwsgi.ini': `[uwsgi]\n${text}`, 'b.ini': '[uwsgi]\nb = %n\n[two]\nx = %x' },
    undefined,
    env,
  );
  if (!resolved.ok) return resolved.errors.map(formatConfigError);
  return resolved.options.slice(1).map(({ key, value }) => `${key}=${value}`);
}

describe('origins', () => {
  test('name the file and line that wrote a value, through includes, sections and loops', () => {
    const resolved = resolve({
      'uwsgi.ini': '[uwsgi]\n\ninclude = b.ini\nfor = 1 2\na = %(_)\nendfor =\n',
      'b.ini': '; first\n[uwsgi]\nb = 1\n',
    });
    expect(
      resolved.ok ? resolved.options.map(({ key, origin }) => `${key} ${origin.file}:${origin.line}`) : [],
    ).toEqual([
      'ini command line:0',
      'include /srv/app/uwsgi.ini:3',
      'b /srv/app/b.ini:3',
      'for /srv/app/uwsgi.ini:4',
      'a /srv/app/uwsgi.ini:5',
      'a /srv/app/uwsgi.ini:5',
      'endfor /srv/app/uwsgi.ini:6',
    ]);
    expect(resolved.files).toEqual(['/srv/app/uwsgi.ini', '/srv/app/b.ini']);
  });

  test('stay right behind a per cent sign that swallows the end of its line', () => {
    const resolved = resolve({ 'uwsgi.ini': '[uwsgi]\na = x %\nb = 1\nc = 2\n' });
    const last = resolved.ok ? resolved.options.at(-1) : undefined;
    expect(last).toMatchObject({ key: 'c', origin: { line: 4 } });
  });
});

// Tried on uWSGI 2.0.21, like the recorded cases.
describe('as uWSGI does it', () => {
  test('a condition is asked again for each line', () => {
    expect(optionsOf('if-not-opt = a\na = 1\nb = 2\nend =')).toEqual(['if-not-opt=a', 'a=1', 'end=']);
  });

  test('an open condition at the end of a file goes on', () => {
    expect(optionsOf('if-env = NOPE\ninherit = b.ini')).toEqual(['if-env=NOPE']);
  });

  test('a section without a file name is one of the file read last', () => {
    expect(optionsOf('include = b.ini\nini = :two\n[two]\nmine = 1')).toEqual([
      'include=b.ini',
      'b=b',
      'ini=:two',
      'x=two',
    ]);
  });

  test('a declared option that stands above its declaration still works', () => {
    expect(optionsOf('web = 5\ndeclare-option = web=set=q=$1-$2')).toEqual([
      'web=5',
      'declare-option=web=set=q=$1-$2',
      'q=5-$2',
    ]);
  });

  test('for-glob gives the pattern itself when nothing matches', () => {
    expect(optionsOf('for-glob = *.ini\na = %(_)\nend\nfor-glob = *.no\na = %(_)')).toEqual(
      'for-glob=*.ini a=b.ini a=uwsgi.ini end= for-glob=*.no a=*.no'.split(' '),
    );
  });

  test('standard input is the file named -', () => {
    const resolved = resolve({}, ['--ini', '-']);
    expect(resolved.ok ? resolved.options.map(({ key }) => key) : []).toEqual(['ini', 'from-stdin']);
  });

  test('a bare Python file or module is the application', () => {
    const resolved = resolve({}, ['shop.py:app', 'shop.wsgi:app']);
    expect(resolved.ok ? resolved.options.map(({ key, value }) => `${key}=${value}`) : []).toEqual(
      'wsgi-file=shop.py callable=app module=shop.wsgi:app'.split(' '),
    );
  });
});

/** Each value twice the one before. */
function laughs(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i} = %(a${i ? i - 1 : ''})%(a${i ? i - 1 : ''})`).join('\n');
}

describe('what cannot be read', () => {
  test.for([
    ['a = x%(a)', /uwsgi.ini:2: 'a = .*' grows without end/],
    ['include = uwsgi.ini', /includes itself/],
    ['declare-option = x=set=x=$1\nx = 1', /more than 20000 options|stands for itself/],
    [`a = ${'x'.repeat(999)}\n${laughs(40)}`, /grows without end/],
    ['include = gone.ini', /uwsgi.ini:2: 'gone.ini' does not exist. It was looked for as \/srv\/app\/gone.ini/],
    ['include = part.conf', /not known as a configuration file/],
    ['include = /srv', /is a folder|not known/],
    ['yaml = a.yml', /a\.yml' does not exist/],
    ['ini = http://x/y.ini', /asks no other machine/],
    ['a = @(exec://id)', /runs no program/],
    ['set = x', /Write name=value/],
    ['set-placeholder = processes=2', /is an option, it cannot be a placeholder/],
    ['if-env = HOME\nfor = a b', /there is one level only.*Close 'if-env' of line 2/],
    ['for-times = 99999999\na = 1', /is more than 10000/],
    ['if-hostname-match = [\na = 1', /is not a regular expression/],
    ['strict = true\nprocesess = 2', /Unknown option 'procesess'; 'strict' is on/],
    ['processes = -2', /is negative/],
  ] as const)('%s ends the start with the reason', ([text, message]) => {
    expect(optionsOf(text, { HOME: '/root' }).join('\n')).toMatch(message);
  });
});

test('300 lines with placeholders are read in less than 20 ms', () => {
  const lines = Array.from({ length: 300 }, (_, i) => `key-${i} = %(key-${(i * 7) % 300} + 1)/$(HOME)/%d`);
  const files = { 'uwsgi.ini': `[uwsgi]\n${lines.join('\n')}` };
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    expect(resolve(files, undefined, { HOME: '/root' }).ok).toBe(true);
    return performance.now() - start;
  });
  // The best of five: other programs run on this machine as well.
  expect(Math.min(...times)).toBeLessThan(20);
});

test.each([
  ['\u007fELF\u0001\u0001\0\0', 'binary'],
  ['{"uwsgi": {}}', 'JSON'],
])('a file without the section that is no INI file is refused: %j', (text, kind) => {
  const resolved = resolve({ 'uwsgi.ini': text });
  expect(resolved.ok ? [] : resolved.errors).toMatchObject([
    { code: 'not-ini', message: expect.stringContaining(kind), origin: { file: '/srv/app/uwsgi.ini', line: 0 } },
  ]);
});
