/**
 * F1: all about what the cursor is at. In the list of completion the chosen option, else the option of the line, else
 * what is wrong with the line; where there is nothing, the reference opens at its beginning.
 */
import { closeCompletion, selectedCompletion } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { type Command, type EditorView, keymap } from '@codemirror/view';
import { findOption } from '../../engine/config/option-table.ts';
import { documentOf } from './document-facts.ts';
import { targetField } from './editor-server.ts';
import { type AboutSubject, navigationEvents } from './navigation.ts';
import { problemOnLine } from './problem-gutter.ts';

/** For the link of a card; null when there is no reference around the editor. */
export function openAbout(view: EditorView, name: string): (() => void) | null {
  if (view.state.facet(navigationEvents) === null) return null;
  return () => {
    // A list of completion has done its work.
    closeCompletion(view);
    showAbout(view, { type: 'option', name });
  };
}

function showAbout(view: EditorView, subject: AboutSubject): boolean {
  const events = view.state.facet(navigationEvents);
  events?.onAbout(subject);
  return events !== null;
}

/** One that only the server's own build has. */
function ownOption(view: EditorView, key: string): string | null {
  return view.state.field(targetField)?.extra.find((extra) => extra.name === key)?.name ?? null;
}

const aboutCursor: Command = (view) => {
  const chosen = selectedCompletion(view.state);
  const { number } = view.state.doc.lineAt(view.state.selection.main.head);
  const line = documentOf(view.state.doc).lines[number - 1];
  const key = chosen?.label ?? (line?.type === 'option' ? line.key : '');
  const name = findOption(key)?.name ?? ownOption(view, key);
  closeCompletion(view);
  if (name !== null) return showAbout(view, { type: 'option', name });
  const problem = problemOnLine(view, number);
  return showAbout(view, problem === null ? { type: 'index' } : { type: 'rule', code: problem.code });
};

export const about: Extension = keymap.of([{ key: 'F1', run: aboutCursor, preventDefault: true }]);
