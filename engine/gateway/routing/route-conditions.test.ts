import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONDITIONS } from './route-conditions.ts';

const FILE_CONDITIONS = ['exists', 'isfile', 'isdir', 'islink', 'isexec'];

test('a path that no file can have is no file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-conditions-'));
  try {
    symlinkSync('circle', join(folder, 'circle'));
    for (const path of ['/a\0b', `/${'long'.repeat(100)}`, '/'.repeat(10_000), join(folder, 'circle/inside')]) {
      const found = FILE_CONDITIONS.filter((name) => CONDITIONS[name]?.(path, '') === true);
      expect([path.slice(0, 8), found]).toEqual([path.slice(0, 8), []]);
    }
    expect(CONDITIONS['islink']?.(join(folder, 'circle'), '')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function isIn(family: 'ipv4in' | 'ipv6in', address: string, network: string): boolean | undefined {
  return CONDITIONS[family]?.(address, network);
}

test('networks hold the addresses of their family, and none when they are not written as one', () => {
  expect(isIn('ipv4in', '192.0.2.9', '192.0.2.0/24')).toBe(true);
  expect(isIn('ipv4in', '192.0.3.9', '192.0.2.0/24')).toBe(false);
  expect(isIn('ipv6in', '2001:db8::9', '2001:db8::/32')).toBe(true);
  expect(isIn('ipv6in', '192.0.2.9', '2001:db8::/32')).toBe(false);
  expect(isIn('ipv4in', '192.0.2.9', '192.0.2.0/240')).toBe(false);
});
