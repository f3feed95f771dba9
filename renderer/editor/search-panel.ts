/**
 * Find and replace above the text: how many there are and which one is shown, keys as everywhere (Enter and Shift-Enter
 * go on and back, Esc leaves), and the product's own controls. What is found is the library's business.
 */
import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  replaceAll,
  replaceNext,
  SearchQuery,
  search,
  selectMatches,
  setSearchQuery,
} from '@codemirror/search';
import type { EditorState, Extension } from '@codemirror/state';
import { type EditorView, type Panel, runScopeHandlers } from '@codemirror/view';

/** Beyond this many they are not counted: the words say "more than". */
const MOST_COUNTED = 1000;

/** What the panel says of a search: nothing, "no match", "3 of 12", or why it can not be made. */
export function matchWords(state: EditorState, query: SearchQuery): string {
  if (query.search === '') return '';
  if (!query.valid) return 'not a regular expression';
  const { from, to } = state.selection.main;
  let count = 0;
  let current = 0;
  const cursor = query.getCursor(state);
  for (let next = cursor.next(); !next.done; next = cursor.next()) {
    if (count === MOST_COUNTED) return `more than ${MOST_COUNTED}`;
    count += 1;
    if (next.value.from === from && next.value.to === to) current = count;
  }
  if (count === 0) return 'no match';
  if (current > 0) return `${current} of ${count}`;
  return count === 1 ? '1 match' : `${count} matches`;
}

function createPanel(view: EditorView): Panel {
  const query = getSearchQuery(view.state);
  const find = field('Find', query.search);
  find.setAttribute('main-field', 'true');
  const replace = field('Replace with', query.replace);
  const words = document.createElement('span');
  words.className = 'cm-search-words';
  words.setAttribute('role', 'status');
  const matchCase = toggle('Match case', query.caseSensitive, commit);
  const wholeWord = toggle('Whole words', query.wholeWord, commit);
  const regexp = toggle('Regular expression', query.regexp, commit);

  function commit(): void {
    const next = new SearchQuery({
      search: find.value,
      replace: replace.value,
      caseSensitive: isPressed(matchCase),
      wholeWord: isPressed(wholeWord),
      regexp: isPressed(regexp),
    });
    if (!next.eq(getSearchQuery(view.state))) view.dispatch({ effects: setSearchQuery.of(next) });
  }

  function say(): void {
    const current = getSearchQuery(view.state);
    words.textContent = matchWords(view.state, current);
    find.setAttribute('aria-invalid', String(current.search !== '' && !current.valid));
  }

  const dom = document.createElement('div');
  dom.className = 'cm-find';
  dom.setAttribute('role', 'search');
  dom.setAttribute('aria-label', 'Find and replace');
  const close = button('Close', () => closeSearchPanel(view), 'btn g sm cm-find-close');
  dom.append(
    row(
      find,
      words,
      button('Previous', () => findPrevious(view)),
      button('Next', () => findNext(view)),
      button('Select all', () => selectMatches(view)),
      matchCase,
      wholeWord,
      regexp,
      close,
    ),
  );
  if (!view.state.readOnly) {
    dom.append(
      row(
        replace,
        button('Replace', () => replaceNext(view)),
        button('Replace all', () => replaceAll(view)),
      ),
    );
  }
  for (const input of [find, replace]) input.addEventListener('input', commit);
  dom.addEventListener('keydown', (event) => {
    const onEnter = event.target === replace ? replaceNext : event.shiftKey ? findPrevious : findNext;
    const isEnter = event.key === 'Enter' && event.target instanceof HTMLInputElement;
    if (!(isEnter ? onEnter(view) : runScopeHandlers(view, event, 'search-panel'))) return;
    event.preventDefault();
    // Esc is for the panel, not for what is around the editor.
    event.stopPropagation();
  });
  say();
  return {
    dom,
    top: true,
    mount: () => find.select(),
    update: (update) => {
      const next = getSearchQuery(update.state);
      if (next !== getSearchQuery(update.startState)) {
        // The search came from a selection, or from a key.
        if (find.value !== next.search) find.value = next.search;
        if (replace.value !== next.replace) replace.value = next.replace;
        say();
      } else if (update.docChanged || update.selectionSet) say();
    },
  };
}

function field(label: string, value: string): HTMLInputElement {
  const input = document.createElement('input');
  input.className = 'cm-textfield';
  input.placeholder = label;
  input.setAttribute('aria-label', label);
  input.value = value;
  input.spellcheck = false;
  input.autocomplete = 'off';
  return input;
}

function button(label: string, run: () => void, className = 'btn sm'): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = label;
  element.addEventListener('click', run);
  return element;
}

function toggle(label: string, isOn: boolean, onChange: () => void): HTMLButtonElement {
  const element = button(
    label,
    () => {
      element.setAttribute('aria-pressed', String(!isPressed(element)));
      onChange();
    },
    'btn g sm',
  );
  element.setAttribute('aria-pressed', String(isOn));
  return element;
}

function isPressed(element: HTMLElement): boolean {
  return element.getAttribute('aria-pressed') === 'true';
}

function row(...parts: HTMLElement[]): HTMLElement {
  const element = document.createElement('div');
  element.className = 'cm-find-row';
  element.append(...parts);
  return element;
}

export const searchPanel: Extension = search({ top: true, createPanel });
