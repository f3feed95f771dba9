import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { strftime, unknownConversion } from './strftime.ts';

const ALL = 'a A b B c C d D e F h H I j k l m M p P r R s S T u w x X y Y z Z'.split(' ');

it("agrees with the system's own strftime", () => {
  for (const time of ['2026-01-01T00:05:09Z', '2024-12-31T23:59:59Z', '2026-07-04T12:00:00Z']) {
    const seconds = Date.parse(time) / 1000;
    const format = ALL.map((letter) => `${letter}=%${letter}`).join('|');
    const expected = execFileSync('date', ['-d', `@${seconds}`, `+${format}`], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    expect(strftime(format, new Date(seconds * 1000)).split('|')).toEqual(expected.toString().trimEnd().split('|'));
  }
});

it('names a conversion that there is not, and leaves it as it is', () => {
  expect(unknownConversion('%H:%M %Q')).toBe('%Q');
  expect(unknownConversion('100%')).toBe('%');
  expect(unknownConversion('%a %%')).toBeNull();
  expect(strftime('%Q', new Date(0))).toBe('%Q');
});
