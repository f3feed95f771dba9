import { expect, test } from 'vitest';
import { cronWords } from './cron-words.ts';

test.each([
  ['-1 -1 -1 -1 -1', 'every minute'],
  ['-5 -1 -1 -1 -1', 'every 5 minutes'],
  ['0 -1 -1 -1 -1', 'every hour, on the hour'],
  ['10 -2 -1 -1 -1', 'every 2 hours, at minute 10'],
  ['59 2 -1 -1 -1', 'at 02:59'],
  ['0 3 -1 -1 1', 'at 03:00 on Monday'],
  ['0 3 -1 -1 7', 'at 03:00 on Sunday'],
  ['0 0 1 1 -1', 'at 00:00 on the 1st in January'],
  ['0 0 13 -1 5', 'at 00:00 on the 13th or on Friday'],
  ['-1 4 -1 -1 -1', 'every minute from 04:00 to 04:59'],
  ['-10 -3 -2 -1 -1', 'every 10 minutes of every 3rd hour on every 2nd day'],
])('%s is %s', (fields, words) => {
  const [minute = 0, hour = 0, day = 0, month = 0, week = 0] = fields.split(' ').map(Number);
  expect(cronWords({ minute, hour, day, month, week })).toBe(words);
});
