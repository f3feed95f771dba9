/**
 * The change bar: a two pixel gutter that marks the lines which differ from the saved text.
 * Added and changed lines get a bar, a removed line a notch at the line that follows.
 */
import { type EditorState, type Extension, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { EditorView, GutterMarker, gutter } from '@codemirror/view';
import { diffLines, type Hunk, splitLines } from './line-diff.ts';

export type LineChange = 'added' | 'changed' | 'removed';

/** Sets the text that the bar compares with: what is on the disk. */
export const setSavedText = StateEffect.define<string>();

interface ChangeState {
  saved: readonly string[];
  hunks: readonly Hunk[];
}

const changes = StateField.define<ChangeState>({
  create: (state) => ({ saved: state.doc.toJSON(), hunks: [] }),
  update: (value, transaction) => {
    const effect = transaction.effects.find((effect) => effect.is(setSavedText));
    if (!effect && !transaction.docChanged) return value;
    const saved = effect ? splitLines(effect.value) : value.saved;
    return { saved, hunks: diffLines(saved, transaction.state.doc.toJSON()) };
  },
});

/** Changed lines (1-based), in order, by kind. */
export function changedLines(hunks: readonly Hunk[], lineCount: number): Map<number, LineChange> {
  const lines = new Map<number, LineChange>();
  for (const hunk of hunks) {
    if (hunk.fromB === hunk.toB) lines.set(Math.min(hunk.fromB + 1, lineCount), 'removed');
    const kind: LineChange = hunk.fromA === hunk.toA ? 'added' : 'changed';
    for (let line = hunk.fromB; line < hunk.toB; line += 1) lines.set(line + 1, kind);
  }
  return lines;
}

/** The difference from the saved text as it stands. */
export function unsavedHunks(state: EditorState): readonly Hunk[] {
  return state.field(changes, false)?.hunks ?? [];
}

class ChangeMarker extends GutterMarker {
  override readonly elementClass: string;
  constructor(kind: LineChange) {
    super();
    this.elementClass = `cm-change-${kind}`;
  }
}

const markers: Record<LineChange, ChangeMarker> = {
  added: new ChangeMarker('added'),
  changed: new ChangeMarker('changed'),
  removed: new ChangeMarker('removed'),
};

function markersOf(doc: Text, hunks: readonly Hunk[]): RangeSet<GutterMarker> {
  const ranges = [...changedLines(hunks, doc.lines)].map(([line, kind]) => markers[kind].range(doc.line(line).from));
  return RangeSet.of(ranges, true);
}

const bar = gutter({
  class: 'cm-change-gutter',
  markers: (view) => markersOf(view.state.doc, view.state.field(changes).hunks),
});

const look = EditorView.theme({
  '.cm-change-gutter': { width: '2px', minWidth: '2px' },
  '.cm-change-gutter .cm-gutterElement': { padding: '0' },
  '.cm-change-added': { backgroundColor: 'var(--ok)' },
  '.cm-change-changed': { backgroundColor: 'var(--accent)' },
  '.cm-change-removed': { boxShadow: 'inset 0 2px 0 var(--crit)' },
});

export const changeBar: Extension = [changes, bar, look];
