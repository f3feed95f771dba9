/** Tasks that an application in JavaScript puts in: the bytes recorded from uWSGI, and nothing half done. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

type Enqueue = (boot: unknown, task: Record<string, string | number | Uint8Array>) => string;
interface SpoolFile {
  enqueue: Enqueue;
  pack: (pairs: [string, string][], body?: string | Uint8Array) => Buffer;
}

const GOLDENS = join(import.meta.dirname, 'goldens/spool');
const MODULE = '../resources/runtimes/node/spool-file.mjs';
const { enqueue, pack }: SpoolFile = await import(MODULE);

let folder: string;
let boot: unknown;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-spool-'));
  const folders = [{ path: folder, isExternal: true }];
  boot = { spooler: { folders, isQuiet: true }, companions: [], controlEndpoint: join(folder, 'control'), chdir: null };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(['simple', 'body', 'at-future', 'priority-ordered'])('the case %s has the bytes of the recording', (name) => {
  const call: { vars: [string, string][] } = JSON.parse(readFileSync(join(GOLDENS, name, 'call.json'), 'utf8'));
  const vars = call.vars.map(([key, value]): [string, string | Uint8Array] => [
    key,
    key === 'body' ? Buffer.from(value, 'latin1') : value,
  ]);
  const path = enqueue(boot, Object.fromEntries(vars));
  expect(readFileSync(path)).toEqual(readFileSync(join(GOLDENS, name, 'file.bin')));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(path).toMatch(/\/uwsgi_spoolfile_on_.+_\d+_\d+_\d+_\d{10}_\d{1,6}$/);
  if (name === 'at-future') expect(statSync(path).mtimeMs).toBe(4_102_444_800_000);
  if (name === 'priority-ordered') expect(path.startsWith(join(folder, '5/'))).toBe(true);
});

test('what can not be a task is refused, and nothing is left', () => {
  expect(() => pack([['a', 'x'.repeat(70_000)]])).toThrow(/at most 65535 bytes and these are 7\d+/);
  expect(() => enqueue(boot, { priority: '../x' })).toThrow(/priority is a number/);
  expect(() => enqueue(boot, { at: 'tomorrow' })).toThrow(/'at' is a time/);
  expect(() => enqueue(boot, { spooler: '/nowhere' })).toThrow(/is none of the folders/);
  expect(readdirSync(folder)).toEqual([]);
});
