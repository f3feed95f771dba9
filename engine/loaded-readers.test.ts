import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveConfig } from './config/resolve.ts';
import { memoryHost } from './config/test-host.ts';
import { LoadedReaders } from './loaded-readers.ts';

/** Packages that importing a module brings along at once. */
function packagesOf(entry: string): string[] {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const [, type, name = ''] of readFileSync(path, 'utf8').matchAll(
      /^(?:import|export) (type )?[^;]*?from '([^']+)';/gm,
    )) {
      if (type !== undefined) continue;
      if (name.startsWith('.')) waiting.push(join(path, '..', name));
      else packages.add(name);
    }
  }
  expect(seen.size).toBeGreaterThan(50);
  return [...packages].filter((name) => !name.startsWith('node:'));
}

test('a start takes in no library for formats that it may not need', () => {
  expect(packagesOf(join(import.meta.dirname, 'run-engine.ts'))).toEqual([]);
});

test('a file whose reader is not loaded asks for it, and is read when it is', async () => {
  const readers = new LoadedReaders();
  const read = () =>
    resolveConfig(['--ini', 'a.ini'], {
      ...memoryHost({ 'a.ini': '[uwsgi]\nyaml = b.yaml\n', 'b.yaml': 'uwsgi:\n  threads: 2\n' }),
      readers: readers.all,
    });
  const first = read();
  expect(first.ok ? [] : first.errors.map(({ reader }) => reader)).toEqual(['YAML']);
  await readers.load('YAML');
  const second = read();
  expect(second.ok ? second.applied.map(({ key, value }) => `${key}=${value}`) : second.errors).toContain('threads=2');
});

test('a reload can not wait for a reader, and says so', () => {
  expect(new LoadedReaders().loadForNextTime('XML')).toMatch(
    /^The configuration names a XML file now.*Reload once more\.$/,
  );
});
