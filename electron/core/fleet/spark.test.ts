import { describe, expect, it } from 'vitest';
import type { SampleColumn } from '../../contract/model.ts';
import { sparkOf } from './spark.ts';

function ringOf(samples: readonly [atMs: number, rate: number | null][]) {
  return {
    length: samples.length,
    at: (column: SampleColumn, index: number) => samples[index]?.[column === 'atMs' ? 0 : 1] ?? null,
  };
}

describe('a sparkline from the samples of the core', () => {
  it('has the newest value of every ten seconds and a gap where there was none', () => {
    const ring = ringOf([
      [1_000, 1],
      [31_000, 2],
      [35_000, null],
      [40_000, 3],
      [41_000, 4],
    ]);
    expect(sparkOf(ring)).toEqual({ lastAtMs: 41_000, reqPerSec: [1, null, null, 2, 4] });
  });

  it('has at most 90 points and none without samples', () => {
    const many = Array.from({ length: 1_000 }, (_, i): [number, number] => [i * 1_000 + 1, i]);
    expect(sparkOf(ringOf(many)).reqPerSec).toHaveLength(90);
    expect(sparkOf(ringOf([]))).toEqual({ lastAtMs: 0, reqPerSec: [] });
  });
});
