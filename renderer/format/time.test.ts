import { describe, expect, it } from 'vitest';
import { formatAge, formatAxisClock, formatClock, formatLongTime, shortTimeText } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('short times', () => {
  it.each([
    [0, '0 ms'],
    [0.04, '<0.1 ms'],
    [0.31, '0.3 ms'],
    [0.97, '1 ms'],
    [34.4, '34 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [3400, '3.4 s'],
    [41_200, '41 s'],
    [59_700, '1 m'],
    [13 * MINUTE + 12_000, '13 m 12 s'],
  ])('%d ms are written %s', (ms, text) => {
    expect(shortTimeText(ms)).toBe(text);
  });

  it('keeps the decimal of seconds while they count', () => {
    expect(shortTimeText(3000, { live: true })).toBe('3.0 s');
    expect(shortTimeText(12_340, { live: true })).toBe('12 s');
  });

  it('writes an unknown time as an en dash', () => {
    expect(shortTimeText(null)).toBe('–');
    expect(formatLongTime(null)).toBe('–');
    expect(formatAge(null)).toBe('–');
  });
});

describe('long times and ages', () => {
  it.each([
    [46_000, '46 s'],
    [2 * HOUR + 14 * MINUTE, '2 h 14 m'],
    [2 * HOUR, '2 h'],
    [6 * DAY + 4 * HOUR + 30 * MINUTE, '6 d 4 h'],
    [6 * DAY + 30 * MINUTE, '6 d'],
    [-5, '0 s'],
  ])('%d ms are written %s', (ms, text) => {
    expect(formatLongTime(ms)).toBe(text);
  });

  it.each([
    [34 * DAY + HOUR, '34 d'],
    [13 * MINUTE + 40_000, '13 m'],
    [5 * HOUR + 12 * MINUTE, '5 h 12 m'],
    [20_000, '20 s'],
  ])('an age of %d ms is written %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});

describe('the clock', () => {
  const at = new Date(2026, 10, 17, 16, 20, 5, 42).getTime();

  it('is hours, minutes and seconds today, and has the date on other days', () => {
    expect(formatClock(at, at + 1000)).toBe('16:20:05');
    expect(formatClock(at, at + DAY)).toBe('17 Nov 16:20');
    expect(formatClock(null, at)).toBe('–');
  });

  it('has milliseconds only where logs ask for them', () => {
    expect(formatClock(at, at, { withMs: true })).toBe('16:20:05.042');
  });

  it('shows seconds on an axis only when ticks are closer than a minute', () => {
    expect(formatAxisClock(at, 30_000)).toBe('16:20:05');
    expect(formatAxisClock(at, MINUTE)).toBe('16:20');
  });
});
