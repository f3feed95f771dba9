import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeWords, summaryWords } from './change-words.ts';
import { effectiveIni, effectiveOptions, originWords } from './effective.ts';
import { resolveConfig } from './resolve.ts';
import { compareEffective } from './semantic-diff.ts';
import { memoryHost } from './test-host.ts';

function effective(text: string, files: Record<string, string> = {}) {
  const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': text, ...files }));
  if (!resolved.ok) throw new Error(resolved.errors[0]?.message);
  return effectiveOptions(resolved);
}

function changes(before: string, after: string, files: Record<string, string> = {}) {
  return compareEffective(effective(before, files), effective(after, files));
}

function words(before: string, after: string): string {
  return summaryWords(changes(before, after), before, after);
}

describe('what a configuration comes to', () => {
  it('is its lines without those that only steer the reading; of two values of one option the later is in effect', () => {
    const text =
      '[uwsgi]\nbase = /srv\nchdir = %(base)/app\nprocesses = 2\nworkers = 4\nif-exists = none\nendif =\nodd = 1\n';
    expect(effective(text).map(({ name, value, status }) => [name, value, status])).toEqual([
      ['base', '/srv', 'placeholder'],
      ['chdir', '/srv/app', 'in effect'],
      ['processes', '2', 'overridden'],
      ['processes', '4', 'in effect'],
      ['odd', '1', 'unknown'],
    ]);
  });

  it('can be written as one INI file that comes to the same', () => {
    const files = { 'b.ini': '[uwsgi]\nharakiri = 30\ntouch-reload = /a\n' };
    const text =
      '[uwsgi]\nbase = /srv\ninclude = b.ini\nchdir = %(base)\nprocesses = 1\nprocesses = 3\ntouch-reload = /b\n';
    const ini = effectiveIni(effective(text, files));
    expect(ini).not.toContain('include');
    expect(changes(text, ini, files)).toEqual([]);
  });

  it('is told with the way it came', () => {
    const top = { file: '/srv/a.ini', line: 3 };
    const origin = { file: '/srv/b.ini', line: 2, via: { option: 'include', value: 'b.ini', origin: top } };
    expect(originWords(origin)).toBe('/srv/b.ini:2, by include = b.ini in /srv/a.ini:3');
    expect(originWords(top)).toBe('/srv/a.ini:3');
  });
});

describe('two configurations are the same', () => {
  it.each([
    ['with other comments and blank lines', 'processes = 4', '; four\n\n  processes   =   4  '],
    ['in another order of lines', 'processes = 4\nharakiri = 20', 'harakiri = 20\nprocesses = 4'],
    ['by an alias', 'processes = 4', 'workers = 4'],
    ['with numbers as uWSGI reads them', 'harakiri = 30', 'harakiri = 030s'],
    ['with a flag in other words', 'master = true', 'master = 1'],
    ['with a flag switched off or not there', 'vacuum = false', ''],
    ['with a mode with a zero in front', 'chmod-socket = 0660', 'chmod-socket = 660'],
    ['with all interfaces written out', 'socket = *:3031', 'socket = :3031'],
    ['with a value that a later line replaces', 'processes = 2\nprocesses = 4', 'processes = 4'],
    ['through a placeholder', 'n = 4\nprocesses = %(n)', 'processes = 4'],
    [
      'with files to be touched in another order',
      'touch-reload = /a\ntouch-reload = /b',
      'touch-reload = /b\ntouch-reload = /a',
    ],
    ['with sockets in another order', 'socket = /a\nhttp-socket = :1', 'http-socket = :1\nsocket = /a'],
    ['with variables in another order', 'env = A=1\nenv = B=2', 'env = B=2\nenv = A=1'],
    ['with a line of an included file', 'harakiri = 30', 'include = b.ini'],
  ])('%s', (_, before, after) => {
    const files = { 'b.ini': '[uwsgi]\nharakiri = 30\n' };
    expect(changes(`[uwsgi]\n${before}\n`, `[uwsgi]\n${after}\n`, files)).toEqual([]);
  });
});

it('comments, blank lines, aliases and the order of lines never make a difference', () => {
  const spellings = [['processes', 'workers'], ['harakiri'], ['master'], ['listen'], ['buffer-size'], ['touch-reload']];
  const line = fc.record({
    option: fc.integer({ min: 0, max: spellings.length - 1 }),
    value: fc.integer({ min: 1, max: 9 }),
  });
  const write = (options: readonly { option: number; value: number }[], alias: number, gap: string) =>
    ['[uwsgi]', ...options.map(({ option, value }) => `${gap}${spellings[option]?.at(alias) ?? ''} = ${value}`)].join(
      '\n',
    );
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: ({ option }) => option }), (options) => {
      const turned = write(options.toReversed(), -1, '; here\n\n  ');
      expect(changes(write(options, 0, ''), turned)).toEqual([]);
    }),
  );
});

