import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSettings } from '../config/build-settings.ts';
import { resolveConfig } from '../config/resolve.ts';
import { memoryHost } from '../config/test-host.ts';
import { FileServer } from './file-server.ts';
import { REQUEST_PREFIX_BYTES, type ResponseHead, sealRequestFrame } from './frames.ts';
import { GatewayRequest, type ResponseTarget } from './request.ts';
import { GateVisit } from './request-gate.ts';
import { StaticFiles } from './static-files.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-files-'));
  mkdirSync(join(folder, 'sub'));
  for (const name of [
    'a.txt',
    'a.txt.gz',
    'b.css',
    'b.css.gz',
    'sub/c.txt',
    'sub/c.txt.gz',
    'd.qqodd',
    'line\nend.txt',
  ]) {
    writeFileSync(join(folder, name), `content of ${name}`);
  }
  writeFileSync(join(folder, 'types'), '# types\nx/odd qqodd ODD2\nbroken\nx/css css\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Served {
  body: string;
  headers: string;
}

/** What a server with these options says to a GET; null: the application is asked. */
function served(options: string, path: string, variables: Record<string, string> = {}): Served | null {
  const ini = `[uwsgi]\nhttp-socket = 127.0.0.1:1\n${options.replaceAll('{F}', folder)}\n`;
  const resolved = resolveConfig(['--ini', 'a.ini'], memoryHost({ 'a.ini': ini }));
  const built = resolved.ok ? buildSettings(resolved) : null;
  if (built?.ok !== true) throw new Error(JSON.stringify(built ?? resolved));
  const { staticFiles } = built.settings;
  let answer: Served | null = null;
  const target: ResponseTarget = {
    respond: (head: ResponseHead, body: Buffer) => {
      answer = { body: body.toString(), headers: head.block.toString('latin1') };
    },
    begin: () => undefined,
    upgrade: () => undefined,
    data: () => undefined,
    end: () => undefined,
    abort: () => undefined,
    whenRoom: () => true,
    fail: () => ({ headBytes: 0, bodyBytes: 0, headerCount: 0 }),
  };
  const frame = Buffer.alloc(REQUEST_PREFIX_BYTES);
  sealRequestFrame(frame, 0, 0);
  const all = new Map(Object.entries({ REQUEST_METHOD: 'GET', PATH_INFO: path, REQUEST_URI: path, ...variables }));
  const texts = { method: 'GET', uri: path, protocol: 'HTTP/1.1', remoteAddress: '', forwardedFor: '', remoteUser: '' };
  const facts = { ...texts, contentLength: 0, varCount: 0, varBytes: 0, statusBytes: 15, variables: all };
  const request = new GatewayRequest(frame, facts, 1, target, () => undefined);
  const stage = new StaticFiles(staticFiles, new FileServer(staticFiles, () => undefined));
  const context = {
    dispatcher: { submit: () => true, abandon: () => undefined },
    encoder: { encodeAgain: () => Buffer.alloc(0) },
    finished: () => undefined,
    refused: () => undefined,
    trouble: (text: string) => expect.unreachable(text),
  };
  new GateVisit(request, all, 1, { stages: [stage], edits: null }, context).proceed();
  return answer;
}

const CHECK = 'check-static = {F}';
const GZIP = { HTTP_ACCEPT_ENCODING: 'gzip' };

test('nothing is served without an option that says where', () => {
  expect(served('static-index = index.html', '/a.txt')).toBeNull();
  expect(served('static-check = {F}', '/a.txt')?.body).toBe('content of a.txt');
});

test('check-static-docroot looks in the folder that the front server names', () => {
  expect(served('check-static-docroot = true', '/a.txt', { DOCUMENT_ROOT: folder })?.body).toBe('content of a.txt');
  expect(served('check-static-docroot = true', '/a.txt')).toBeNull();
  expect(served('check-static-docroot = true', '/a.txt', { DOCUMENT_ROOT: `${folder}/sub/..` })).toBeNull();
});

