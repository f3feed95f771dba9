/**
 * "Did you mean": the names nearest to a misspelt one, by optimal string alignment distance (an insertion, a deletion,
 * a replacement or a swap of two neighbours counts one). Pure; knows nothing of options.
 */

/** Distance of two texts; stops counting at `limit` and then returns `limit + 1`. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast = new Uint16Array(b.length + 1);
  let last = Uint16Array.from(beforeLast, (_, i) => i);
  let row = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    const letter = a.charCodeAt(i - 1);
    row[0] = i;
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = letter === b.charCodeAt(j - 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row[j] = cost;
      if (cost < smallest) smallest = cost;
    }
    if (smallest > limit) return limit + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}

/** Names to compare with again and again. */
export type NameIndex = readonly { name: string; letters: number }[];

export function indexNames(names: Iterable<string>): NameIndex {
  return Array.from(names, (name) => ({ name, letters: letterBits(name) }));
}

/** At most `count` of the names that are near enough to be a slip of `name`, nearest first. `_` counts as `-`. */
export function nearestNames(name: string, names: Iterable<string>, count = 3): string[] {
  return nearestIn(name, indexNames(names), count);
}

/** The same for names that were put in order before. */
export function nearestIn(name: string, index: NameIndex, count = 3): string[] {
  const wanted = name.toLowerCase().replaceAll('_', '-');
  const limit = wanted.length <= 4 ? 1 : wanted.length <= 8 ? 2 : 3;
  const wantedLetters = letterBits(wanted);
  const near: { name: string; distance: number }[] = [];
  for (const { name: candidate, letters } of index) {
    if (Math.abs(candidate.length - wanted.length) > limit || !mayBeNear(letters, wantedLetters, limit)) continue;
    const distance = editDistance(wanted, candidate, limit);
    if (distance <= limit && distance < wanted.length) near.push({ name: candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name));
  const best = near[0]?.distance ?? 0;
  return near
    .filter((entry) => entry.distance <= best + 1)
    .slice(0, count)
    .map((entry) => entry.name);
}

/** Which letters a text has, as bits; some letters share one. */
function letterBits(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits |= 1 << (text.charCodeAt(at) & 31);
  return bits;
}

/** One edit changes at most two of the letters there are: most names are told apart without counting. */
function mayBeNear(a: number, b: number, limit: number): boolean {
  let differing = a ^ b;
  for (let left = limit * 2; differing !== 0; left--) {
    if (left === 0) return false;
    differing &= differing - 1;
  }
  return true;
}
