import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeBoard } from './spool-boards.ts';
import { countTasks } from './spool-count.ts';

const NOW = 1_795_000_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-spool-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function make(path: string, seconds: number, putIn = seconds): void {
  const full = join(folder, path.replace('N', `uwsgi_spoolfile_on_web_1_1_1_${putIn}`));
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, '');
  utimesSync(full, seconds, seconds);
}

test('tasks are due, later or given up, wherever they lie; the oldest is known', async () => {
  make('N_1', NOW - 60);
  make('N_2', NOW + 5);
  make('5/N_3', NOW - 90);
  make('x/N_4', NOW - 500);
  make('failed/N_5', NOW - 900);
  make('failed/5/N_6', NOW - 900);
  make('.attempts/N_5', NOW);
  make('.N_7', NOW);
  make('other', NOW);
  expect(await countTasks(folder, NOW, null)).toEqual({ due: 2, later: 1, failed: 2, oldest: NOW - 90 });
});

test('of very many files the names tell, and a folder that is not there has none', async () => {
  for (let number = 0; number < 1050; number++) make(`N_${number}`, NOW + 100, NOW - 100);
  const { due, later, oldest } = await countTasks(folder, NOW, null);
  expect([due, later, oldest]).toEqual([50, 1000, NOW - 100]);
  // A spooler has looked at each of them.
  const look = { later: 1049, oldest: NOW - 7 };
  expect(await countTasks(folder, NOW, look)).toEqual({ due: 1, later: 1049, failed: 0, oldest: NOW - 7 });
  expect(await countTasks(join(folder, 'nothing'), NOW, null)).toEqual({ due: 0, later: 0, failed: 0, oldest: null });
});

test('a board that is none, or not all there, is not read', () => {
  const bytes = Buffer.alloc(512);
  expect(decodeBoard(bytes)).toBeNull();
  bytes.writeUInt32LE(0x31505352, 0);
  bytes.writeUInt32LE(42, 4);
  bytes.writeBigUInt64LE(7n, 8);
  bytes.writeBigUInt64LE(9n, 16);
  bytes.writeUInt32LE(3, 52);
  bytes.writeBigUInt64LE(8n, 56);
  expect(decodeBoard(bytes)).toEqual({
    pid: 42,
    tasks: 7,
    attempts: 9,
    failures: 0,
    startedMs: 0,
    deadlineMs: 0,
    later: 3,
    oldestMs: 8,
  });
  expect(decodeBoard(bytes.subarray(0, 40))).toBeNull();
});
