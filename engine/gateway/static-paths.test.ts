import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultStatic, type StaticPlace } from '../config/static-settings.ts';
import { isPlainPath, StaticPaths } from './static-paths.ts';

const place = (prefix: string, target: string, keepsPrefix = false): StaticPlace => ({ prefix, target, keepsPrefix });

function pathsFor(path: string, places: StaticPlace[], documentRoot?: string): string[] {
  const settings = { ...defaultStatic(), places, usesDocumentRoot: documentRoot !== undefined };
  return new StaticPaths(settings).candidates(path, documentRoot).map(({ path: file }) => file);
}

test('static-map takes the prefix off, static-map2 keeps it, and a map may name one file', () => {
  expect(pathsFor('/static/a.css', [place('/static', '/srv/files')])).toEqual(['/srv/files/a.css']);
  expect(pathsFor('/static/a.css', [place('/static', '/srv', true)])).toEqual(['/srv/static/a.css']);
  expect(pathsFor('/icon', [place('/icon', '/srv/i.png')])).toEqual(['/srv/i.png']);
  expect(pathsFor('/static/', [place('/static', '/srv/files')])).toEqual(['/srv/files/']);
});

test('a prefix ends where a segment ends, unlike uWSGI', () => {
  const places = [place('/static', '/srv/files')];
  expect(pathsFor('/staticfoo', places)).toEqual([]);
  expect(pathsFor('/static-old/x', places)).toEqual([]);
  expect(pathsFor('/static', places)).toEqual(['/srv/files']);
});

test('places are tried in their order, the document root before them', () => {
  const places = [place('', '/srv/one'), place('/a', '/srv/two'), place('', '/')];
  expect(pathsFor('/a/b', places)).toEqual(['/srv/one/a/b', '/srv/two/b', '/a/b']);
  expect(pathsFor('/a', [], '/srv/docs')).toEqual(['/srv/docs/a']);
  expect(pathsFor('/a', [], 'docs')).toEqual([]);
  expect(pathsFor('/a', [], '/srv/../etc')).toEqual([]);
});

test.each(['/../etc/passwd', '/a/../../b', '/..', '/.', '/a/./b', '/a\0b', 'a', '', '/a/..'])(
  'the path %j names no file',
  (path) => {
    expect(isPlainPath(path)).toBe(false);
    expect(pathsFor(path, [place('', '/srv/files')])).toEqual([]);
  },
);

test.each(['/..a', '/.well-known/x', '/a..b', '/a//b', '/a/...', '/\u00e9', '/%2e%2e/x'])(
  'the path %j is one like others',
  (path) => {
    expect(pathsFor(path, [place('', '/srv/files')])).toEqual([`/srv/files${path}`]);
  },
);

test('whatever the path, what is looked for never leaves the folder by its name', () => {
  const piece = fc.constantFrom('..', '.', '/', 'a', '\0', '\\', '%2f', '%2e', 'static');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const places = [place('', '/srv/files'), place('/static', '/srv/files', true)];
      for (const path of pathsFor(`/${pieces.join('')}`, places)) {
        expect(path.startsWith('/srv/files/')).toBe(true);
        expect(path.split('/')).not.toContain('..');
      }
    }),
  );
});

test('endings of static-skip-ext are left to the application', () => {
  const paths = new StaticPaths({ ...defaultStatic(), skipped: ['.php', '~'] });
  expect(['/a.php', '/a~', '/a.css', '/a.php.txt'].map((path) => paths.skips(path))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
