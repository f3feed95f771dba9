/**
 * The facts of the text kept beside the editor's state for what is drawn at every key: they are read anew a moment after
 * the last change, and until then their section heads move along with the text. So a key costs the same in a file of
 * any length.
 */
import { type EditorState, type Extension, StateEffect, StateField, type Text } from '@codemirror/state';
import { ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { type DocumentFacts, factsOf } from './document-facts.ts';

interface SectionHead {
  /** Offset in the text. */
  from: number;
  name: string;
}

export interface KeptFacts {
  facts: DocumentFacts;
  heads: readonly SectionHead[];
}

const setFacts = StateEffect.define<KeptFacts>();

export const keptFacts = StateField.define<KeptFacts>({
  create: ({ doc }) => keep(doc),
  update: (value, { effects, docChanged, changes }) => {
    const fresh = effects.find((effect) => effect.is(setFacts));
    if (fresh) return fresh.value;
    if (!docChanged) return value;
    return { ...value, heads: value.heads.map(({ from, name }) => ({ from: changes.mapPos(from, 1), name })) };
  },
});

function keep(doc: Text): KeptFacts {
  const facts = factsOf(doc);
  const heads = facts.sections.map(({ name, line }) => ({ from: doc.line(Math.min(line, doc.lines)).from, name }));
  return { facts, heads };
}

/** Name of the section that a place is in; null before the first. */
export function sectionAt(state: EditorState, position: number): string | null {
  const { heads } = state.field(keptFacts);
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((heads[middle]?.from ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return heads[low - 1]?.name ?? null;
}

const SETTLED_MS = 120;

const reader = ViewPlugin.define((view) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    update: ({ docChanged }: ViewUpdate) => {
      if (!docChanged) return;
      clearTimeout(timer);
      timer = setTimeout(() => view.dispatch({ effects: setFacts.of(keep(view.state.doc)) }), SETTLED_MS);
    },
    destroy: () => clearTimeout(timer),
  };
});

export const fileSections: Extension = [keptFacts, reader];
