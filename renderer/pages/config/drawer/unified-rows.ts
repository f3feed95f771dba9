/**
 * Two texts as the rows of one column, as the Diff tab draws them: what is gone, what is new, a little of what is the
 * same around it, and how much was left out. Also takes one change back. Pure.
 */
import { countLines, diffLines, type Hunk, splitLines } from '../../../editor/line-diff.ts';

/** Part of a line that differs, `[from, to)`; null: all of it. */
export type Mark = readonly [from: number, to: number] | null;

/** Lines are 1-based: `a` in the old text, `b` in the new one. */
export type UnifiedRow =
  | { type: 'same'; a: number; b: number; text: string }
  | { type: 'skipped'; count: number; b: number }
  | { type: 'removed'; a: number; text: string; mark: Mark; hunk: number; isFirst: boolean }
  | { type: 'added'; b: number; text: string; mark: Mark; hunk: number; isFirst: boolean }
  /** There are more changes than are drawn. */
  | { type: 'cut'; count: number };

export interface UnifiedDiff {
  rows: UnifiedRow[];
  hunks: readonly Hunk[];
  added: number;
  removed: number;
}

const CONTEXT_LINES = 2;
const MOST_ROWS = 1_500;

export function unifiedDiff(before: string, after: string): UnifiedDiff {
  const a = splitLines(before);
  const b = splitLines(after);
  const hunks = diffLines(a, b);
  const rows: UnifiedRow[] = [];
  let at = 0;
  for (const [index, hunk] of hunks.entries()) {
    addSame(rows, b, hunk, at);
    addChange(rows, a, b, hunk, index);
    if (rows.length >= MOST_ROWS) {
      rows.push({ type: 'cut', count: hunks.length - index });
      break;
    }
    at = hunk.toB;
    const end = Math.min(at + CONTEXT_LINES, hunks[index + 1]?.fromB ?? b.length);
    const shift = hunk.toA - hunk.toB;
    for (; at < end; at += 1) rows.push({ type: 'same', a: at + shift + 1, b: at + 1, text: b[at] ?? '' });
  }
  const { added, removed } = countLines(hunks.map((hunk) => drawnHunk(hunk, a, b)));
  if (hunks.length > 0 && rows.at(-1)?.type !== 'cut' && at < b.length) {
    rows.push({ type: 'skipped', count: b.length - at, b: at + 1 });
  }
  return { rows, hunks, added, removed };
}

/** The new text with one change taken back. */
export function withoutHunk(before: string, after: string, { fromA, toA, fromB, toB }: Hunk): string {
  const lines = splitLines(after);
  lines.splice(fromB, toB - fromB, ...splitLines(before).slice(fromA, toA));
  return lines.join(after.includes('\r\n') ? '\r\n' : '\n');
}

/** The change that a line (1-based) of the new text is part of; null: none. Removed lines belong to the line after them. */
export function hunkAtLine(hunks: readonly Hunk[], line: number): Hunk | null {
  return (
    hunks.find(({ fromB, toB }) => line - 1 >= fromB && line - 1 < toB) ??
    hunks.find(({ fromB, toB }) => fromB === toB && (line - 1 === fromB || line === fromB)) ??
    null
  );
}

/** Lines before a change: the last ones, and how many are left out. */
function addSame(rows: UnifiedRow[], b: readonly string[], { fromA, fromB }: Hunk, at: number): void {
  const start = Math.max(at, fromB - CONTEXT_LINES);
  if (start - at === 1) {
    rows.push({ type: 'same', a: at + fromA - fromB + 1, b: at + 1, text: b[at] ?? '' });
  } else if (start > at) {
    rows.push({ type: 'skipped', count: start - at, b: at + 1 });
  }
  for (let i = start; i < fromB; i += 1) {
    rows.push({ type: 'same', a: i + fromA - fromB + 1, b: i + 1, text: b[i] ?? '' });
  }
}

function addChange(rows: UnifiedRow[], a: readonly string[], b: readonly string[], hunk: Hunk, index: number): void {
  const { fromA, toA, fromB, toB } = drawnHunk(hunk, a, b);
  // Line by line only when there are as many: otherwise which belongs to which is a guess.
  const isPaired = toA - fromA === toB - fromB;
  for (let i = fromA; i < toA && rows.length < MOST_ROWS; i += 1) {
    const text = a[i] ?? '';
    const mark = isPaired ? markOf(text, b[fromB + i - fromA] ?? '') : null;
    rows.push({ type: 'removed', a: i + 1, text, mark, hunk: index, isFirst: i === fromA });
  }
  for (let i = fromB; i < toB && rows.length < MOST_ROWS; i += 1) {
    const text = b[i] ?? '';
    const mark = isPaired ? markOf(text, a[fromA + i - fromB] ?? '') : null;
    rows.push({ type: 'added', b: i + 1, text, mark, hunk: index, isFirst: i === fromB && fromA === toA });
  }
}

/**
 * A change without the empty line that a final line end leaves behind it: "a" added below the last line is one line, and
 * not an empty one gone as well. When nothing but that line end came or went, it stays.
 */
function drawnHunk(hunk: Hunk, a: readonly string[], b: readonly string[]): Hunk {
  const toA = hunk.toA === a.length && a.at(-1) === '' ? Math.max(hunk.fromA, hunk.toA - 1) : hunk.toA;
  const toB = hunk.toB === b.length && b.at(-1) === '' ? Math.max(hunk.fromB, hunk.toB - 1) : hunk.toB;
  return toA === hunk.fromA && toB === hunk.fromB ? hunk : { ...hunk, toA, toB };
}

function markOf(text: string, other: string): Mark {
  let from = 0;
  while (from < text.length && from < other.length && text[from] === other[from]) from += 1;
  let end = 0;
  const most = Math.min(text.length, other.length) - from;
  while (end < most && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  // Nothing in common: the whole line is marked already.
  return from === 0 && end === 0 ? null : [from, text.length - end];
}
