import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PhpApp, phpSettings } from '../config/php-app.ts';
import { decodeNameValues } from './environ-fastcgi.ts';
import { PhpScripts } from './php-scripts.ts';

let tree = '';

beforeAll(() => {
  tree = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-scripts-')));
  for (const name of ['www/sub', 'other']) mkdirSync(join(tree, name), { recursive: true });
  for (const name of ['www/a.php', 'www/b.php', 'www/c.inc', 'www/sub/home.php', 'other/o.php', 'app.php']) {
    writeFileSync(join(tree, name), '');
  }
  symlinkSync('../other/o.php', join(tree, 'www/o.php'));
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** The variables of the script, with the tree's path as `~`; or the status of a refusal. */
async function find(
  path: string,
  settings: Partial<PhpApp> = {},
  { query = '', documentRoot = null }: { query?: string; documentRoot?: string | null } = {},
): Promise<Record<string, string> | string> {
  const app: PhpApp = { ...phpSettings(), language: 'php', docroot: join(tree, 'www'), ...settings };
  const found = await new PhpScripts(app).find({ path, query, documentRoot });
  if (found.type === 'refusal') return `${found.status}${found.location === null ? '' : ` ${found.location}`}`;
  return Object.fromEntries(decodeNameValues(found.params).map(([name, value]) => [name, value.replace(tree, '~')]));
}

const script = (file: string, name: string, info = ''): unknown =>
  expect.objectContaining({ SCRIPT_FILENAME: `~/${file}`, SCRIPT_NAME: name, PATH_INFO: info });

describe('the script of a request', () => {
  test('is the file of its path, or the one in front of the rest', async () => {
    expect(await find('/a.php')).toEqual(script('www/a.php', '/a.php'));
    expect(await find('/a.php/x//y')).toEqual(script('www/a.php', '/a.php', '/x//y'));
    expect(await find('//sub///home.php')).toEqual(script('www/sub/home.php', '/sub///home.php'));
    expect(await find('/sub/none/x')).toBe('404');
  });

  test('is the first index of a folder that is there', async () => {
    const index = ['none.php', 'home.php'];
    expect(await find('/sub/', { index })).toEqual(script('www/sub/home.php', '/sub/'));
    expect(await find('/', { index })).toBe('404');
    expect(await find('/sub', { index }, { query: 'a=b' })).toBe('301 /sub/?a=b');
    expect(await find('//sub', { index })).toBe('301 /sub/');
  });

  test('is php-app for all paths but those of php-app-bypass', async () => {
    const settings = { app: join(tree, 'app.php'), appBypass: ['^/sub/'], index: ['home.php'] };
    expect(await find('/any/thing', settings)).toEqual(script('app.php', ''));
    expect(await find('/sub/', settings)).toEqual(script('www/sub/home.php', '/sub/'));
    expect(await find('/a&b', { ...settings, appQuery: 'q=' }, { query: 'z=1' })).toMatchObject({
      QUERY_STRING: 'q=/a%26b&z=1',
    });
  });

  test('is the fallback when the path names nothing', async () => {
    const fallback = join(tree, 'app.php');
    expect(await find('/no/such', { fallback })).toEqual(script('app.php', '/no/such'));
    expect(await find('/a.php', { fallback })).toEqual(script('www/a.php', '/a.php'));
    expect(await find('/no', { fallback, fallbackQuery: 'p' }, { query: 'z' })).toMatchObject({
      QUERY_STRING: 'p=/no&z',
    });
    expect(await find('/no', { fallback2: '/b.php' })).toEqual(script('www/b.php', '/no'));
    expect(await find('/no', { fallback2: '/none.php' })).toBe('404');
    expect(await find('/sub/', { fallback })).toBe('404');
  });

  test('must be where and what is allowed', async () => {
    expect(await find('/o.php')).toBe('403');
    expect(await find('/o.php', { allowedDocroots: [join(tree, 'other')] })).toEqual(script('other/o.php', '/o.php'));
    expect(await find('/a.php', { allowedDocroots: [join(tree, 'other')] })).toBe('403');
    expect(await find('/c.inc')).toEqual(script('www/c.inc', '/c.inc'));
    expect(await find('/c.inc', { allowedExtensions: ['.php', '.phtml'] })).toBe('403');
    expect(await find('/c.inc/x.php', { allowedExtensions: ['.php'] })).toBe('403');
    const allowedScripts = [join(tree, 'www/a.php')];
    expect(await find('/a.php', { allowedScripts })).toEqual(script('www/a.php', '/a.php'));
    expect(await find('/b.php', { allowedScripts })).toBe('403');
    expect(await find('/sub/../a.php')).toBe('403');
    expect(await find('/a.php\0')).toBe('404');
  });

  test('is looked for where the front server says when nothing is configured, else where the engine runs', async () => {
    const settings = { docroot: null, folder: join(tree, 'www') };
    expect(await find('/o.php', settings, { documentRoot: join(tree, 'other') })).toEqual(
      script('other/o.php', '/o.php'),
    );
    expect(await find('/a.php', settings)).toEqual(script('www/a.php', '/a.php'));
    expect(await find('/o.php', {}, { documentRoot: join(tree, 'other') })).toBe('403');
  });

  test('is nowhere, which the log says, when the folder of scripts is not there', async () => {
    const app: PhpApp = { ...phpSettings(), language: 'php', docroot: null, app: join(tree, 'app.php') };
    const question = { path: '/', query: '', documentRoot: '/no/such/folder' };
    expect(await new PhpScripts(app).find(question)).toMatchObject({
      status: 404,
      log: 'PHP: the folder of scripts, /no/such/folder, can not be reached',
    });
  });
});

test('a script that was found is believed for a second, one that was not is looked for again', async () => {
  let nowMs = 0;
  const app: PhpApp = { ...phpSettings(), language: 'php', docroot: join(tree, 'www') };
  const scripts = new PhpScripts(app, () => nowMs);
  const question = { path: '/new.php', query: '', documentRoot: null };
  expect((await scripts.find(question)).type).toBe('refusal');
  writeFileSync(join(tree, 'www/new.php'), '');
  expect((await scripts.find(question)).type).toBe('script');
  rmSync(join(tree, 'www/new.php'));
  expect(scripts.find(question)).toMatchObject({ type: 'script' });
  nowMs = 1001;
  expect((await scripts.find(question)).type).toBe('refusal');
});
