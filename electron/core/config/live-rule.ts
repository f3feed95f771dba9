/**
 * What the rules of live figures are given, and the words they share. The rules: live-figures.ts for the load on the
 * server, live-lives.ts for its requests and the lives of its workers. Pure.
 */
import type { FigurePart, OptionFigure } from '../../contract/live-figures.ts';
import type { HistoryPeaks } from '../history/history-db.ts';
import type { TrackedPeaks, WorkerLife } from '../samples/live-tracker.ts';
import { count, span } from '../words.ts';

export interface LiveFacts {
  nowMs: number;
  /** Samples of the last 15 minutes, one a second, and the time they span. */
  samples: number;
  windowMs: number;
  /** Samples in which every worker was busy. */
  allBusySamples: number;
  busyPeak: number;
  queuePeak: number;
  queuePeakAtMs: number;
  /** null: no socket reports one. */
  queueLimit: number | null;
  slowestMs: number | null;
  /** Worker slots, cheap ones too; cores of all of them. */
  workers: number;
  cores: number;
  /** Of the workers that run now, by requests since their start. */
  nearest: { wid: number; requests: number } | null;
  longestNow: { ms: number; what: string } | null;
  startupMs: number | null;
  memoryBytes: number | null;
  largestBytes: number | null;
  peaks: TrackedPeaks;
  lives: readonly WorkerLife[];
  /** Up to 24 hours back; null: nothing is kept. */
  day: HistoryPeaks | null;
  /** Reloads that were watched: how long the slowest worker took to let go, and requests that were cut off. */
  drains: readonly { longestMs: number; cutOff: number }[];
  /** Of this machine, where the server runs on it; null: not known. */
  machine: { cpus: number; freeBytes: number; somaxconn: number | null } | null;
  /** Values in effect by main name of the option. */
  values: ReadonlyMap<string, string>;
}

/** What one option comes to; null: nothing is known of it. */
export type LiveRule = (facts: LiveFacts) => OptionFigure | null;

export type Judgement = Pick<OptionFigure, 'suggestion' | 'evidence'>;

export const BUCKETS_IN_HOUR = 360;

/** Nothing to suggest. */
export function quiet(evidence: string): Judgement {
  return { suggestion: null, evidence };
}

export function parts(label: string, value: string, tone: FigurePart['tone']): FigurePart[] {
  return [
    { text: label, tone: 'label' },
    { text: value, tone },
  ];
}

export function windowWords({ samples, windowMs }: LiveFacts): string {
  return `From ${count(samples, 'sample', 'samples')} in ${span(windowMs)}`;
}

export function daySpan({ buckets }: HistoryPeaks): string {
  const hours = buckets / BUCKETS_IN_HOUR;
  return hours < 1.5 ? `${Math.round(hours * 60)} min` : `${Math.round(hours)} h`;
}

export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
