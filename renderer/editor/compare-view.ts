/**
 * Read-only views of two INI texts: side by side for a conflict, in one column for what is unsaved.
 * Both collapse what is the same.
 */
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { cspNonce } from './csp-nonce.ts';
import { editorLook } from './editor-look.ts';
import { iniLanguage } from './highlighting.ts';

const COLLAPSE = { margin: 2, minSize: 4 };

function readOnly(label: string): Extension {
  return [
    cspNonce(),
    lineNumbers(),
    iniLanguage,
    editorLook,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  ];
}

/** What is on the disk at the left, what is here at the right. */
export function createCompareView({
  parent,
  left,
  right,
}: {
  parent: HTMLElement;
  left: string;
  right: string;
}): MergeView {
  return new MergeView({
    parent,
    a: { doc: left, extensions: readOnly('The text on the disk') },
    b: { doc: right, extensions: readOnly('Your text') },
    collapseUnchanged: COLLAPSE,
    gutter: true,
  });
}

/** `text`, with the lines of `original` that it removes shown in their places. */
export function createDiffView({
  parent,
  original,
  text,
  label,
}: {
  parent: HTMLElement;
  original: string;
  text: string;
  label: string;
}): EditorView {
  const merge = unifiedMergeView({
    // A last line that only got its line end is the same line.
    original: text.startsWith(`${original}\n`) ? `${original}\n` : original,
    mergeControls: false,
    highlightChanges: false,
    gutter: true,
    collapseUnchanged: COLLAPSE,
  });
  return new EditorView({ parent, doc: text, extensions: [readOnly(label), merge] });
}

/** A file to look at, from the head of a section on. */
export function createPeekView({
  parent,
  text,
  line,
  label,
}: {
  parent: HTMLElement;
  text: string;
  /** 1-based. */
  line: number;
  label: string;
}): EditorView {
  const view = new EditorView({ parent, doc: text, extensions: readOnly(label) });
  const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.dispatch({ effects: EditorView.scrollIntoView(from, { y: 'start' }) });
  return view;
}
