import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, diffLines, type Hunk, mergeTexts } from './line-diff.ts';

/** Puts the hunks of the difference on the old text. */
function apply(a: readonly string[], b: readonly string[], hunks: readonly Hunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...a.slice(at, hunk.fromA), ...b.slice(hunk.fromB, hunk.toB));
    at = hunk.toA;
  }
  return [...result, ...a.slice(at)];
}

const someLines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 });

describe('the difference by lines', () => {
  it('turns the old text into the new one, whatever they are', () => {
    fc.assert(
      fc.property(someLines, someLines, (a, b) => {
        const hunks = diffLines(a, b);
        expect(apply(a, b, hunks)).toEqual(b);
        for (const [index, hunk] of hunks.entries()) {
          const before = hunks[index - 1];
          if (before) expect(hunk.fromA > before.toA && hunk.fromB > before.toB).toBe(true);
        }
      }),
    );
  });

  it('names only the lines that differ', () => {
    expect(diffLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e'])).toEqual([
      { fromA: 1, toA: 2, fromB: 1, toB: 2 },
      { fromA: 4, toA: 4, fromB: 4, toB: 5 },
    ]);
  });

  it('takes two texts without a common line as one hunk, without taking long', () => {
    const a = Array.from({ length: 3000 }, (_, line) => `a${line}`);
    const b = Array.from({ length: 3000 }, (_, line) => `b${line}`);
    expect(diffLines(a, b)).toEqual([{ fromA: 0, toA: 3000, fromB: 0, toB: 3000 }]);
  });

  it('counts added and removed lines and places', () => {
    expect(countLines(diffLines(['a', 'b', 'c'], ['a', 'x', 'y', 'c']))).toEqual({ added: 2, removed: 1, places: 1 });
  });
});

describe('the three-way merge', () => {
  const base = '[uwsgi]\nprocesses = 2\nmaster = true\nharakiri = 30\nlisten = 100';

  it('joins changes of different places', () => {
    const mine = base.replace('processes = 2', 'processes = 4');
    const theirs = base.replace('listen = 100', 'listen = 512');
    expect(mergeTexts(base, mine, theirs)).toBe(mine.replace('listen = 100', 'listen = 512'));
  });

  it('refuses changes of the same line or of neighbouring lines', () => {
    const mine = base.replace('processes = 2', 'processes = 4');
    expect(mergeTexts(base, mine, base.replace('processes = 2', 'processes = 8'))).toBeNull();
    expect(mergeTexts(base, mine, base.replace('master = true', 'master = false'))).toBeNull();
  });

  it('takes the same change of both sides once', () => {
    const both = base.replace('processes = 2', 'processes = 4');
    expect(mergeTexts(base, both, both)).toBe(both);
  });

  it('gives the other side when one side did not change anything', () => {
    fc.assert(
      fc.property(someLines, someLines, (a, b) => {
        expect(mergeTexts(a.join('\n'), b.join('\n'), a.join('\n'))).toBe(b.join('\n'));
        expect(mergeTexts(a.join('\n'), a.join('\n'), b.join('\n'))).toBe(b.join('\n'));
      }),
    );
  });
});
