/**
 * How fast counters of the stats document count: over the last ten seconds, so that a rate stands still enough to be
 * read. A counter that fell, or a master that is another one, begins anew. Kept while somebody looks.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';

const WINDOW_MS = 10_000;

interface Reading {
  atMs: number;
  masterPid: number;
  counters: ReadonlyMap<string, number>;
}

export class CounterRates {
  #readings: Reading[] = [];

  see(document: StatsDocument, atMs: number): void {
    const counters = countersOf(document);
    const before = this.#readings.at(-1);
    if (before !== undefined && (before.masterPid !== document.pid || hasFallen(before.counters, counters))) {
      this.#readings = [];
    }
    this.#readings = [
      ...this.#readings.filter((reading) => atMs - reading.atMs <= WINDOW_MS),
      { atMs, masterPid: document.pid, counters },
    ];
  }

  /** Per second; null: not known yet. */
  perSec(key: string): number | null {
    const [first] = this.#readings;
    const last = this.#readings.at(-1);
    const [from, to] = [first?.counters.get(key), last?.counters.get(key)];
    if (first === undefined || last === undefined || from === undefined || to === undefined) return null;
    const tookMs = last.atMs - first.atMs;
    return tookMs <= 0 ? null : ((to - from) * 1000) / tookMs;
  }
}

export function cacheKey(name: string, what: 'hits' | 'miss' | 'full'): string {
  return `cache ${what} ${name}`;
}

export function spoolKey(folder: string): string {
  return `spool ${folder}`;
}

export function signalKey(number: number): string {
  return `signal ${number}`;
}

export function metricKey(name: string): string {
  return `metric ${name}`;
}

function countersOf(document: StatsDocument): ReadonlyMap<string, number> {
  const counters = new Map<string, number>();
  for (const cache of document.caches ?? []) {
    for (const what of ['hits', 'miss', 'full'] as const) counters.set(cacheKey(cache.name, what), cache[what]);
  }
  for (const { dir, tasks } of document.spoolers ?? []) {
    counters.set(spoolKey(dir), (counters.get(spoolKey(dir)) ?? 0) + tasks);
  }
  for (const { number, raised } of document.reeve?.signals ?? []) counters.set(signalKey(number), raised);
  for (const [name, { type, value }] of Object.entries(document.metrics ?? {})) {
    if (type === COUNTER) counters.set(metricKey(name), value);
  }
  return counters;
}

const COUNTER = 0;

function hasFallen(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): boolean {
  for (const [key, value] of before) if ((now.get(key) ?? value) < value) return true;
  return false;
}
