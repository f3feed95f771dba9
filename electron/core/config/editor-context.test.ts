import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeContext, type EditedText, listPaths, peekInto } from './editor-context.ts';
import { createConfigHost } from './node-config-host.ts';

let folder = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'reeve-editor-')));
  await mkdir(join(folder, 'app', 'static'), { recursive: true });
  await writeFile(join(folder, 'app', 'wsgi.py'), '');
  await writeFile(join(folder, 'common.ini'), '[uwsgi]\nmaster = true\n[live]\nthreads = 2\n');
  await writeFile(join(folder, 'secret.ini'), '[uwsgi]\n');
  await writeFile(join(folder, '.hidden'), '');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function edited(text: string): EditedText {
  const path = join(folder, 'shop.ini');
  const env = { HOME: '/home/shop', DB_PASSWORD: 'x', UWSGI_PROCESSES: '9' };
  const override = { path, text };
  return { path, host: createConfigHost({ cwd: folder, env, binaryPath: '/bin/uwsgi', version: '2.0.21', override }) };
}

function namesFor(typed: string): string[] {
  return listPaths(edited('[uwsgi]\n'), 'logto', typed).entries.map(({ name }) => name);
}

describe('what the editor asks about a text', () => {
  it('gets magic variables, environment, placeholders and where each value was written', () => {
    const context = describeContext(edited('[uwsgi]\nbase = %dapp\nchdir = %(base)\nini = common.ini\n'));
    expect(context.magic).toMatchObject({ d: `${folder}/`, n: 'shop', V: '2.0.21', '0': folder.split('/')[1] });
    expect(context.environment).toContainEqual({ name: 'HOME', value: '/home/shop' });
    expect(context.environment).toContainEqual({ name: 'DB_PASSWORD', value: null });
    expect(context.chdir).toBe(join(folder, 'app'));
    expect(context.values).toContainEqual({
      key: 'chdir',
      value: join(folder, 'app'),
      file: join(folder, 'shop.ini'),
      line: 3,
    });
    expect(context.values).toContainEqual({
      key: 'master',
      value: 'true',
      file: join(folder, 'common.ini'),
      line: 2,
    });
    expect(context.values.some(({ key }) => key === 'processes')).toBe(false);
    expect(context.files).toEqual([join(folder, 'shop.ini'), join(folder, 'common.ini')]);
  });

  it('says why when the text can not be read to its end, and still knows its variables', () => {
    const context = describeContext(edited('[uwsgi]\ninclude = gone.ini\n'));
    expect(context.problem).toContain('gone.ini');
    expect([context.values, context.magic['n']]).toEqual([[], 'shop']);
  });

  it('lists paths from the folder that the option starts from', () => {
    const text = edited('[uwsgi]\nchdir = %d/app\n');
    expect(listPaths(text, 'wsgi-file', '').entries).toEqual([
      { name: 'static', kind: 'folder' },
      { name: 'wsgi.py', kind: 'file' },
    ]);
    expect(listPaths(text, 'include', 'co').entries.map(({ name }) => name)).toContain('common.ini');
    expect(listPaths(text, 'static-map', '%d/app/').folder).toBe(join(folder, 'app'));
    expect(listPaths(text, 'wsgi-file', 'nowhere/')).toEqual({ folder: null, entries: [], isCut: false });
  });

  it('keeps hidden names until their dot is typed', () => {
    expect(namesFor('')).not.toContain('.hidden');
    expect(namesFor('.h')).toContain('.hidden');
  });

  it('shows only files that the configuration reads', () => {
    const text = edited('[uwsgi]\nini = common.ini:live\n');
    expect(peekInto(text, 'ini', 'common.ini:live')).toMatchObject({
      path: join(folder, 'common.ini'),
      section: 'live',
      text: expect.stringContaining('threads = 2'),
    });
    expect(() => peekInto(text, 'ini', 'secret.ini')).toThrow(/not read/);
    expect(() => peekInto(text, 'ini', '/etc/passwd')).toThrow(/not read/);
  });
});
