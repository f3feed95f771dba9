import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreError } from '../errors.ts';
import { localMachine } from '../machine/local-machine.ts';
import type { Machine } from '../machine/machine.ts';
import { systemClock } from '../node-ports.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { FileTail } from './file-tail.ts';

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i} ünï`);

const text = (from: number, to: number): string =>
  numbered(from, to)
    .map((line) => `${line}\n`)
    .join('');

describe('a log file that is followed', () => {
  let folder = '';
  let path = '';
  let tail: FileTail | null = null;
  let lines: string[] = [];
  let most = 0;
  let notes: string[] = [];
  let waiting: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-tail-'));
    path = join(folder, "it's a $(log).txt");
    lines = [];
    most = 0;
    notes = [];
    waiting = [];
  });

  afterEach(async () => {
    tail?.dispose();
    tail = null;
    await rm(folder, { recursive: true, force: true });
  });

  function follow(backBytes = 100_000, machine: Machine = localMachine): void {
    tail = new FileTail({
      machine,
      path,
      clock: systemClock,
      backBytes,
      sink: {
        onLines: (more) => {
          most = Math.max(most, more.length);
          lines.push(...more.map(({ text }) => text));
        },
        onNote: (text) => notes.push(text),
        onFollowing: () => {},
        onWaiting: (reason) => waiting.push(reason),
        onBytes: () => {},
        onZone: () => {},
      },
    });
  }

  const until = async (count: number): Promise<unknown> =>
    waitUntil(`${count} lines, not ${lines.length}`, () => lines.length >= count);

  it('hands on what came in one go in parts that nobody misses, in their order', async () => {
    await writeFile(path, text(0, 1));
    follow();
    await until(1);
    await appendFile(path, text(1, 3_500));
    await rename(path, `${path}.1`);
    await writeFile(path, text(3_500, 4_000));
    await until(4_000);
    expect(lines).toEqual(numbered(0, 4_000));
    expect(most).toBeLessThanOrEqual(1_000);
  });

  it('gives its newest whole lines, then what comes, half lines when they are whole', async () => {
    await writeFile(path, text(0, 1_000));
    follow(200);
    await waitUntil('the first lines', () => lines.length > 3);
    expect(lines).toEqual(numbered(1_000 - lines.length, 1_000));
    const before = lines.length;
    await appendFile(path, `${text(1_000, 1_001)}half`);
    await until(before + 1);
    await appendFile(path, ' and whole\n');
    await until(before + 2);
    expect(lines.slice(before)).toEqual([...numbered(1_000, 1_001), 'half and whole']);
    expect(notes).toEqual([]);
  });

  it('loses and repeats nothing when it is moved away while the server writes on, and opens a new one later', async () => {
    await writeFile(path, text(0, 10));
    follow();
    await until(10);
    await rename(path, `${path}.1`);
    await appendFile(`${path}.1`, text(10, 20));
    await until(20);
    await writeFile(path, text(30, 31));
    await appendFile(`${path}.1`, text(20, 30));
    await until(31);
    // A worker that has not opened the new one yet.
    await appendFile(`${path}.1`, 'late\n');
    await until(32);
    expect([...lines].sort()).toEqual([...numbered(0, 31), 'late'].sort());
    expect(notes).toEqual([expect.stringContaining('was rotated')]);
  });

  it('loses and repeats nothing when it is rotated several times between two looks', async () => {
    await writeFile(path, text(0, 10));
    await writeFile(`${path}.5`, text(900, 910));
    let isLinkUp = true;
    follow(100_000, {
      ...localMachine,
      run: async (argv, options) => {
        if (!isLinkUp) throw new CoreError('ssh-stopped', { host: 'web1' });
        return localMachine.run(argv, options);
      },
    });
    await until(10);
    isLinkUp = false;
    await waitUntil('the broken link', () => waiting.length > 0);
    await appendFile(path, text(10, 20));
    for (const from of [20, 120, 220]) {
      for (const number of [3, 2, 1]) await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => {});
      await rename(path, `${path}.1`);
      await writeFile(path, text(from, from + 100));
    }
    await writeFile(`${path}.9.gz`, 'no log');
    isLinkUp = true;
    await until(320);
    expect(lines).toEqual(numbered(0, 320));
    expect(notes).toEqual([expect.stringContaining('was rotated 3 times')]);
  });

  it('is read from its beginning when it was cut, also when it has grown beyond the old place', async () => {
    await writeFile(path, text(0, 50));
    follow();
    await until(50);
    await truncate(path);
    await appendFile(path, text(50, 51));
    await until(51);
    await writeFile(path, text(100, 300));
    await until(251);
    expect(lines).toEqual([...numbered(0, 51), ...numbered(100, 300)]);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('was cut');
  });

  it('is waited for, with the reason, and then read whole', async () => {
    follow();
    await waitUntil('the reason', () => waiting.length > 0);
    expect(waiting[0]).toContain('does not exist');
    await writeFile(path, text(0, 5));
    await until(5);
    expect(lines).toEqual(numbered(0, 5));
    await rm(path);
    await waitUntil('the note', () => notes.length > 0);
    await writeFile(path, text(5, 8));
    await until(8);
    expect(lines).toEqual(numbered(0, 8));
  });

  it('that grows faster than it is read is not read whole, and that is said', async () => {
    await writeFile(path, text(0, 10));
    follow();
    await until(10);
    await appendFile(path, text(1_000_000, 1_500_000));
    await waitUntil('the last line', () => lines.at(-1) === 'line 1499999 ünï');
    expect(notes).toEqual([expect.stringMatching(/\d+ bytes are left out here/)]);
    expect(lines.length).toBeLessThan(200_000);
    expect(lines.every((line) => /^line \d+ ünï$/.test(line))).toBe(true);
  });
});
