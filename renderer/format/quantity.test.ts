import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesPerSecond,
  formatCount,
  formatPerMinute,
  formatRailRate,
  formatRate,
  formatShare,
  formatShortCount,
  quantityText,
  UNKNOWN_TEXT,
} from './quantity.ts';

describe('rates', () => {
  it.each([
    [0, '0 req/s'],
    [0.02, '<0.1 req/s'],
    [0.4, '0.4 req/s'],
    [9.94, '9.9 req/s'],
    [9.96, '10 req/s'],
    [86.4, '86 req/s'],
    [999.4, '999 req/s'],
    [999.6, '1.00k req/s'],
    [1240, '1.24k req/s'],
    [12_400, '12.4k req/s'],
    [1_240_000, '1.24M req/s'],
  ])('%d per second is written %s', (value, text) => {
    expect(quantityText(formatRate(value))).toBe(text);
  });

  it('writes an unknown rate as an en dash without a unit', () => {
    expect(quantityText(formatRate(null))).toBe('–');
    expect(formatRailRate(null)).toBe('–');
  });

  it.each([
    [0, '0/s'],
    [0.04, '0.1/s'],
    [0.2, '0.2/s'],
    [0.97, '1/s'],
    [412.3, '412/s'],
    [1500, '1.50k/s'],
  ])('%d per second is written %s in the rail', (value, text) => {
    expect(formatRailRate(value)).toBe(text);
  });

  it('marks zero so that it can be shown quiet', () => {
    expect(formatRate(0).isZero).toBe(true);
    expect(formatRate(0.01).isZero).toBe(false);
    expect(quantityText(formatPerMinute(0.2))).toBe('0.2 /min');
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [1000, '0.98 KiB'],
    [1434, '1.40 KiB'],
    [512 * 1024 ** 2, '512 MiB'],
    [1000 * 1024 ** 2, '0.98 GiB'],
    [2.31 * 1024 ** 3, '2.31 GiB'],
    [16.94 * 1024 ** 3, '16.9 GiB'],
    [5 * 1024 ** 6, '5120 PiB'],
  ])('%d bytes are written %s', (value, text) => {
    expect(quantityText(formatBytes(value))).toBe(text);
  });

  it.each([
    [0, '0 B/s'],
    [61 * 1024, '61 KiB/s'],
    [4.2 * 1024 ** 2, '4.2 MiB/s'],
  ])('%d bytes per second are written %s', (value, text) => {
    expect(quantityText(formatBytesPerSecond(value))).toBe(text);
  });

  it('writes unknown memory as an en dash, never as zero', () => {
    expect(quantityText(formatBytes(null))).toBe(UNKNOWN_TEXT);
    expect(quantityText(formatBytesPerSecond(null))).toBe(UNKNOWN_TEXT);
  });
});

describe('counts and shares', () => {
  it('separates thousands in full counts', () => {
    expect(formatCount(4211).replace(/\D/g, '')).toBe('4211');
    expect(formatCount(4211)).toHaveLength(5);
    expect(formatCount(null)).toBe('–');
  });

  it('shortens counts in heads from ten thousand on', () => {
    expect(formatShortCount(9)).toBe('9');
    expect(formatShortCount(81_000)).toBe('81.0k');
    expect(formatShortCount(2_500_000)).toBe('2.50M');
  });

  it('writes shares as whole per cent', () => {
    expect(formatShare(0.618)).toBe('62 %');
    expect(formatShare(null)).toBe('–');
  });
});
