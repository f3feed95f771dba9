/**
 * Tracebacks folded under the request that they belong to: a worker writes the traceback, then the line of its request.
 * Which of several workers wrote it can't be told, so it is the next request that failed; without one near by it
 * stands under the line that names the exception. Pure.
 */
import type { LogLine } from '../../../electron/contract/logs-model.ts';

export interface Folded {
  /** Lines without those that are folded. */
  rows: readonly LogLine[];
  /** What is folded under a line, by its number, oldest first. */
  under: ReadonlyMap<number, readonly LogLine[]>;
}

const HEAD = 'Traceback (most recent call last)';
/** So many lines after it the request may come. */
const NEAR_LINES = 12;
const NOTHING: ReadonlyMap<number, readonly LogLine[]> = new Map();

export function foldTracebacks(lines: readonly LogLine[]): Folded {
  const under = new Map<number, LogLine[]>();
  const folded = new Set<number>();
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.level !== 'error' || !lines[at]?.text.startsWith(HEAD)) continue;
    const { block, endsAt } = blockAt(lines, at);
    const host = hostOf(lines, endsAt) ?? block.at(-1);
    if (host === undefined) continue;
    for (const line of block) if (line !== host) folded.add(line.seq);
    under.set(host.seq, [...(under.get(host.seq) ?? []), ...block]);
  }
  if (under.size === 0) return { rows: lines, under: NOTHING };
  return { rows: lines.filter(({ seq }) => !folded.has(seq)), under };
}

/** `decimal.InvalidOperation` of what is folded; null: it was cut off before it. */
export function exceptionOf(block: readonly LogLine[]): string | null {
  return /^[\w.]+/.exec(block.at(-1)?.text ?? '')?.[0] ?? null;
}

/** The head, what is indented, and the line that names the exception; lines of requests may stand between them. */
function blockAt(lines: readonly LogLine[], from: number): { block: LogLine[]; endsAt: number } {
  const block: LogLine[] = [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line.request !== null) continue;
    if (line.level !== 'error') break;
    block.push(line);
    if (at > from && !/^\s|^$/.test(line.text)) break;
  }
  return { block, endsAt: at };
}

function hostOf(lines: readonly LogLine[], after: number): LogLine | undefined {
  return lines.slice(after + 1, after + 1 + NEAR_LINES).find(({ request }) => (request?.status ?? 0) >= 500);
}
