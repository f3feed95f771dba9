import { expect, it } from 'vitest';
import { describeRefusal, Refusals } from './refusals.ts';

it('says one line a second of each kind, and how many more there were', () => {
  const said: string[] = [];
  const refusals = new Refusals((text) => said.push(text));
  for (let i = 0; i < 50; i++) refusals.note('full', '192.0.2.1', 1000 + i);
  refusals.note('bad', '', 1010);
  refusals.note('full', '192.0.2.2', 2500);
  refusals.tick(2600);
  refusals.note('full', '192.0.2.3', 2700);
  refusals.tick(9000);
  refusals.tick(9001);
  expect(said).toEqual([
    'full - 192.0.2.1',
    'bad - a local client',
    'full - 192.0.2.2 (and 49 more since the last such line)',
    'full (and 1 more since the last such line)',
  ]);
});

it("uses uWSGI's words where it has some", () => {
  const limits = { bufferSizeBytes: 4096, listen: 100 };
  expect(describeRefusal(431, 'x', limits)).toMatch(/^invalid request block size: .*\(max 4096\)\.\.\.skip$/);
  expect(describeRefusal(503, undefined, limits)).toBe('*** uWSGI listen queue full !!! (100/100) ***');
  expect(describeRefusal(400, 'a CR stands alone', limits)).toBe('invalid request (400): a CR stands alone');
  expect(describeRefusal(417, undefined, limits)).toBeNull();
});
