/**
 * Draws the tokens of ini-tokens.ts for the lines in view, and dims the lines of sections that are not read. Only what
 * is seen is read, so a key costs the same in a file of any length. Colours are the variables --ed-* of tokens.css: a
 * change of theme needs no new editor.
 */
import { EditorState, type Extension, Facet, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { parseLine } from '../../engine/config/ini-document.ts';
import { fileSections, keptFacts, sectionAt } from './file-sections.ts';
import { lineTokens, type NameFacts, type TokenKind } from './ini-tokens.ts';

/** Longer lines get no colours beyond this. */
const LONGEST_COLOURED = 2_000;

const marks = new Map<TokenKind, Decoration>();

function markOf(kind: TokenKind): Decoration {
  const known = marks.get(kind);
  if (known) return known;
  const made = Decoration.mark({ class: `cm-ini-${kind}` });
  marks.set(kind, made);
  return made;
}

/** Views of a part of a configuration do not know what a start reads of it. */
export const dimsUnread = Facet.define<boolean, boolean>({ combine: (values) => values[0] ?? false });

const unread = Decoration.line({ class: 'cm-ini-unread' });

function draw(view: EditorView): DecorationSet {
  const { state } = view;
  const { facts } = state.field(keptFacts);
  const dims = state.facet(dimsUnread);
  const names: NameFacts = {
    isDeclared: (name) => facts.declared.has(name),
    isCustom: (name) => facts.referred.has(name),
  };
  const builder = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const { from, to } of view.visibleRanges) {
    // A very long line is in view in several ranges; it is drawn once.
    for (at = Math.max(at, from); at <= to; ) {
      const { from: start, to: end, text } = state.doc.lineAt(at);
      const line = parseLine(text.slice(0, LONGEST_COLOURED), '', 1, null);
      const section = line.type === 'option' || line.type === 'section' ? sectionAt(state, start) : null;
      const isRead = section !== null && facts.read.has(section);
      if (dims && line.type === 'option' && !isRead) builder.add(start, start, unread);
      for (const token of lineTokens(line, names)) {
        if (token.to > token.from) builder.add(start + token.from, start + token.to, markOf(token.kind));
      }
      at = end + 1;
    }
  }
  return builder.finish();
}

const painter = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = draw(view);
    }
    update({ view, docChanged, viewportChanged, startState, state }: ViewUpdate): void {
      const areFactsNew = startState.field(keptFacts).facts !== state.field(keptFacts).facts;
      if (docChanged || viewportChanged || areFactsNew) this.decorations = draw(view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const colours = EditorView.theme({
  '.cm-ini-section, .cm-ini-logic': { color: 'var(--ed-section)' },
  '.cm-ini-comment': { color: 'var(--ed-comment)' },
  '.cm-ini-option': { color: 'var(--ed-key)' },
  '.cm-ini-declared, .cm-ini-custom': { color: 'var(--ed-var)' },
  '.cm-ini-unknown': { color: 'var(--fg-2)' },
  '.cm-ini-equals': { color: 'var(--fg-3)' },
  '.cm-ini-number, .cm-ini-flag': { color: 'var(--ed-number)' },
  '.cm-ini-path, .cm-ini-address, .cm-ini-text': { color: 'var(--ed-value)' },
  '.cm-ini-placeholder, .cm-ini-environment, .cm-ini-content, .cm-ini-magic': { color: 'var(--ed-var)' },
  '.cm-ini-lost': { color: 'var(--fg-3)', textDecoration: 'line-through' },
  '.cm-ini-unread, .cm-ini-unread [class*="cm-ini-"]': { color: 'var(--fg-3)' },
});

/** Colours, and the signs of comments; for the editor and for read-only views of INI text. */
export const iniLanguage: Extension = [
  fileSections,
  painter,
  colours,
  EditorState.languageData.of(() => [{ commentTokens: { line: ';' }, closeBrackets: { brackets: ['(', '['] } }]),
];