test.each([
  ['static-gzip-all = true', ['/a.txt', '/b.css', '/sub/c.txt']],
  ['static-gzip-ext = .css', ['/b.css']],
  ['static-gzip-dir = {F}/sub', ['/sub/c.txt']],
  ['static-gzip = /a\\.', ['/a.txt']],
  ['', []],
])('with %j compressed files stand for %j', (option, expected) => {
  const paths = ['/a.txt', '/b.css', '/sub/c.txt', '/d.qqodd'];
  const zipped = paths.filter((path) => served(`${CHECK}\n${option}`, path, GZIP)?.body.endsWith('.gz') === true);
  expect(zipped).toEqual(expected);
  for (const path of expected) {
    const plain = served(`${CHECK}\n${option}`, path);
    expect(plain?.body).toBe(`content of ${path.slice(1)}`);
    expect(plain?.headers).toContain('Vary: Accept-Encoding\r\n');
  }
});

test('a compressed file keeps the type of what it stands for', () => {
  const { headers = '' } = served(`${CHECK}\nstatic-gzip-all = true`, '/a.txt', GZIP) ?? {};
  expect(headers).toContain('Content-Type: text/plain\r\n');
  expect(headers).toContain('Content-Encoding: gzip\r\n');
});

const typeOf = (options: string, path: string): string | undefined =>
  /Content-Type: (.*)\r\n/.exec(served(`${CHECK}\n${options}`, path)?.headers ?? '')?.[1];

test('types come from the lists that mimefile names, and from the built-in table', () => {
  expect(typeOf('', '/d.qqodd')).toBeUndefined();
  expect(typeOf('mimefile = {F}/types', '/d.qqodd')).toBe('x/odd');
  expect(typeOf('mime-file = {F}/types', '/b.css')).toBe('x/css');
  expect(typeOf('mimefile = {F}/missing', '/a.txt')).toBe('text/plain');
});

test.each([
  ['static-expires = \\.txt$ 60', 60],
  ['static-expires = ^/a\\.txt$ 60', null],
  ['static-expires-path-info = ^/a\\.txt$ 60', 60],
  ['static-expires-uri = v=2 60', 60],
  ['static-expires-uri = v=3 60', null],
  ['static-expires-type = text/plain=60', 60],
  ['static-expires-type = text/html=60', null],
  ['static-expires-type = text/plain=60\nstatic-expires = a 70', 70],
])('%s', (option, seconds) => {
  const uri = { REQUEST_URI: '/a.txt?v=2' };
  const { headers = '' } = served(`${CHECK}\n${option}`, '/a.txt', uri) ?? {};
  const found = /Cache-Control: max-age=(\d+)/.exec(headers)?.[1];
  expect(found === undefined ? null : Number(found)).toBe(seconds);
  expect(headers.includes('Expires: ')).toBe(seconds !== null);
  const mtime = option.replaceAll(/^(static-expires[a-z-]*)/gm, '$1-mtime');
  const told = served(`${CHECK}\n${mtime}`, '/a.txt', uri)?.headers ?? '';
  const modifiedMs = Date.parse(/Last-Modified: (.*)\r/.exec(told)?.[1] ?? '');
  const until = /Expires: (.*)\r/.exec(told)?.[1];
  expect(until === undefined ? null : (Date.parse(until) - modifiedMs) / 1000).toBe(seconds);
});

test('file-serve-mode leaves the sending to the front server', () => {
  for (const [mode, name] of [
    ['nginx', 'X-Accel-Redirect'],
    ['x-accel-redirect', 'X-Accel-Redirect'],
    ['xsendfile', 'X-Sendfile'],
  ]) {
    const { body, headers } = served(`${CHECK}\nfile-serve-mode = ${mode}`, '/a.txt') ?? { body: '-', headers: '' };
    expect([body, headers]).toEqual(['', `OK\r\n${name}: ${folder}/a.txt\r\nContent-Type: text/plain\r\n`]);
  }
  expect(served(`${CHECK}\nfile-serve-mode = nginx`, '/line\nend.txt')?.body).toBe('content of line\nend.txt');
});

test('parts of files are sent unless honour-range is off', () => {
  const range = { HTTP_RANGE: 'bytes=0-6' };
  expect(served(CHECK, '/a.txt', range)?.body).toBe('content');
  expect(served(`${CHECK}\nhonour-range = false`, '/a.txt', range)?.body).toBe('content of a.txt');
  expect(served(`${CHECK}\nhonour-range = false`, '/a.txt')?.headers).not.toContain('Accept-Ranges');
});

test.each([
  'static-map = /static',
  'static-map = static=/srv',
  'static-expires = x',
  'static-expires = ( 60',
  'static-expires-type = text/css 60',
  'static-gzip = [',
  'file-serve-mode = apache',
])('%j is refused', (option) => {
  expect(() => served(option, '/')).toThrow('bad-value');
});
