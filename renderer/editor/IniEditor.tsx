/**
 * The INI editor as a component. It holds the document from mount to unmount; the owner is told of changes when typing
 * pauses (settling.ts) and before it can do anything else with the text, and hands over one from outside by `loaded`. Everything the view can do is in ini-view.ts.
 */
import { redo, toggleComment, undo } from '@codemirror/commands';
import { foldAll, unfoldAll } from '@codemirror/language';
import { openSearchPanel } from '@codemirror/search';
import type { EditorView } from '@codemirror/view';
import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react';
import type { ConfigDiagnostic } from '../../electron/contract/model.ts';
import type { TextEdit } from '../../engine/config/text-edit.ts';
import { setSavedText } from './change-bar.ts';
import { documentOf, factsOf } from './document-facts.ts';
import type { EditorServer } from './editor-server.ts';
import { lineEndOf, textOf } from './editor-text.ts';
import { applyFormEdits } from './form-edits.ts';
import { type LiveRows, setLiveRows } from './hover.ts';
import { type OutlineEntry, outlineOf } from './ini-outline.ts';
import { type CursorPlace, createIniView, cursorPlace, formatText, goTo, replaceText, snapshotOf } from './ini-view.ts';
import { type LiveFigureMap, setLiveFigures } from './live-gutter.ts';
import { markLines } from './marked-lines.ts';
import type { NavigationEvents } from './navigation.ts';
import { applyAllFixes, applyFix, goToProblem, showProblems } from './problem-gutter.ts';
import { askForName } from './rename-panel.ts';
import { createSettling, type Settling } from './settling.ts';

/** What the menu of the editor does; each has its key in the editor, too. */
export type EditorAction = 'find' | 'comment' | 'rename' | 'format' | 'align' | 'fold' | 'unfold' | 'fix-all';

export interface IniEditorHandle {
  focus(): void;
  nextProblem(): void;
  /** Line 1-based, column 0-based; selects up to column `end`. */
  goTo(line: number, column: number, end?: number): void;
  /** One undo step, or part of the last one when it `joins`; places are those of the text as it is now. */
  applyEdits(edits: readonly TextEdit[], joins?: boolean): void;
  /** Marks lines (1-based) that something beside the editor is about. */
  markLines(lines: readonly number[]): void;
  undo(): void;
  redo(): void;
  /** Applies the fix of the problem at a place. */
  fix(line: number, column: number): void;
  do(action: EditorAction): void;
  outline(): OutlineEntry[];
}

const NO_ROWS: LiveRows = new Map();
const NO_FIGURES: LiveFigureMap = new Map();

const ACTIONS: Record<EditorAction, (view: EditorView) => unknown> = {
  find: openSearchPanel,
  comment: toggleComment,
  rename: askForName,
  format: (view) => formatText(view, false),
  align: (view) => formatText(view, true),
  fold: foldAll,
  unfold: unfoldAll,
  'fix-all': applyAllFixes,
};

/** These open a field of their own, which takes the focus. */
const TAKES_FOCUS: ReadonlySet<EditorAction> = new Set(['find', 'rename']);

export interface IniEditorProps {
  label: string;
  /** The text that came from outside last; a new object is taken over as one change that can be undone. */
  loaded: { readonly text: string };
  /** What is being edited, at the time the editor appears. */
  text: string;
  savedText: string;
  readOnly: boolean;
  /** The text is YAML, JSON or XML: its lines are shown as they are. */
  isOtherFormat?: boolean;
  diagnostics: readonly ConfigDiagnostic[];
  /** The server the text belongs to; null: none. The same one for the life of the editor. */
  server?: EditorServer | null;
  /** Live figures, beside the lines. */
  figures?: LiveFigureMap;
  /** The same for the cards of options. */
  figureRows?: LiveRows;
  events?: NavigationEvents;
  onChange: (text: string) => void;
  onCursor: (place: CursorPlace) => void;
  onSave: () => void;
  /** Undo history and cursor of an earlier stay, as `onLeave` gave it; null: none. */
  restored: unknown;
  onLeave: (snapshot: unknown) => void;
  ref?: Ref<IniEditorHandle>;
}

