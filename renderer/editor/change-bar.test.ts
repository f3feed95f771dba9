import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { changeBar, changedLines, setSavedText, unsavedHunks } from './change-bar.ts';

describe('the change bar', () => {
  it('marks changed, added and removed places', () => {
    const hunks = [
      { fromA: 0, toA: 1, fromB: 0, toB: 1 },
      { fromA: 3, toA: 3, fromB: 3, toB: 5 },
      { fromA: 6, toA: 8, fromB: 8, toB: 8 },
    ];
    expect([...changedLines(hunks, 8)]).toEqual([
      [1, 'changed'],
      [4, 'added'],
      [5, 'added'],
      [8, 'removed'],
    ]);
  });

  it('follows typing, and is empty again when the text is as saved', () => {
    let state = EditorState.create({ doc: '[uwsgi]\nprocesses = 2', extensions: changeBar });
    expect(unsavedHunks(state)).toEqual([]);
    state = state.update({ changes: { from: 20, to: 21, insert: '4' } }).state;
    expect(unsavedHunks(state)).toEqual([{ fromA: 1, toA: 2, fromB: 1, toB: 2 }]);
    state = state.update({ changes: { from: 20, to: 21, insert: '2' } }).state;
    expect(unsavedHunks(state)).toEqual([]);
  });

  it('compares with the new text of the disk once it is told', () => {
    let state = EditorState.create({ doc: 'a\nb', extensions: changeBar });
    state = state.update({ effects: setSavedText.of('a\r\nc') }).state;
    expect(unsavedHunks(state)).toEqual([{ fromA: 1, toA: 2, fromB: 1, toB: 2 }]);
  });
});
