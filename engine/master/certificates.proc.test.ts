/** Certificates that are read again: new ones, broken ones, and keys that may not be read any more. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildSettings } from '../config/build-settings.ts';
import { resolveConfig } from '../config/resolve.ts';
import type { EngineSettings } from '../config/settings.ts';
import { memoryHost } from '../config/test-host.ts';
import { makeAuthority } from '../testing/certificates.ts';
import { Certificates } from './certificates.ts';

let folder: string;
let log: string[];
let certificates: Certificates;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-certificates-'));
  log = [];
  certificates = new Certificates((text) => log.push(text));
  makeAuthority(folder, 'first');
  makeAuthority(folder, 'second');
  use('first');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function use(name: string): void {
  for (const end of ['crt', 'key']) cpSync(join(folder, `${name}.${end}`), join(folder, `site.${end}`));
}

function settings(): EngineSettings {
  const line = `https = :443,${folder}/site.crt,${folder}/site.key`;
  const resolved = resolveConfig(['--ini', 'uwsgi.ini'], memoryHost({ 'uwsgi.ini': `[uwsgi]\n${line}` }));
  const built = resolved.ok ? buildSettings(resolved) : null;
  if (built === null || !built.ok) throw new Error('bad test');
  return built.settings;
}

/** The certificate that the listener would use. */
function loaded(): string {
  const [material] = certificates.load(settings()).values();
  return material?.certificate.cert ?? '';
}

function text(name: string): string {
  return readFileSync(join(folder, name), 'latin1');
}

test('files are read again each time; what can not be used is an error', () => {
  expect(loaded()).toBe(text('first.crt'));
  use('second');
  expect(loaded()).toBe(text('second.crt'));
  writeFileSync(join(folder, 'site.key'), text('first.key'));
  expect(() => loaded()).toThrow(/The key .*site\.key does not go with the certificate .*site\.crt/);
  writeFileSync(join(folder, 'site.key'), 'nonsense');
  expect(() => loaded()).toThrow(/does not go with/);
  rmSync(join(folder, 'site.key'));
  expect(() => loaded()).toThrow(/The key .*site\.key is not there\./);
  mkdirSync(join(folder, 'site.key'));
  expect(() => loaded()).toThrow(/The key .*site\.key can not be read \(EISDIR\)\./);
});

test('session tickets have the same keys after each reload', () => {
  const [before] = certificates.load(settings()).values();
  use('second');
  const [after] = certificates.load(settings()).values();
  expect(after?.ticketKeys).toEqual(before?.ticketKeys);
  expect(after?.ticketKeys).toHaveLength(48);
});

test('a key that may not be read any more keeps its certificate in use', () => {
  expect(loaded()).toBe(text('first.crt'));
  const first = text('first.crt');
  use('second');
  const isRoot = process.getuid?.() === 0;
  chmodSync(join(folder, 'site.key'), 0);
  // Root reads everything: it becomes nobody for the moment, who may not even look into the folder.
  if (isRoot) process.seteuid?.(65_534);
  try {
    expect(loaded()).toBe(first);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  expect(log).toEqual([
    expect.stringMatching(/may not be read\. The certificate that was read before stays in use\.$/),
  ]);
});
