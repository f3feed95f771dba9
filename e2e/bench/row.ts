/** What a row of the benchmark is: something that is measured, what came out, and the project's goals for it. */
import type { Programs } from '../fixtures/program.ts';

export interface RowContext {
  /** Ends everything that the row started. */
  programs: Programs;
  /** For the row's files; the benchmark removes it. */
  folder: string;
  rounds: number;
  /** Length of one load run. */
  seconds: number;
}

export interface Goal {
  text: string;
  isMet: boolean;
  value: string;
}

export interface RowResult {
  /** A heading and lines of cells, for a person. */
  table: string[][];
  goals: Goal[];
  /** The same as numbers, for `--json`. */
  figures: unknown;
}

export interface BenchRow {
  id: string;
  title: string;
  run: (context: RowContext) => Promise<RowResult>;
}

export function atLeast(text: string, value: number, least: number): Goal {
  return { text: `${text} at least ${least}`, isMet: value >= least, value: value.toFixed(2) };
}

export function atMost(text: string, value: number, most: number, unit: string): Goal {
  return {
    text: `${text} at most ${most} ${unit}`.trim(),
    isMet: value <= most,
    value: `${round(value)} ${unit}`.trim(),
  };
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

export function mebibytes(bytes: number): number {
  return bytes / 1024 / 1024;
}