export function IniEditor(props: IniEditorProps) {
  const { loaded, savedText, diagnostics, figures = NO_FIGURES, figureRows = NO_ROWS, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const seen = useRef(loaded);
  const settling = useRef<Settling | null>(null);

  const onChange = useEffectEvent((text: string) => props.onChange(text));
  const onCursor = useEffectEvent((place: CursorPlace) => props.onCursor(place));
  const onSave = useEffectEvent(() => props.onSave());
  const onPeek = useEffectEvent<NavigationEvents['onPeek']>((peek) => props.events?.onPeek(peek));
  const onNothing = useEffectEvent<NavigationEvents['onNothing']>((words) => props.events?.onNothing(words));
  const onAbout = useEffectEvent<NavigationEvents['onAbout']>((subject) => props.events?.onAbout(subject));
  const onLeave = useEffectEvent((snapshot: unknown) => props.onLeave(snapshot));
  const lineEnd = useEffectEvent(() => lineEndOf(props.savedText));
  const start = useEffectEvent(() => ({
    label: props.label,
    text: props.text,
    readOnly: props.readOnly,
    isOtherFormat: props.isOtherFormat ?? false,
    restored: props.restored,
    server: props.server ?? null,
  }));

  useEffect(() => {
    if (!host.current) return undefined;
    let isChanged = false;
    const telling = createSettling(
      () => {
        const current = view.current;
        if (!current) return;
        if (isChanged) onChange(textOf(current.state.doc, lineEnd()));
        isChanged = false;
        onCursor(cursorPlace(current.state));
      },
      (fire, afterMs) => {
        const timer = setTimeout(fire, afterMs);
        return () => clearTimeout(timer);
      },
      () => performance.now(),
    );
    settling.current = telling;
    const created = createIniView({
      ...start(),
      parent: host.current,
      events: {
        onPeek: (peek) => onPeek(peek),
        onNothing: (words) => onNothing(words),
        onAbout: (subject) => onAbout(subject),
      },
      onUpdate: (hasChanged) => {
        isChanged ||= hasChanged;
        telling.touch();
      },
      onBlur: () => telling.flush(),
      onSave: () => {
        telling.flush();
        onSave();
      },
    });
    view.current = created;
    onCursor(cursorPlace(created.state));
    return () => {
      telling.flush();
      onLeave(snapshotOf(created));
      created.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    if (view.current && seen.current !== loaded) replaceText(view.current, loaded.text);
    seen.current = loaded;
  }, [loaded]);

  useEffect(() => {
    view.current?.dispatch({ effects: setSavedText.of(savedText) });
  }, [savedText]);

  useEffect(() => {
    if (view.current) showProblems(view.current, diagnostics);
  }, [diagnostics]);

  useEffect(() => {
    view.current?.dispatch({ effects: [setLiveFigures.of(figures), setLiveRows.of(figureRows)] });
  }, [figures, figureRows]);

  useImperativeHandle(ref, () => {
    function act(action: (view: EditorView) => unknown): void {
      if (!view.current) return;
      action(view.current);
      settling.current?.flush();
      view.current.focus();
    }
    return {
      focus: () => act(() => null),
      nextProblem: () => act(goToProblem(1)),
      goTo: (line, column, end) => act((view) => goTo(view, line, column, end)),
      applyEdits: (edits, joins = false) => {
        if (view.current) applyFormEdits(view.current, edits, joins);
        settling.current?.flush();
      },
      markLines: (lines) => {
        if (view.current) markLines(view.current, lines);
      },
      undo: () => {
        if (view.current) undo(view.current);
        settling.current?.flush();
      },
      redo: () => {
        if (view.current) redo(view.current);
        settling.current?.flush();
      },
      fix: (line, column) =>
        act((view) => {
          goTo(view, line, column);
          applyFix(view);
        }),
      do: (action) => {
        if (!view.current) return;
        ACTIONS[action](view.current);
        settling.current?.flush();
        if (!TAKES_FOCUS.has(action)) view.current.focus();
      },
      outline: () => {
        if (!view.current) return [];
        const { doc } = view.current.state;
        return outlineOf(documentOf(doc), factsOf(doc).read);
      },
    };
  }, []);

  return <div className="ini-editor" ref={host} />;
}