describe('two configurations differ', () => {
  it('by values added, removed and changed, each with where it stands', () => {
    const found = changes('[uwsgi]\nprocesses = 4\nharakiri = 60\n', '[uwsgi]\nprocesses = 8\n\nthreads = 2\n');
    expect(found).toMatchObject([
      { name: 'processes', type: 'changed', before: [{ value: '4' }], after: [{ value: '8', origin: { line: 2 } }] },
      { name: 'harakiri', type: 'removed', before: [{ value: '60', origin: { line: 3 } }], after: [] },
      { name: 'threads', type: 'added', before: [], after: [{ value: '2', origin: { line: 4 } }] },
    ]);
  });

  it('by single values of a list', () => {
    const found = changes(
      '[uwsgi]\ntouch-reload = /a\ntouch-reload = /b',
      '[uwsgi]\ntouch-reload = /b\ntouch-reload = /c',
    );
    expect(found).toMatchObject([{ type: 'changed', before: [{ value: '/a' }], after: [{ value: '/c' }] }]);
  });

  it('by the order of a list that is gone through in its order', () => {
    const found = changes(
      '[uwsgi]\nstatic-map = /a=/x\nstatic-map = /=/y',
      '[uwsgi]\nstatic-map = /=/y\nstatic-map = /a=/x',
    );
    expect(found).toMatchObject([{ name: 'static-map', type: 'reordered' }]);
  });

  it('by the order of a chain of routes, whatever options its rules are written with', () => {
    const found = changes(
      '[uwsgi]\nroute = ^/a last:\nroute-host = ^x$ break:403',
      '[uwsgi]\nroute-host = ^x$ break:403\nroute = ^/a last:',
    );
    expect(found).toMatchObject([{ name: 'route', type: 'reordered' }]);
  });

  it('by the order of sockets when they are mapped to workers by their number', () => {
    const map = 'map-socket = 0:1';
    const found = changes(`[uwsgi]\nsocket = /a\nsocket = /b\n${map}`, `[uwsgi]\nsocket = /b\nsocket = /a\n${map}`);
    expect(found).toMatchObject([{ name: 'socket', type: 'reordered' }]);
  });

  it('by one variable of the environment, the last value of which counts', () => {
    const found = changes('[uwsgi]\nenv = A=1\nenv = B=1', '[uwsgi]\nenv = A=0\nenv = A=2\nenv = B=1');
    expect(found).toMatchObject([{ name: 'env A', type: 'changed', after: [{ value: 'A=2' }] }]);
  });

  it('that takes what the server at hand needs: the engine reloads what uWSGI restarts for', () => {
    const [before, after] = [effective('[uwsgi]\nlisten = 100\n'), effective('[uwsgi]\nlisten = 200\n')];
    expect(compareEffective(before, after, 'uwsgi')).toMatchObject([{ effect: 'restart' }]);
    expect(compareEffective(before, after, 'engine')).toMatchObject([{ effect: 'reload' }]);
  });

  it('by an option that no table knows: a plugin may', () => {
    expect(changes('[uwsgi]\n', '[uwsgi]\nmy-plugin = 1\n')).toMatchObject([{ name: 'my-plugin', type: 'added' }]);
  });
});

describe('the summary of a change', () => {
  it('says it in a few words', () => {
    const before = '[uwsgi]\nprocesses = 4\nharakiri = 60\nvacuum = true\nsocket = /a\n';
    const after = '[uwsgi]\nprocesses = 8\nmaster = true\nthreads = 2\nsocket = /a\n';
    expect(words(before, after)).toBe('processes 4 → 8, master on, harakiri removed, threads added and 1 more');
  });

  it('tells comments, another spelling and no change apart', () => {
    expect(words('[uwsgi]\nprocesses = 4\n', '[uwsgi]\n# four\nprocesses = 4\n')).toBe('comments only');
    expect(words('[uwsgi]\nprocesses = 4\n', '[uwsgi]\nworkers = 4\n')).toBe('written differently, the same meaning');
    expect(words('[uwsgi]\n', '[uwsgi]\n')).toBe('the same text');
  });

  it('shows no secret and no long value', () => {
    expect(words('[uwsgi]\nenv = DB_PASSWORD=a\n', '[uwsgi]\nenv = DB_PASSWORD=b\n')).toBe('env DB_PASSWORD changed');
    const [long] = changes('[uwsgi]\nmodule = a\n', `[uwsgi]\nmodule = ${'b'.repeat(80)}\n`);
    if (long === undefined) throw new Error('no change was found');
    expect(changeWords(long)).toBe('module changed');
  });
});
