import { beforeEach, expect, it } from 'vitest';
import { KeptSnapshot } from './kept-snapshot.ts';
import type { Snapshot } from './snapshot-host.ts';

let nowMs = 0;
let asked: string[] = [];
let content = 'one';
let isLost = false;
let kept: KeptSnapshot;

const source: Snapshot = {
  stat: async () => null,
  read: async (path) => {
    asked.push(path);
    if (isLost) throw new Error('lost');
    return { ok: true, bytes: Buffer.from(content) };
  },
  list: async () => [],
  real: async () => null,
  facts: async () => ({ hostname: 'web1', cpus: 1, uid: 0, user: 'root', gid: 0, group: 'root' }),
};

beforeEach(() => {
  nowMs = 0;
  asked = [];
  content = 'one';
  isLost = false;
  kept = new KeptSnapshot(source, () => nowMs);
});

async function read(ageMs: number): Promise<string> {
  const found = await kept.within(ageMs).read('/a.ini');
  return found.ok ? Buffer.from(found.bytes).toString() : found.reason;
}

it('is asked once while a text is typed, and every time by who wants to know what is there now', async () => {
  expect([await read(60_000), await read(60_000), await read(60_000)]).toEqual(['one', 'one', 'one']);
  expect(asked).toHaveLength(1);
  content = 'two';
  expect(await read(0)).toBe('two');
  expect(await read(60_000)).toBe('two');
  expect(asked).toHaveLength(2);
});

it('gives what is not quite new at once, and has the newer one for the next who asks', async () => {
  await read(60_000);
  content = 'two';
  nowMs = 10_000;
  expect(await read(60_000)).toBe('one');
  expect(await read(60_000)).toBe('two');
  expect(asked).toHaveLength(2);
});

it('asks again for what is too old', async () => {
  await read(60_000);
  content = 'two';
  nowMs = 61_000;
  expect(await read(60_000)).toBe('two');
});

it('gives old answers while nothing else is to be had, and new ones when there is a link again', async () => {
  await read(60_000);
  isLost = true;
  nowMs = 600_000;
  expect(await read(60_000)).toBe('one');
  await expect(read(0)).rejects.toThrow('lost');
  isLost = false;
  content = 'two';
  nowMs = 700_000;
  expect(await read(60_000)).toBe('two');
});

it('keeps no failure', async () => {
  isLost = true;
  await expect(read(60_000)).rejects.toThrow('lost');
  isLost = false;
  expect(await read(60_000)).toBe('one');
});

it('knows nothing any more of what was changed from here', async () => {
  await read(60_000);
  content = 'two';
  kept.forget();
  expect(await read(60_000)).toBe('two');
});
