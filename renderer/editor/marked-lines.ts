/**
 * Lines that something beside the editor is about, as the focused field of the form: marked and in view, without taking
 * the focus or the cursor.
 */
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

const setMarks = StateEffect.define<DecorationSet>();
const mark = Decoration.line({ class: 'cm-marked-line' });

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    const kept = transaction.docChanged ? value.map(transaction.changes) : value;
    return transaction.effects.findLast((effect) => effect.is(setMarks))?.value ?? kept;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const markedLines: Extension = [
  marks,
  EditorView.theme({
    '.cm-line.cm-marked-line': { backgroundColor: 'var(--bg-sel)', boxShadow: 'inset 2px 0 0 var(--accent)' },
  }),
];

/** Marks these lines (1-based) and no others, and scrolls to the last one; none takes the marks away. */
export function markLines(view: EditorView, lines: readonly number[]): void {
  const { doc } = view.state;
  const starts = [...lines]
    .filter((line) => line >= 1 && line <= doc.lines)
    .sort((a, b) => a - b)
    .map((line) => doc.line(line).from);
  const last = starts.at(-1);
  const effects: StateEffect<unknown>[] = [setMarks.of(Decoration.set(starts.map((start) => mark.range(start))))];
  if (last !== undefined) effects.push(EditorView.scrollIntoView(last, { y: 'nearest', yMargin: 40 }));
  view.dispatch({ effects });
}
