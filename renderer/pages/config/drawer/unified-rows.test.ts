import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hunkAtLine, unifiedDiff, withoutHunk } from './unified-rows.ts';

const BEFORE = '[uwsgi]\na = 1\nb = 1\nc = 1\nd = 1\nlisten = 100\ne = 1\n';
const AFTER = '[uwsgi]\na = 1\nb = 1\nc = 1\nd = 1\nlisten = 512\ne = 1\nnew = 1\n';

function manyLines(letter: string): string {
  return Array.from({ length: 20_000 }, (_, i) => `${letter} ${i}`).join('\n');
}

describe('the rows of a diff', () => {
  it('are the changes with a little around them and what was left out', () => {
    const { rows, added, removed } = unifiedDiff(BEFORE, AFTER);
    expect([added, removed]).toEqual([2, 1]);
    expect(rows.map((row) => ('text' in row ? `${row.type} ${row.text}` : `${row.type} ${row.count}`))).toEqual([
      'skipped 3',
      'same c = 1',
      'same d = 1',
      'removed listen = 100',
      'added listen = 512',
      'same e = 1',
      'added new = 1',
      'same ',
    ]);
  });

  it('mark what differs within a line', () => {
    const row = unifiedDiff(BEFORE, AFTER).rows.find(({ type }) => type === 'added');
    expect(row).toMatchObject({ text: 'listen = 512', mark: [9, 12] });
  });

  it('have no empty line for the line end of the last one, unless it is all that changed', () => {
    expect(unifiedDiff('a\n', 'a\nb')).toMatchObject({
      rows: [{ type: 'same' }, { text: 'b', isFirst: true }],
      removed: 0,
    });
    expect(unifiedDiff('a\nb', 'a\n')).toMatchObject({
      rows: [{ type: 'same' }, { text: 'b', isFirst: true }],
      added: 0,
    });
    expect(unifiedDiff('a\n', 'a')).toMatchObject({
      rows: [{ type: 'same' }, { type: 'removed', text: '' }],
      removed: 1,
    });
  });

  it('are none for the same text', () => {
    expect(unifiedDiff(BEFORE, BEFORE)).toEqual({ rows: [], hunks: [], added: 0, removed: 0 });
  });

  it('are bounded, whatever was put in place of the text', () => {
    const { rows } = unifiedDiff(manyLines('a'), manyLines('b'));
    expect(rows.length).toBeLessThan(2_000);
    expect(rows.at(-1)).toMatchObject({ type: 'cut' });
  });

  it('have the numbers of both texts', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        for (const row of unifiedDiff(a.join('\n'), b.join('\n')).rows) {
          if (row.type === 'same') expect([a[row.a - 1] ?? '', b[row.b - 1] ?? '']).toEqual([row.text, row.text]);
          if (row.type === 'removed') expect(a[row.a - 1] ?? '').toBe(row.text);
          if (row.type === 'added') expect(b[row.b - 1] ?? '').toBe(row.text);
        }
      }),
    );
  });
});

describe('a change that is taken back', () => {
  it('leaves the others as they are, and all of them taken back give the old text', () => {
    const { hunks } = unifiedDiff(BEFORE, AFTER);
    const [listen] = hunks;
    if (listen === undefined) throw new Error('there is no change');
    expect(withoutHunk(BEFORE, AFTER, listen)).toBe(AFTER.replace('512', '100'));
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const before = a.join('\n');
        let text = b.join('\n');
        for (const hunk of unifiedDiff(before, text).hunks.toReversed()) text = withoutHunk(before, text, hunk);
        expect(text).toBe(before);
      }),
    );
  });

  it('is found by its line; what was removed belongs to its neighbours', () => {
    const { hunks } = unifiedDiff(BEFORE, AFTER);
    expect(hunkAtLine(hunks, 6)).toBe(hunks[0]);
    expect(hunkAtLine(hunks, 2)).toBeNull();
    const removed = unifiedDiff('a\nb\nc', 'a\nc').hunks;
    expect(hunkAtLine(removed, 2)).toBe(removed[0]);
    expect(hunkAtLine(removed, 1)).toBe(removed[0]);
  });
});
