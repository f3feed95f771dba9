import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRendererFile, hasRenderer } from './renderer-files.ts';

const parent = mkdtempSync(join(tmpdir(), 'reeve-renderer-'));
const folder = join(parent, 'renderer');

beforeAll(() => {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'main-B1x2y3z4.js'), '1');
  writeFileSync(join(folder, '.secret.js'), 'secret');
  writeFileSync(join(parent, 'outside.js'), 'secret');
  symlinkSync(join(parent, 'outside.js'), join(folder, 'link.js'));
});
afterAll(() => rmSync(parent, { recursive: true }));

describe('findRendererFile', () => {
  it('finds the page at the root only', async () => {
    for (const path of ['/', '/index.html']) {
      expect(await findRendererFile(folder, path)).toMatchObject({ status: 'found', isPage: true, isImmutable: false });
    }
  });

  it('lets only hashed assets be cached for ever', async () => {
    expect(await findRendererFile(folder, '/assets/main-B1x2y3z4.js')).toMatchObject({
      status: 'found',
      contentType: 'text/javascript; charset=utf-8',
      isImmutable: true,
    });
    expect(await findRendererFile(folder, '/icon.svg')).toMatchObject({ status: 'found', isImmutable: false });
  });

  it.each([
    '/../outside.js',
    '/..%2foutside.js',
    '/%2e%2e/outside.js',
    '/assets/../../outside.js',
    '/..\\outside.js',
    '/%5c..%5coutside.js',
    '/assets//main-B1x2y3z4.js',
    '/.secret.js',
    '/%00.js',
    '/%zz.js',
    '/c:/outside.js',
    'http://127.0.0.1/icon.svg',
    '',
  ])('refuses %s', async (path) => {
    expect(await findRendererFile(folder, path)).toEqual({ status: 'refused' });
  });

  it('refuses a link that leads out of the folder', async () => {
    expect(await findRendererFile(folder, '/link.js')).toEqual({ status: 'refused' });
  });

  it('says that files are missing which are, or which the renderer has none of', async () => {
    for (const path of ['/nothing.js', '/fleet', '/fleet/', '/index.html/x.js', '/a.php', '/assets.js/']) {
      expect((await findRendererFile(folder, path)).status).not.toBe('found');
    }
  });
});

describe('hasRenderer', () => {
  it('tells a built renderer from an empty folder', async () => {
    expect(await hasRenderer(folder)).toBe(true);
    expect(await hasRenderer(join(parent, 'nowhere'))).toBe(false);
  });
});
