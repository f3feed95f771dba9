import { describe, expect, test } from 'vitest';
import { applyEdits, editInLine, insertAbove, removeLine } from './text-edit.ts';

const TEXT = '[uwsgi]\nprocesses = 4\nmaster = true\n';

describe('edits by line and column', () => {
  test('replace a value and nothing else', () => {
    expect(applyEdits(TEXT, [editInLine(2, 12, 13, '8')])).toBe('[uwsgi]\nprocesses = 8\nmaster = true\n');
  });

  test('come in any order and apply to the text as it was', () => {
    const edits = [removeLine(3), editInLine(2, 12, 13, '8'), insertAbove(2, 'strict = true')];
    expect(applyEdits(TEXT, edits)).toBe('[uwsgi]\nstrict = true\nprocesses = 8\n');
  });

  test('keep the line ends of the file', () => {
    const text = '[uwsgi]\r\nprocesses = 4\r\n';
    expect(applyEdits(text, [insertAbove(2, 'master = true'), editInLine(2, 12, 99, '8')])).toBe(
      '[uwsgi]\r\nmaster = true\r\nprocesses = 8\r\n',
    );
  });

  test('end the last line before new ones follow it', () => {
    expect(applyEdits('[uwsgi]\nmaster = true', [insertAbove(3, 'strict = true')])).toBe(
      '[uwsgi]\nmaster = true\nstrict = true\n',
    );
  });

  test('are refused when they overlap', () => {
    expect(() => applyEdits(TEXT, [editInLine(2, 0, 5, 'a'), editInLine(2, 3, 8, 'b')])).toThrow(RangeError);
  });
});
