import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CronTime, isDue, nextRunMs, parseCronTime } from './cron-time.ts';

const ANY: CronTime = { minute: -1, hour: -1, day: -1, month: -1, week: -1 };
let zone: string | undefined;

function inZone(name: string): void {
  process.env['TZ'] = name;
}

function at(text: string): Date {
  return new Date(text);
}

function next(time: Partial<CronTime>, after: string): string | null {
  const ms = nextRunMs({ ...ANY, ...time }, at(after).getTime());
  return ms === null ? null : new Date(ms).toISOString().slice(0, 16);
}

beforeEach(() => {
  zone = process.env['TZ'];
  inZone('UTC');
});

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

describe('a time of cron', () => {
  test('has -1 for any value and -N for every Nth', () => {
    expect(isDue(ANY, at('2026-11-23T04:10:00Z'))).toBe(true);
    expect(isDue({ ...ANY, minute: -5 }, at('2026-11-23T04:10:00Z'))).toBe(true);
    expect(isDue({ ...ANY, minute: -5 }, at('2026-11-23T04:11:00Z'))).toBe(false);
    expect(isDue({ ...ANY, minute: 0, hour: -12 }, at('2026-11-23T12:00:00Z'))).toBe(true);
    expect(isDue({ ...ANY, minute: 0, hour: -12 }, at('2026-11-23T13:00:00Z'))).toBe(false);
    expect(isDue({ ...ANY, month: -3 }, at('2026-09-23T13:00:00Z'))).toBe(true);
  });

  test('has 0 and 7 for Sunday, and is due on the day or on the weekday when both are given', () => {
    const [sunday, monday] = [at('2026-11-22T00:00:00Z'), at('2026-11-23T00:00:00Z')];
    for (const week of [0, 7]) {
      expect(isDue({ ...ANY, week }, sunday)).toBe(true);
      expect(isDue({ ...ANY, week }, monday)).toBe(false);
      expect(isDue({ ...ANY, week, day: 23 }, monday)).toBe(true);
      expect(isDue({ ...ANY, week, day: 23 }, sunday)).toBe(true);
      expect(isDue({ ...ANY, week, day: 24 }, monday)).toBe(false);
    }
  });

  test('is looked for in minutes, hours, days, months and leap years', () => {
    expect(next({}, '2026-11-23T04:10:00Z')).toBe('2026-11-23T04:11');
    expect(next({ minute: 10 }, '2026-11-23T04:10:59Z')).toBe('2026-11-23T05:10');
    expect(next({ minute: 30, hour: 2 }, '2026-11-23T04:10:00Z')).toBe('2026-11-24T02:30');
    expect(next({ minute: 0, hour: 0, week: 7 }, '2026-11-23T04:10:00Z')).toBe('2026-11-29T00:00');
    expect(next({ minute: 0, hour: 0, day: 1, month: 1 }, '2026-11-23T04:10:00Z')).toBe('2027-01-01T00:00');
    expect(next({ minute: 0, hour: 0, day: 29, month: 2 }, '2026-11-23T04:10:00Z')).toBe('2028-02-29T00:00');
  });

  test('that there is not never comes', () => {
    for (const time of [{ day: 30, month: 2 }, { minute: 60 }, { hour: 24 }, { month: 13 }, { week: 8 }]) {
      expect(next(time, '2026-11-23T04:10:00Z')).toBeNull();
    }
  });

  test('is left out in the hour that the clock skips, and comes twice in the one that it repeats, as on uWSGI', () => {
    inZone('Europe/Berlin');
    // 29 March 2026: 02:00 becomes 03:00.
    expect(next({ minute: 30, hour: 2 }, '2026-03-28T12:00:00Z')).toBe('2026-03-30T00:30');
    expect(next({ minute: 30, hour: 3 }, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30');
    // 25 October 2026: 03:00 becomes 02:00.
    expect(next({ minute: 30, hour: 2 }, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30');
    expect(next({ minute: 30, hour: 2 }, '2026-10-25T00:30:00Z')).toBe('2026-10-25T01:30');
    expect(next({ minute: 30, hour: 2 }, '2026-10-25T01:30:00Z')).toBe('2026-10-26T01:30');
  });

  test('is found in zones whose offset is no whole hour, or whose clock skips midnight', () => {
    inZone('Australia/Lord_Howe');
    expect(next({ minute: 0 }, '2026-11-23T04:10:00Z')).toBe('2026-11-23T05:00');
    inZone('America/Santiago');
    expect(next({ minute: 30, hour: 1, day: 6 }, '2026-09-05T12:00:00Z')).toBe('2026-09-06T04:30');
  });

  test('is five whole numbers', () => {
    expect(parseCronTime(['59', '2', '-1', '+3', '7'])).toEqual({ minute: 59, hour: 2, day: -1, month: 3, week: 7 });
    for (const fields of [
      ['59', '2'],
      ['*', '1', '1', '1', '1'],
      ['1', '1', '1', '1', ''],
      ['1', '1', '1', '1', '1.5'],
    ]) {
      expect(parseCronTime(fields)).toBeNull();
    }
  });
});
