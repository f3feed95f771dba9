import { expect, test } from 'vitest';
import { aStatsCore } from '../testing/stats-fixture.ts';
import { MOST_SHOWN, mostCores, shownCores } from './shown-cores.ts';

test('few cores are all shown', () => {
  const cores = Array.from({ length: MOST_SHOWN }, (_, id) => aStatsCore({ id }));
  expect(shownCores(cores, MOST_SHOWN)).toEqual(cores);
});

test('of many cores the busy ones are shown, then those that have served most, in their order', () => {
  const cores = Array.from({ length: 1000 }, (_, id) => aStatsCore({ id, requests: 0, in_request: 0 }));
  cores[900] = aStatsCore({ id: 900, in_request: 1, requests: 0 });
  cores[500] = aStatsCore({ id: 500, in_request: 0, requests: 7 });
  const shown = shownCores(cores, MOST_SHOWN).map(({ id }) => id);
  expect(shown).toEqual([...Array.from({ length: MOST_SHOWN - 2 }, (_, id) => id), 500, 900]);
});

test('many workers show fewer cores each, and none without any', () => {
  expect([0, 1, 8, 16, 100, 1000].map(mostCores)).toEqual([64, 64, 64, 32, 8, 8]);
});
