/**
 * Requests per second of every instance over the last minutes, for sparklines; outside React. Fed by changes of the list (app.ts),
 * one point in ten seconds a instance, 90 points (15 minutes).
 */
import { type FleetSparks, MOST_SPARK_POINTS, SPARK_EVERY_MS } from '../../electron/contract/fleet-model.ts';
import type { Instance } from '../../electron/contract/model.ts';

/** Room for half of the dot at the end. */
const EDGE_PX = 2;

interface Spark {
  lastAtMs: number;
  /** Counts the points that were ever taken. */
  version: number;
  points: (number | null)[];
}

export class SparkHistory {
  readonly #sparks = new Map<string, Spark>();

  /** What the core knows of the time before this page was opened. */
  seed({ sparks }: FleetSparks): void {
    for (const { instanceId, lastAtMs, reqPerSec } of sparks) {
      const known = this.#sparks.get(instanceId);
      if (known !== undefined && known.points.length > reqPerSec.length) continue;
      const version = (known?.version ?? 0) + 1;
      this.#sparks.set(instanceId, { lastAtMs, version, points: [...reqPerSec] });
    }
  }

  /** Takes the newest figures of all instances; forgets those that are gone. */
  take(instances: readonly Instance[]): void {
    const present = new Set(instances.map(({ id }) => id));
    for (const id of this.#sparks.keys()) if (!present.has(id)) this.#sparks.delete(id);
    for (const { id, figures, link } of instances) {
      if (figures === null) continue;
      const spark = this.#sparks.get(id) ?? { lastAtMs: 0, version: 0, points: [] };
      this.#sparks.set(id, spark);
      const value = link.status === 'attached' ? figures.reqPerSec : null;
      if (figures.atMs - spark.lastAtMs < SPARK_EVERY_MS) {
        if (spark.points.length > 0) spark.points[spark.points.length - 1] = value;
        continue;
      }
      spark.lastAtMs = figures.atMs;
      spark.version += 1;
      spark.points.push(value);
      if (spark.points.length > MOST_SPARK_POINTS) spark.points.shift();
    }
  }

  /** Another number when there is a new point. */
  versionOf(id: string): number {
    return this.#sparks.get(id)?.version ?? 0;
  }

  pointsOf(id: string): readonly (number | null)[] {
    return this.#sparks.get(id)?.points ?? [];
  }
}

/** Path of a sparkline: zero based, own maximum, newest at the right edge, broken where nothing is known. */
export function sparkPath(points: readonly (number | null)[], widthPx: number, heightPx: number): string {
  const place = placer(points, widthPx, heightPx);
  let path = '';
  let isDown = false;
  points.forEach((value, index) => {
    if (value === null) {
      isDown = false;
      return;
    }
    path += `${isDown ? 'L' : 'M'}${place(value, index)}`;
    isDown = true;
  });
  return path;
}

/** Path of the dot at the newest point, to be drawn with round caps; empty when that is not known. */
export function sparkEnd(points: readonly (number | null)[], widthPx: number, heightPx: number): string {
  const last = points.at(-1) ?? null;
  return last === null ? '' : `M${placer(points, widthPx, heightPx)(last, points.length - 1)}h0.01`;
}

function placer(points: readonly (number | null)[], widthPx: number, heightPx: number) {
  const highest = Math.max(1e-9, ...points.map((value) => value ?? 0));
  const step = (widthPx - EDGE_PX) / (MOST_SPARK_POINTS - 1);
  return (value: number, index: number): string => {
    const x = widthPx - EDGE_PX - (points.length - 1 - index) * step;
    const y = heightPx - EDGE_PX - (value / highest) * (heightPx - 2 * EDGE_PX);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
}
