/**
 * The difference of two texts by lines (Myers' greedy algorithm), and a three-way merge on top of it.
 * Serves the change bar, the count of unsaved lines and the save conflict. Pure.
 * Reference: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
 */

/** Lines `[fromA, toA)` of the old text became lines `[fromB, toB)` of the new one; indexes from 0. */
export interface Hunk {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

/** Beyond this many edits the middle is one hunk: exact enough for a file that was replaced, and never slow. */
const MOST_EDITS = 600;

export function splitLines(text: string): string[] {
  return text.split(/\r\n?|\n/);
}

/** Hunks in order, never touching one another. */
export function diffLines(a: readonly string[], b: readonly string[]): Hunk[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  if (start === endA && start === endB) return [];
  if (start === endA || start === endB) return [{ fromA: start, toA: endA, fromB: start, toB: endB }];
  const matches = matchingLines(a.slice(start, endA), b.slice(start, endB));
  if (!matches) return [{ fromA: start, toA: endA, fromB: start, toB: endB }];
  return hunksBetween(matches, start, endA, endB);
}

/** Hunks are what lies between the matching lines. */
function hunksBetween(matches: readonly [number, number][], start: number, endA: number, endB: number): Hunk[] {
  const hunks: Hunk[] = [];
  let fromA = start;
  let fromB = start;
  for (const [a, b] of [...matches, [endA - start, endB - start] as const]) {
    const toA = start + a;
    const toB = start + b;
    if (toA > fromA || toB > fromB) hunks.push({ fromA, toA, fromB, toB });
    fromA = toA + 1;
    fromB = toB + 1;
  }
  return hunks;
}

/** Pairs of equal lines on the shortest edit path; null when it is longer than MOST_EDITS. */
function matchingLines(a: readonly string[], b: readonly string[]): [number, number][] | null {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  // How far each diagonal got; diagonal k stands at k + most + 1.
  const zero = most + 1;
  const furthest = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    // Only these can have been reached.
    trace.push(furthest.slice(zero - edits - 1, zero + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const below = furthest[zero + k - 1] ?? 0;
      const above = furthest[zero + k + 1] ?? 0;
      let x = stepsDown(k, edits, below, above) ? above : below + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest[zero + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return null;
}

/** Whether diagonal k goes on from the one above it, by a line of the new text. */
function stepsDown(k: number, edits: number, below: number, above: number): boolean {
  return k === -edits || (k !== edits && below < above);
}

function walkBack(trace: readonly Int32Array[], lengthA: number, lengthB: number): [number, number][] {
  const matches: [number, number][] = [];
  let x = lengthA;
  let y = lengthB;
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const furthest = trace[edits];
    if (!furthest) break;
    const k = x - y;
    const below = furthest[k + edits] ?? 0;
    const above = furthest[k + edits + 2] ?? 0;
    const isDown = stepsDown(k, edits, below, above);
    const previousX = edits === 0 ? 0 : isDown ? above : below;
    const previousY = edits === 0 ? 0 : previousX - (isDown ? k + 1 : k - 1);
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      matches.push([x, y]);
    }
    x = previousX;
    y = previousY;
  }
  return matches.toReversed();
}

/** Numbers for "2 lines changed": lines that are new or different, and lines that are gone. */
export function countLines(hunks: readonly Hunk[]): { added: number; removed: number; places: number } {
  let added = 0;
  let removed = 0;
  for (const hunk of hunks) {
    added += hunk.toB - hunk.fromB;
    removed += hunk.toA - hunk.fromA;
  }
  return { added, removed, places: hunks.length };
}

/**
 * Both changes of one text in one: null when they touch the same or neighbouring lines, unless they are the same change.
 * Lines are joined with the line end of `mine`.
 */
export function mergeTexts(base: string, mine: string, theirs: string): string | null {
  const [baseLines, mineLines, theirLines] = [splitLines(base), splitLines(mine), splitLines(theirs)];
  const edits = [...editsOf(baseLines, mineLines), ...editsOf(baseLines, theirLines)].sort(
    (x, y) => x.fromA - y.fromA || x.toA - y.toA,
  );
  const merged: string[] = [];
  let at = 0;
  let previous: Edit | null = null;
  for (const edit of edits) {
    if (previous && isSameEdit(previous, edit)) continue;
    if (previous && edit.fromA <= previous.toA) return null;
    merged.push(...baseLines.slice(at, edit.fromA), ...edit.lines);
    at = edit.toA;
    previous = edit;
  }
  merged.push(...baseLines.slice(at));
  return merged.join(mine.includes('\r\n') ? '\r\n' : '\n');
}

/** Lines `[fromA, toA)` of the base become `lines`. */
interface Edit {
  fromA: number;
  toA: number;
  lines: readonly string[];
}

function editsOf(base: readonly string[], changed: readonly string[]): Edit[] {
  return diffLines(base, changed).map(({ fromA, toA, fromB, toB }) => ({
    fromA,
    toA,
    lines: changed.slice(fromB, toB),
  }));
}

function isSameEdit(a: Edit, b: Edit): boolean {
  return a.fromA === b.fromA && a.toA === b.toA && a.lines.join('\n') === b.lines.join('\n');
}
