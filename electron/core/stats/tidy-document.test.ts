import { expect, it } from 'vitest';
import { aDocument, aStatsWorker } from '../testing/stats-fixture.ts';
import { tidyDocument } from './tidy-document.ts';

it('numbers the workers that were never started by their place, so that they count as cheap ones', () => {
  const cheap = { id: 0, pid: 0, status: 'cheap' };
  const workers = [aStatsWorker({ id: 1 }), aStatsWorker(cheap), aStatsWorker(cheap)];
  expect(tidyDocument(aDocument({ workers })).workers.map(({ id }) => id)).toEqual([1, 2, 3]);
});

it('leaves a worker without a number that is no cheap one alone', () => {
  const workers = [aStatsWorker({ id: 0, pid: 0, status: 'idle' })];
  expect(tidyDocument(aDocument({ workers })).workers.map(({ id }) => id)).toEqual([0]);
});
