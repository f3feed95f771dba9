/** The last 15 minutes of one figure, thinned out to what a sparkline shows. Pure. */
import { MOST_SPARK_POINTS, SPARK_EVERY_MS } from '../../contract/fleet-model.ts';
import type { SampleRing } from '../samples/sample-ring.ts';

/** The newest sample of every ten seconds, counted back from the newest of all; null where there is none. */
export function sparkOf(ring: Pick<SampleRing, 'length' | 'at'>): { lastAtMs: number; reqPerSec: (number | null)[] } {
  const lastAtMs = ring.at('atMs', ring.length - 1) ?? 0;
  const points: (number | null)[] = [];
  for (let i = ring.length - 1; i >= 0; i -= 1) {
    const age = Math.floor((lastAtMs - (ring.at('atMs', i) ?? 0)) / SPARK_EVERY_MS);
    if (age >= MOST_SPARK_POINTS) break;
    while (points.length < age) points.push(null);
    // A sample without a figure gives way to one of the same ten seconds that has it.
    points[age] ??= ring.at('reqPerSec', i);
  }
  return { lastAtMs, reqPerSec: points.toReversed() };
}
