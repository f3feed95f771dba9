import { expect, it } from 'vitest';
import { NO_MEMORY, readMemory, readMemoryShares } from './process-memory.ts';

it('reads the memory of a process', ({ skip }) => {
  skip(process.platform !== 'linux', 'memory is read from /proc');
  const { rssBytes, vszBytes } = readMemory(process.pid);
  expect(rssBytes / process.memoryUsage.rss()).toBeGreaterThan(0.5);
  expect(rssBytes / process.memoryUsage.rss()).toBeLessThan(2);
  expect(vszBytes).toBeGreaterThan(rssBytes);
});

it('knows of no memory of a process that is gone', () => {
  expect(readMemory(2 ** 30)).toEqual(NO_MEMORY);
  expect(readMemoryShares(2 ** 30)).toEqual({ uss: 0, pss: 0 });
});
