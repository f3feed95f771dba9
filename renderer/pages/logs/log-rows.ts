/**
 * The lines of a log as rows: filtered by kind, words, expressions and figures, counted. What a line says was read in
 * the core; pure but for the memory of its small letters, which dies with the line.
 */
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { regexProblem } from './safe-regex.ts';
import type { Folded } from './tracebacks.ts';

export type KindFilter = 'all' | '2xx' | '3xx' | '4xx' | '5xx' | 'message' | 'warning' | 'error';

export interface LogFilter {
  kind: KindFilter;
  /** All of these must stand in the line … */
  wanted: readonly string[];
  /** … and none of these. In small letters, both. */
  unwanted: readonly string[];
  regex: RegExp | null;
  /** Why the expression is not used. */
  problem: string | null;
  /** `worker:3`: its number; `pid:17`. */
  wid: number | null;
  pid: number | null;
  /** `status:404`, `status:4xx`. */
  status: string | null;
  /** Requests that took at least so long. */
  slowerMs: number | null;
}

const smallLetters = new WeakMap<LogLine, string>();
/** An expression sees so much of a line: what a line can cost is bounded. */
const MOST_FOR_REGEX = 1_000;

function lowerOf(line: LogLine): string {
  const before = smallLetters.get(line);
  if (before !== undefined) return before;
  const lower = line.text.toLowerCase();
  smallLetters.set(line, lower);
  return lower;
}

/**
 * `cart -healthz` takes lines with the first word and without the second, `/time(d )?out/` those that match;
 * `worker:3`, `pid:17`, `status:5xx` and `took>500` ask for what the line says.
 */
export function parseLogFilter(text: string, kind: KindFilter, slowerMs: number | null = null): LogFilter {
  const filter: LogFilter = {
    kind,
    wanted: [],
    unwanted: [],
    regex: null,
    problem: null,
    wid: null,
    pid: null,
    status: null,
    slowerMs,
  };
  const expression = /(?:^|\s)\/(.+)\/(?=\s|$)/.exec(text);
  const pattern = expression?.[1];
  if (pattern !== undefined) {
    const problem = regexProblem(pattern);
    if (problem === null) filter.regex = new RegExp(pattern, 'i');
    filter.problem = problem;
  }
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const word of text
    .replace(expression?.[0] ?? '', ' ')
    .toLowerCase()
    .split(/\s+/)) {
    const [, name = '', value = ''] = /^(worker|pid|status|took)[:>](\d\w*)$/.exec(word) ?? [];
    if (name === 'worker') filter.wid = Number.parseInt(value, 10);
    else if (name === 'pid') filter.pid = Number.parseInt(value, 10);
    else if (name === 'status') filter.status = value;
    else if (name === 'took') filter.slowerMs = Number.parseInt(value, 10);
    else if (word.startsWith('-') && word !== '-') unwanted.push(word.slice(1));
    else if (word !== '' && word !== '-') wanted.push(word);
  }
  return { ...filter, wanted, unwanted };
}

/** `under`: lines folded under others, which count as theirs. `pidOfWorker`: of the workers that live now, for lines that say their process only. */
export function filterLines(
  lines: readonly LogLine[],
  filter: LogFilter,
  pidOfWorker: ReadonlyMap<number, number> = new Map(),
  under: Folded['under'] = new Map(),
): readonly LogLine[] {
  return lines.filter(
    (line) =>
      fits(line, filter, pidOfWorker) ||
      under.get(line.seq)?.some((folded) => fits(folded, filter, pidOfWorker)) === true,
  );
}

function fits(line: LogLine, filter: LogFilter, pidOfWorker: ReadonlyMap<number, number>): boolean {
  const { wid, pid, status, slowerMs, regex, wanted, unwanted } = filter;
  if (!isOfKind(line, filter.kind)) return false;
  if (pid !== null && line.pid !== pid) return false;
  if (wid !== null && line.wid !== wid && (line.pid === null || line.pid !== pidOfWorker.get(wid))) return false;
  if (slowerMs !== null && (line.request?.tookMs ?? -1) < slowerMs) return false;
  if (status !== null && !hasStatus(line, status)) return false;
  if (wanted.length > 0 || unwanted.length > 0) {
    const lower = lowerOf(line);
    if (!wanted.every((word) => lower.includes(word)) || unwanted.some((word) => lower.includes(word))) return false;
  }
  return regex === null || regex.test(line.text.slice(0, MOST_FOR_REGEX));
}

function hasStatus(line: LogLine, status: string): boolean {
  const found = line.request?.status ?? null;
  if (found === null) return false;
  return status.endsWith('xx') ? String(found).startsWith(status.slice(0, 1)) : String(found) === status;
}

function isOfKind(line: LogLine, kind: KindFilter): boolean {
  switch (kind) {
    case 'all':
      return true;
    case 'message':
      return line.level !== 'request';
    case 'warning':
    case 'error':
      return line.level === kind;
    case '2xx':
    case '3xx':
    case '4xx':
    case '5xx':
      return classOf(line) === kind;
  }
}

function classOf({ request }: LogLine): KindFilter | null {
  const status = request?.status ?? null;
  if (status === null) return null;
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}

export function countKinds(lines: readonly LogLine[]): Record<KindFilter, number> {
  const counts = { all: lines.length, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, message: 0, warning: 0, error: 0 };
  for (const line of lines) {
    const of = classOf(line);
    if (of !== null) counts[of] += 1;
    if (line.level !== 'request') counts.message += 1;
    if (line.level === 'warning' || line.level === 'error') counts[line.level] += 1;
  }
  return counts;
}

/** Quiet for what went well; 4xx warns, 5xx is trouble. */
export function statusTone(status: number | null): 'crit' | 'warn' | 's2' {
  if (status === null || status < 400) return 's2';
  return status < 500 ? 'warn' : 'crit';
}

/** A request of a second or more is worth a look. */
export const SLOW_MS = 1000;
