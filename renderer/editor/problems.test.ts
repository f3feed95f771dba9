import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { ConfigDiagnostic } from '../../electron/contract/model.ts';
import {
  countProblems,
  fixableAt,
  leadingProblem,
  listProblems,
  neighbour,
  placeProblems,
  withoutOverlap,
} from './problems.ts';

const doc = Text.of(['[uwsgi]', 'procesess = 4', 'master = true', 'harakiri = 30s']);

function problem(line: number, from: number, to: number, more: Partial<ConfigDiagnostic> = {}): ConfigDiagnostic {
  return { severity: 'error', line, from, to, code: 'x', message: `line ${line}`, option: null, fix: null, ...more };
}

describe('problems on the document', () => {
  it('places them by line and column, in document order', () => {
    const placed = placeProblems(doc, [problem(4, 11, 14), problem(2, 0, 9)]);
    expect(placed.map(({ from, to }) => doc.sliceString(from, to))).toEqual(['procesess', '30s']);
  });

  it('clamps positions of a text that has become shorter, and puts whole-file problems first', () => {
    const placed = placeProblems(doc, [problem(9, 5, 60), problem(3, 90, 99), problem(0, 0, 0)]);
    expect(placed.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [doc.line(3).to, doc.line(3).to],
      [doc.line(4).from + 5, doc.line(4).to],
    ]);
  });

  it('goes to the next and the previous problem and round the ends', () => {
    const placed = placeProblems(doc, [problem(2, 0, 9), problem(4, 11, 14)]);
    const [first, last] = [placed[0]?.from ?? 0, placed[1]?.from ?? 0];
    expect(neighbour(placed, 0, 1)?.from).toBe(first);
    expect(neighbour(placed, last, 1)?.from).toBe(first);
    expect(neighbour(placed, first, -1)?.from).toBe(last);
    expect(neighbour([], 0, 1)).toBeNull();
  });

  it('leads with the worst problem of the cursor line, then with the worst of the file', () => {
    const warning = problem(2, 0, 9, { severity: 'warning' });
    const error = problem(4, 11, 14);
    expect(leadingProblem([warning, error], 2)).toBe(warning);
    expect(leadingProblem([warning, error], 3)).toBe(error);
    expect(leadingProblem([], 3)).toBeNull();
  });

  it('finds the fix at the cursor before another one of the line', () => {
    const fix = { title: 'Use processes', edits: [] };
    const placed = placeProblems(doc, [problem(2, 0, 9, { fix }), problem(2, 12, 13, { fix }), problem(4, 0, 1)]);
    expect(fixableAt(doc, placed, doc.line(2).to)?.from).toBe(doc.line(2).from + 12);
    expect(fixableAt(doc, placed, doc.line(2).from + 10)?.from).toBe(doc.line(2).from);
    expect(fixableAt(doc, placed, doc.line(4).from)).toBeNull();
  });

  it('counts by severity', () => {
    expect(countProblems([problem(1, 0, 0), problem(2, 0, 0, { severity: 'warning' })])).toEqual({
      error: 1,
      warning: 1,
      info: 0,
    });
  });

  it('lists the worst first, of one kind when asked', () => {
    const all = [problem(4, 0, 1, { severity: 'info' }), problem(3, 0, 1), problem(2, 0, 1, { severity: 'warning' })];
    expect(listProblems(all, 'all').map(({ line }) => line)).toEqual([3, 2, 4]);
    expect(listProblems(all, 'warning').map(({ line }) => line)).toEqual([2]);
  });

  it('takes of fixes that touch the same place only the first', () => {
    const first = [{ from: 3, to: 5, insert: 'x' }];
    const second = [{ from: 9, to: 9, insert: 'y' }];
    expect(
      withoutOverlap([first, [{ from: 5, to: 6, insert: '' }], second, [{ from: 12, to: 11, insert: '' }]]),
    ).toEqual([first, second]);
  });
});
