import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openRunFolder } from './run-folder.ts';

it.each([20, 59, 60, 61, 70, 80, 150])(
  'a run folder of %i characters leaves room for the names of sockets',
  async (length) => {
    const base = await mkdtemp(join(tmpdir(), 'r-'));
    const fill = length - base.length - '/run'.length - 1;
    const data = fill > 0 ? join(base, 'd'.repeat(fill)) : base;
    const folder = await openRunFolder(data);
    try {
      // The shortest limit of the systems it runs on, macOS's.
      expect(Buffer.byteLength(folder.statsSocket(randomUUID()))).toBeLessThanOrEqual(103);
      expect(folder.path === join(data, 'run')).toBe(length <= 60);
      expect(dirname(folder.fifo('x'))).toBe(folder.path);
    } finally {
      await folder.dispose();
      await rm(base, { recursive: true, force: true });
    }
  },
);
