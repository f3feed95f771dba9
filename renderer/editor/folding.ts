/** Folding of sections, blocks of the logic and long comments; which lines belong together is in ini-outline.ts. */
import { codeFolding, foldGutter, foldKeymap, foldService } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { parseLine } from '../../engine/config/ini-document.ts';
import { keptFacts } from './file-sections.ts';
import { type FoldSource, foldEnd } from './ini-outline.ts';

const service = foldService.of((state, lineStart, lineEnd) => {
  // Asked for every line in view at every key.
  const { text, number } = state.doc.lineAt(lineStart);
  if (!/^\s*(?:[[;#]|if|for)/.test(text)) return null;
  const end = foldEnd(sourceOf(state), number);
  return end === null ? null : { from: lineEnd, to: state.doc.line(end).to };
});

function sourceOf(state: EditorState): FoldSource {
  const { doc } = state;
  return {
    lineAt: (at) => (at >= 1 && at <= doc.lines ? parseLine(doc.line(at).text, '', at, null) : undefined),
    lastLineOfSection: (at) => {
      const start = doc.line(at).from;
      const next = state.field(keptFacts).heads.find(({ from }) => from > start);
      return next ? doc.lineAt(next.from).number - 1 : doc.lines;
    },
  };
}

const look = EditorView.theme({
  '.cm-foldGutter': { width: '12px' },
  '.cm-foldGutter .cm-gutterElement': { textAlign: 'center', cursor: 'pointer', color: 'transparent' },
  '.cm-gutters:hover .cm-foldGutter .cm-gutterElement': { color: 'var(--fg-3)' },
  '.cm-foldGutter .cm-folded': { color: 'var(--fg-2)' },
  '.cm-foldPlaceholder': {
    margin: '0 6px',
    padding: '0 6px',
    border: '0',
    borderRadius: 'var(--r-2)',
    backgroundColor: 'var(--bg-3)',
    color: 'var(--fg-3)',
  },
});

export const folding: Extension = [
  service,
  codeFolding({
    preparePlaceholder: (state, range) => state.doc.lineAt(range.to).number - state.doc.lineAt(range.from).number,
    placeholderDOM: (_view, onclick, lines: number) => {
      const sign = document.createElement('span');
      sign.className = 'cm-foldPlaceholder';
      sign.textContent = lines === 1 ? '1 line' : `${lines} lines`;
      sign.setAttribute('role', 'button');
      sign.setAttribute('aria-label', `Show ${sign.textContent} that are folded`);
      sign.addEventListener('click', onclick);
      return sign;
    },
  }),
  foldGutter({
    markerDOM: (isOpen) => {
      const sign = document.createElement('span');
      sign.textContent = isOpen ? '⌄' : '›';
      sign.className = isOpen ? '' : 'cm-folded';
      sign.title = isOpen ? 'Fold' : 'Unfold';
      return sign;
    },
  }),
  look,
  keymap.of(foldKeymap),
];
