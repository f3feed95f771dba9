import { expect, test } from 'vitest';
import { MAX_SHOWN_CORES, shownCores } from './shown-cores.ts';

const core = (id: number, busy = false, requests = 0) => ({
  id,
  busy,
  requests,
  staticRequests: 0,
  routedRequests: 0,
  offloadedRequests: 0,
  writeErrors: 0,
  readErrors: 0,
});

test('few cores are all shown', () => {
  const cores = Array.from({ length: MAX_SHOWN_CORES }, (_, id) => core(id));
  expect(shownCores(cores)).toEqual(cores);
});

test('of many cores the busy ones are shown, then those that have served most, in their order', () => {
  const cores = Array.from({ length: 1000 }, (_, id) => core(id));
  cores[900] = core(900, true);
  cores[500] = core(500, false, 7);
  const shown = shownCores(cores).map(({ id }) => id);
  expect(shown).toEqual([...Array.from({ length: MAX_SHOWN_CORES - 2 }, (_, id) => id), 500, 900]);
});
