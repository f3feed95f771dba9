import { expect, it } from 'vitest';
import { PacedLog } from './paced-log.ts';

it('says the same line once a minute, and others at once', () => {
  const said: string[] = [];
  let nowMs = 5;
  const paced = new PacedLog(() => nowMs);
  const say = (line: string): void => paced.say(line, (text) => said.push(`${nowMs} ${text}`));
  say('a');
  say('a');
  say('b');
  nowMs = 59_000;
  say('a');
  nowMs = 60_005;
  say('a');
  expect(said).toEqual(['5 a', '5 b', '60005 a']);
});

it('keeps no more lines than a bounded number', () => {
  let count = 0;
  const paced = new PacedLog(() => 1);
  for (let line = 0; line < 1000; line++) paced.say(String(line), () => count++);
  expect(count).toBe(1000);
});
