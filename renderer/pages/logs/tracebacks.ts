/**
 * Stacks of exceptions folded under the request that they belong to: a worker writes the stack, then the line of its
 * request. Which of several workers wrote it can't be told, so it is the next request that failed; without one near by
 * it stands under the line that names the exception. Pure.
 */
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { exceptionOf as exceptionOfTexts, namingLine, StackReader } from '../../../electron/contract/stack-lines.ts';

export interface Folded {
  /** Lines without those that are folded. */
  rows: readonly LogLine[];
  /** What is folded under a line, by its number, oldest first. */
  under: ReadonlyMap<number, readonly LogLine[]>;
}

/** So many lines after it the request may come. */
const NEAR_LINES = 12;
const NOTHING: ReadonlyMap<number, readonly LogLine[]> = new Map();

interface Stack {
  block: LogLine[];
  /** Place of its last line. */
  endsAt: number;
}

export function foldTracebacks(lines: readonly LogLine[]): Folded {
  const under = new Map<number, LogLine[]>();
  const folded = new Set<number>();
  for (const { block, endsAt } of stacksIn(lines)) {
    const request = requestAfter(lines, endsAt);
    // A line alone may be anything.
    if (block.length === 1 && (request === undefined || block[0]?.text.startsWith('[uwsgi-perl error] ') !== true))
      continue;
    const host = request ?? nameOf(block);
    if (host === undefined) continue;
    for (const line of block) if (line !== host) folded.add(line.seq);
    under.set(host.seq, [...(under.get(host.seq) ?? []), ...block]);
  }
  if (under.size === 0) return { rows: lines, under: NOTHING };
  return { rows: lines.filter(({ seq }) => !folded.has(seq)), under };
}

/** `decimal.InvalidOperation` of what is folded; null: it was cut off before it. */
export function exceptionOf(block: readonly LogLine[]): string | null {
  return exceptionOfTexts(block.map(({ text }) => text));
}

/** The line of a block that names its exception. */
export function nameOf(block: readonly LogLine[]): LogLine | undefined {
  const name = namingLine(block.map(({ text }) => text));
  return block.findLast(({ text }) => text === name);
}

/** Lines of requests may stand within a stack. */
function stacksIn(lines: readonly LogLine[]): Stack[] {
  const reader = new StackReader();
  const stacks: Stack[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.request !== null) continue;
    const part = line.level === 'error' ? reader.see(line.text) : reader.see('-');
    if (part === 'head') stacks.push({ block: [line], endsAt: at });
    const last = stacks.at(-1);
    if (part !== 'inside' || last === undefined) continue;
    last.block.push(line);
    last.endsAt = at;
  }
  return stacks;
}

function requestAfter(lines: readonly LogLine[], after: number): LogLine | undefined {
  return lines.slice(after + 1, after + 1 + NEAR_LINES).find(({ request }) => (request?.status ?? 0) >= 500);
}
