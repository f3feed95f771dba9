/**
 * Edits that the form beside the editor makes, as steps of the editor's own undo history. What is typed into one field
 * without leaving it is one step, however long it takes.
 */
import { type EditorState, Transaction, type TransactionSpec } from '@codemirror/state';
import type { TextEdit } from '../../engine/config/text-edit.ts';
import { changesOf } from './edit-changes.ts';

/** The part of an EditorView that edits need. */
export interface EditedView {
  readonly state: EditorState;
  dispatch(spec: TransactionSpec): void;
}

const lastEditAtMs = new WeakMap<EditedView, number>();

/** `joins`: the edit belongs to the one before it. */
export function applyFormEdits(view: EditedView, edits: readonly TextEdit[], joins: boolean): void {
  if (edits.length === 0 || view.state.readOnly) return;
  const changes = changesOf(view.state.doc, edits);
  const lastMs = lastEditAtMs.get(view);
  if (joins && lastMs !== undefined) {
    // The history joins adjacent changes without a name of their own when no time has passed between them.
    view.dispatch({ changes, annotations: Transaction.time.of(lastMs) });
    return;
  }
  const atMs = Date.now();
  lastEditAtMs.set(view, atMs);
  view.dispatch({ changes, annotations: Transaction.time.of(atMs), userEvent: 'input.form' });
}
