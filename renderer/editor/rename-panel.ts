/**
 * F2: a new name for the placeholder at the cursor, asked for in a line above the text. All its places change in one
 * undo step; a name that would mean something else is refused with the reason.
 */
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type Command, EditorView, keymap, type Panel, showPanel } from '@codemirror/view';
import { documentOf } from './document-facts.ts';
import { changesOf } from './edit-changes.ts';
import { placeholderAt, placesOf, renamePlaceholder, whyNotName } from './ini-rename.ts';
import { navigationEvents } from './navigation.ts';

const ask = StateEffect.define<string | null>();

const asked = StateField.define<string | null>({
  create: () => null,
  update: (value, { effects }) => {
    const effect = effects.find((candidate) => candidate.is(ask));
    return effect ? effect.value : value;
  },
  provide: (field) => showPanel.from(field, (name) => (name === null ? null : (view) => createPanel(view, name))),
});

export const askForName: Command = (view) => {
  const { state } = view;
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  const name = placeholderAt(documentOf(state.doc), line.number, head - line.from);
  if (state.readOnly) return false;
  if (name === null) {
    state.facet(navigationEvents)?.onNothing('Put the cursor on a placeholder, or on the line that sets it.');
    return true;
  }
  view.dispatch({ effects: ask.of(name) });
  return true;
};

function createPanel(view: EditorView, name: string): Panel {
  const dom = document.createElement('form');
  dom.className = 'cm-rename';
  const label = document.createElement('label');
  label.textContent = `New name for %(${name}) `;
  const input = document.createElement('input');
  input.className = 'cm-textfield';
  input.value = name;
  input.spellcheck = false;
  input.autocomplete = 'off';
  label.append(input);
  const words = document.createElement('span');
  words.setAttribute('role', 'status');
  const close = (): void => {
    view.dispatch({ effects: ask.of(null) });
    view.focus();
  };
  const whyNot = (): string | null =>
    input.value === name ? null : whyNotName(documentOf(view.state.doc), input.value.trim());
  const say = (): void => {
    const count = placesOf(documentOf(view.state.doc), name).length;
    words.textContent = whyNot() ?? `${count === 1 ? '1 place' : `${count} places`}, Enter changes, Esc leaves`;
  };
  input.addEventListener('input', say);
  dom.addEventListener('submit', (event) => {
    event.preventDefault();
    if (whyNot() !== null) return;
    const edits = renamePlaceholder(documentOf(view.state.doc), name, input.value.trim());
    if (input.value !== name) view.dispatch({ changes: changesOf(view.state.doc, edits), userEvent: 'input.rename' });
    close();
  });
  dom.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  dom.append(label, words);
  say();
  return {
    dom,
    top: true,
    mount: () => {
      input.focus();
      input.select();
    },
  };
}

export const renamePanel: Extension = [asked, keymap.of([{ key: 'F2', run: askForName }])];
