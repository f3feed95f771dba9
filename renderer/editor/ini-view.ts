/**
 * The INI editor without React: makes the CodeMirror view with our language, problems, completion, hover and change
 * bar, and does the few things its owner asks of it.
 * Keys: Mod-S save, F1 all about an option, F8 problems, Mod-. fix or suggestion, Ctrl-Space complete, Mod-F search, F12 go to, F2 rename, Shift-Alt-F
 * format, Mod-/ comment, Alt-Up move lines, Mod-D next occurrence, Alt-click more cursors; Tab leaves the editor.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyField, historyKeymap } from '@codemirror/commands';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { about } from './about.ts';
import { changeBar } from './change-bar.ts';
import { completion } from './completion.ts';
import { cspNonce } from './csp-nonce.ts';
import { cursorInView } from './cursor-in-view.ts';
import { documentOf } from './document-facts.ts';
import { changesOf } from './edit-changes.ts';
import { editorLook } from './editor-look.ts';
import { type EditorServer, editorServer, targetAsked, targetField } from './editor-server.ts';
import { sectionAt } from './file-sections.ts';
import { folding } from './folding.ts';
import { dimsUnread, iniLanguage } from './highlighting.ts';
import { hover } from './hover.ts';
import { formatIni } from './ini-format.ts';
import { liveGutter } from './live-gutter.ts';
import { markedLines } from './marked-lines.ts';
import { type NavigationEvents, navigation, navigationEvents } from './navigation.ts';
import { problemGutter } from './problem-gutter.ts';
import { renamePanel } from './rename-panel.ts';
import { searchPanel } from './search-panel.ts';
import { typedOver } from './typed-over.ts';

export interface CursorPlace {
  /** 1-based, both. */
  line: number;
  column: number;
  section: string;
}

export interface IniViewOptions {
  parent: HTMLElement;
  label: string;
  text: string;
  readOnly: boolean;
  /** The text is of another format: nothing says which of its lines are read. */
  isOtherFormat: boolean;
  /** Undo history and cursor of an earlier stay, as `snapshotOf` gave it; null: none. */
  restored: unknown;
  /** null: the text belongs to no server. */
  server: EditorServer | null;
  events: NavigationEvents;
  /** The text changed, or only the cursor moved. */
  onUpdate: (hasChanged: boolean) => void;
  onBlur: () => void;
  onSave: () => void;
}

const FIELDS = { history: historyField };

export function createIniView(options: IniViewOptions): EditorView {
  const { parent, text, restored } = options;
  const config = { doc: text, extensions: extensionsFor(options) };
  return new EditorView({ state: restore(restored, config) ?? EditorState.create(config), parent });
}

/** What a later view of the same text can be restored from. */
export function snapshotOf(view: EditorView): unknown {
  return view.state.toJSON(FIELDS);
}

/** Takes over a text from outside as one change that can be undone; only what differs is replaced. */
export function replaceText(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  const after = text.replaceAll('\r\n', '\n');
  if (before === after) return;
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - from;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const insert = after.slice(from, after.length - end);
  view.dispatch({ changes: { from, to: before.length - end, insert }, userEvent: 'input.replace' });
}

/** Puts the cursor on a place (line 1-based, column 0-based), or selects up to `end`, and shows it. */
export function goTo(view: EditorView, lineNumber: number, column: number, end: number = column): void {
  const { from, to } = view.state.doc.line(Math.min(Math.max(lineNumber, 1), view.state.doc.lines));
  const selection = { anchor: Math.min(from + column, to), head: Math.min(from + end, to) };
  view.dispatch({ selection, scrollIntoView: true });
}

export function cursorPlace(state: EditorState): CursorPlace {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return { line: line.number, column: head - line.from + 1, section: sectionAt(state, head) ?? '' };
}

/** Blanks around names and values, in one undo step. False when there is nothing to do. */
export function formatText(view: EditorView, isAligned: boolean): boolean {
  const { doc, readOnly } = view.state;
  const edits = readOnly ? [] : formatIni(documentOf(doc), { isAligned });
  if (edits.length === 0) return false;
  view.dispatch({ changes: changesOf(doc, edits), userEvent: 'input.format' });
  return true;
}

function extensionsFor(options: IniViewOptions): Extension {
  const { readOnly, label, server, events, onUpdate, onBlur, onSave } = options;
  const save = () => {
    onSave();
    return true;
  };
  return [
    cspNonce(),
    problemGutter,
    lineNumbers(),
    folding,
    changeBar,
    liveGutter,
    markedLines,
    cursorInView,
    highlightActiveLine(),
    highlightActiveLineGutter(),
    drawSelection(),
    history(),
    typedOver,
    closeBrackets(),
    searchPanel,
    highlightSelectionMatches({ minSelectionLength: 2 }),
    iniLanguage,
    dimsUnread.of(!options.isOtherFormat),
    server ? editorServer.of(server) : [],
    navigationEvents.of(events),
    targetField,
    targetAsked,
    completion,
    hover,
    navigation,
    about,
    renamePanel,
    rectangularSelection(),
    EditorState.allowMultipleSelections.of(true),
    // Ctrl-click goes to what a place refers to.
    EditorView.clickAddsSelectionRange.of((event) => event.altKey),
    editorLook,
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
    keymap.of([
      { key: 'Mod-s', run: save, preventDefault: true },
      { key: 'Shift-Alt-f', run: (view) => formatText(view, false) || true },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      // Tab leaves the editor always: there is no mode to change.
      ...defaultKeymap.filter(({ key }) => key !== 'Ctrl-m'),
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged || update.selectionSet) onUpdate(update.docChanged);
    }),
    EditorView.domEventHandlers({ blur: onBlur }),
  ];
}

/** The state of an earlier stay, when it still is about this text; null otherwise. */
function restore(snapshot: unknown, config: { doc: string; extensions: Extension }): EditorState | null {
  if (typeof snapshot !== 'object' || snapshot === null || !('doc' in snapshot)) return null;
  if (snapshot.doc !== config.doc.replaceAll('\r\n', '\n')) return null;
  return EditorState.fromJSON(snapshot, { extensions: config.extensions }, FIELDS);
}
