/**
 * The lines of a log as rows: cleaned and parsed once each, filtered by level and words, counted. Pure but for the
 * memory of what a line came to, which dies with the line.
 */
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { parseRequestLine, type RequestLine, stripTerminal } from './log-text.ts';

export interface LogRow {
  line: LogLine;
  text: string;
  /** In small letters, to search in. */
  lower: string;
  request: RequestLine | null;
}

export type LevelFilter = LogLine['level'] | 'all';

export interface LogFilter {
  level: LevelFilter;
  /** All of these must stand in the line … */
  wanted: readonly string[];
  /** … and none of these. In small letters, both. */
  unwanted: readonly string[];
}

const known = new WeakMap<LogLine, LogRow>();

export function rowOf(line: LogLine): LogRow {
  const before = known.get(line);
  if (before) return before;
  const text = stripTerminal(line.text);
  const row: LogRow = { line, text, lower: text.toLowerCase(), request: parseRequestLine(text) };
  known.set(line, row);
  return row;
}

/** `cart -healthz`: lines with the first word and without the second. */
export function parseLogFilter(text: string, level: LevelFilter): LogFilter {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-');
  return {
    level,
    wanted: words.filter((word) => !word.startsWith('-')),
    unwanted: words.filter((word) => word.startsWith('-')).map((word) => word.slice(1)),
  };
}

export function filterRows(lines: readonly LogLine[], { level, wanted, unwanted }: LogFilter): LogRow[] {
  const rows: LogRow[] = [];
  for (const line of lines) {
    if (level !== 'all' && line.level !== level) continue;
    const row = rowOf(line);
    const fits = wanted.every((word) => row.lower.includes(word)) && !unwanted.some((word) => row.lower.includes(word));
    if (fits) rows.push(row);
  }
  return rows;
}

export function countLevels(lines: readonly LogLine[]): Record<LevelFilter, number> {
  const counts: Record<LevelFilter, number> = { all: lines.length, info: 0, warning: 0, error: 0, request: 0 };
  for (const line of lines) counts[line.level] += 1;
  return counts;
}

/** Quiet for what went well; 4xx warns, 5xx is trouble. */
export function statusTone(status: number | null): 'crit' | 'warn' | 's2' {
  if (status === null || status < 400) return 's2';
  return status < 500 ? 'warn' : 'crit';
}

/** A request of a second or more is worth a look. */
export const SLOW_MS = 1000;
