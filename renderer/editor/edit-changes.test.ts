import { EditorState, Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { applyEdits, editInLine, insertAbove, removeLine, type TextEdit } from '../../engine/config/text-edit.ts';
import { changesOf } from './edit-changes.ts';

const LINES = ['[uwsgi]', 'processes = 4', 'master = true'];

function apply(lines: readonly string[], edits: readonly TextEdit[]): string {
  const doc = Text.of([...lines]);
  return EditorState.create({ doc })
    .update({ changes: changesOf(doc, edits) })
    .state.doc.toString();
}

describe('edits in the editor', () => {
  it.for([
    ['a value', [editInLine(2, 12, 13, '16')]],
    ['a line above', [insertAbove(2, 'strict = true')]],
    ['a line at the end', [insertAbove(4, 'strict = true')]],
    ['a line that goes', [removeLine(2)]],
    ['several at once', [removeLine(3), editInLine(2, 12, 13, '8'), insertAbove(2, 'strict = true')]],
  ] as const)('change %s as they change the file', ([, edits]) => {
    expect(apply([...LINES, ''], edits)).toBe(applyEdits([...LINES, ''].join('\n'), edits));
  });

  it('begin a new line behind a last one without an end', () => {
    expect(apply(LINES, [insertAbove(4, 'strict = true')])).toBe([...LINES, 'strict = true'].join('\n'));
  });

  it('stay within a document that has become shorter', () => {
    expect(apply(['[uwsgi]'], [editInLine(2, 3, 40, 'x'), removeLine(7)])).toBe('[uwsgi]x');
  });
});
