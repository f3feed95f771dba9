import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SAMPLE_COLUMNS, type SampleRow } from '../../contract/model.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { BUCKET_MS, openHistory } from './history-db.ts';

let folder = '';
let troubles: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-history-'));
  troubles = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function rows(): unknown[] {
  const database = new DatabaseSync(join(folder, 'history.db'));
  const found = database.prepare('SELECT instanceId, atMs, reqPerSec, exceptions FROM samples').all();
  database.close();
  return found;
}

/** Everything else is not known. */
function aRow(reqPerSec: number | null, exceptions: number): SampleRow {
  return SAMPLE_COLUMNS.map((column) =>
    column === 'reqPerSec' ? reqPerSec : column === 'exceptions' ? exceptions : null,
  );
}

function aLoad(busy: number, listenQueue: number): SampleRow {
  return SAMPLE_COLUMNS.map((column) => (column === 'busy' ? busy : column === 'listenQueue' ? listenQueue : null));
}

it('history keeps the mean of a rate and the sum of a count for each ten seconds', async () => {
  const clock = new ManualClock();
  const history = openHistory(folder, clock, (text) => troubles.push(text));
  for (const row of [aRow(2, 1), aRow(null, 0), aRow(4, 2)]) history.record('shop', row);
  await clock.pass(BUCKET_MS);
  history.dispose();
  expect(rows()).toEqual([{ instanceId: 'shop', atMs: clock.now(), reqPerSec: 3, exceptions: 3 }]);
  expect(clock.timerCount).toBe(0);
  expect(troubles).toEqual([]);
});

it('history that can not be written is told of once, not every ten seconds', async () => {
  const clock = new ManualClock();
  const history = openHistory(folder, clock, (text) => troubles.push(text));
  const saboteur = new DatabaseSync(join(folder, 'history.db'));
  saboteur.exec('DROP TABLE samples');
  saboteur.close();
  for (let i = 0; i < 3; i += 1) {
    history.record('shop', aRow(1, 0));
    await clock.pass(BUCKET_MS);
  }
  history.dispose();
  expect(troubles).toHaveLength(1);
  expect(troubles[0]).toContain('History can not be written');
});

it('history that can not be opened is told of, and nothing else needs it', () => {
  const history = openHistory(join(folder, 'nowhere'), new ManualClock(), (text) => troubles.push(text));
  history.record('shop', aRow(1, 0));
  history.forget('shop');
  history.dispose();
  expect(troubles).toHaveLength(1);
});

it('history knows the highest of what it keeps, when that was, and how much it keeps', async () => {
  const clock = new ManualClock();
  const history = openHistory(folder, clock, (text) => troubles.push(text));
  for (const [busy, queue] of [
    [2, 1],
    [5, 40],
    [3, 7],
  ] as const) {
    history.record('shop', aLoad(busy, queue));
    await clock.pass(BUCKET_MS);
  }
  const peaks = history.peaks('shop', 0);
  expect(peaks).toMatchObject({ buckets: 3, busy: 5, listenQueue: 40, harakiri: 0 });
  expect(history.peaks('shop', (peaks?.listenQueueAtMs ?? 0) + 1)).toMatchObject({ buckets: 1, busy: 3 });
  expect(history.peaks('other', 0)).toBeNull();
  history.dispose();
  expect(troubles).toEqual([]);
});
