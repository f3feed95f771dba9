/**
 * Going to what a place refers to (F12, Ctrl-click): the line that sets a placeholder or declares an option, a section
 * of this file, the text of another file that is read. Ctrl over such a place underlines it.
 */
import { type Extension, Facet, StateEffect, StateField } from '@codemirror/state';
import { type Command, Decoration, EditorView, keymap, ViewPlugin } from '@codemirror/view';
import type { ConfigPeek } from '../../electron/contract/editor-model.ts';
import { splitFileName } from '../../engine/config/sources.ts';
import { documentOf, factsOf, type NamePlace } from './document-facts.ts';
import { editorServer } from './editor-server.ts';
import { type Reference, referenceAt } from './ini-reference.ts';

/** What the reference is asked about. */
export type AboutSubject = { type: 'option'; name: string } | { type: 'rule'; code: string } | { type: 'index' };

export interface NavigationEvents {
  /** Another file is to be shown. */
  onPeek(peek: ConfigPeek): void;
  /** Why there is nothing to go to, as a sentence. */
  onNothing(words: string): void;
  /** All about an option or a finding is to be shown. */
  onAbout(subject: AboutSubject): void;
}

export const navigationEvents = Facet.define<NavigationEvents, NavigationEvents | null>({
  combine: (all) => all[0] ?? null,
});

const goToDefinition: Command = (view) => goFrom(view, view.state.selection.main.head);

/** True when the place refers to something. */
function goFrom(view: EditorView, position: number): boolean {
  const reference = referenceOf(view, position);
  if (reference === null) return false;
  const place = placeWithin(view, reference);
  if (place !== null) {
    const line = view.state.doc.line(Math.min(place.line, view.state.doc.lines));
    const anchor = Math.min(line.from + place.from, line.to);
    const head = Math.min(line.from + place.to, line.to);
    view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    return true;
  }
  if (reference.type === 'file' || reference.type === 'content') void peek(view, reference);
  else if (reference.type === 'placeholder') void peekWhereSet(view, reference.name);
  else return false;
  return true;
}

function referenceOf(view: EditorView, position: number): Reference | null {
  const line = view.state.doc.lineAt(position);
  return referenceAt(documentOf(view.state.doc), line.number, position - line.from);
}

/** Where it is in this text; null when it is elsewhere or nowhere. */
function placeWithin(view: EditorView, reference: Reference): NamePlace | null {
  const facts = factsOf(view.state.doc);
  switch (reference.type) {
    case 'placeholder':
      return definitionOf(reference.name, view);
    case 'name':
      return facts.declared.get(reference.name) ?? null;
    case 'file': {
      const { path, section } = splitFileName(reference.value);
      const head = path === '' ? facts.sections.find(({ name }) => name === section) : undefined;
      return head ? { line: head.line, from: 0, to: 0 } : null;
    }
    case 'content':
    case 'environment':
    case 'magic':
    case 'section':
      return null;
  }
}

/** The first of the names in a calculation that is set here. */
function definitionOf(name: string, view: EditorView): NamePlace | null {
  const { definitions, used } = factsOf(view.state.doc);
  for (const word of [name, ...name.split(' ')]) {
    const definition = definitions.get(word)?.[0];
    if (definition) return definition;
    const line = used.get(word)?.[0];
    if (line) return { line: line.number, from: line.keyFrom, to: line.keyTo };
  }
  return null;
}

async function peek(view: EditorView, reference: Extract<Reference, { type: 'file' | 'content' }>): Promise<void> {
  const [option, value] = reference.type === 'file' ? [reference.option, reference.value] : ['include', reference.name];
  await show(view, option, value);
}

/** A placeholder that another file sets: that file. */
async function peekWhereSet(view: EditorView, name: string): Promise<void> {
  const events = view.state.facet(navigationEvents);
  const nowhere = `Nothing sets '${name}'.`;
  try {
    const context = await view.state.facet(editorServer)?.context(view.state.doc.toString());
    const found = context?.values.find(({ key, line }) => key === name && line > 0);
    if (found) await show(view, 'include', found.file);
    else events?.onNothing(nowhere);
  } catch (error) {
    events?.onNothing(error instanceof Error ? error.message : nowhere);
  }
}

async function show(view: EditorView, option: string, value: string): Promise<void> {
  const server = view.state.facet(editorServer);
  const events = view.state.facet(navigationEvents);
  if (!server) return;
  try {
    events?.onPeek(await server.peek(view.state.doc.toString(), option, value));
  } catch (error) {
    events?.onNothing(error instanceof Error ? error.message : `'${value}' can't be shown.`);
  }
}

const setLink = StateEffect.define<{ from: number; to: number } | null>();
const linkMark = Decoration.mark({ class: 'cm-go-link' });

const link = StateField.define<{ from: number; to: number } | null>({
  create: () => null,
  update: (value, { effects, docChanged }) => {
    const effect = effects.find((candidate) => candidate.is(setLink));
    if (effect) return effect.value;
    return docChanged ? null : value;
  },
  provide: (field) =>
    EditorView.decorations.from(field, (range) =>
      range ? Decoration.set(linkMark.range(range.from, range.to)) : Decoration.none,
    ),
});

/** Underlines what a click with Ctrl would go to. */
const pointer = ViewPlugin.fromClass(
  class {
    at: { x: number; y: number } | null = null;
    show(view: EditorView, isHeld: boolean): void {
      const before = view.state.field(link);
      const next = isHeld && this.at ? linkAt(view, this.at) : null;
      if (before?.from === next?.from && before?.to === next?.to) return;
      view.dispatch({ effects: setLink.of(next) });
    }
  },
  {
    eventHandlers: {
      mousemove(event, view) {
        this.at = { x: event.clientX, y: event.clientY };
        this.show(view, isGoKey(event));
      },
      mouseleave(_event, view) {
        this.at = null;
        this.show(view, false);
      },
      keydown(event, view) {
        if (event.key === 'Control' || event.key === 'Meta') this.show(view, true);
      },
      keyup(event, view) {
        if (event.key === 'Control' || event.key === 'Meta') this.show(view, false);
      },
      mousedown(event, view) {
        const target = view.state.field(link);
        if (event.button !== 0 || !isGoKey(event) || !target) return false;
        event.preventDefault();
        view.dispatch({ effects: setLink.of(null) });
        return goFrom(view, target.from);
      },
    },
  },
);

function isGoKey(event: MouseEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
}

function linkAt(view: EditorView, at: { x: number; y: number }): { from: number; to: number } | null {
  const position = view.posAtCoords(at);
  const reference = position === null ? null : referenceOf(view, position);
  if (position === null || reference === null) return null;
  const canGo =
    ['file', 'content', 'placeholder'].includes(reference.type) ||
    (reference.type === 'name' && factsOf(view.state.doc).declared.has(reference.name));
  if (!canGo) return null;
  const line = view.state.doc.lineAt(position);
  return { from: line.from + reference.from, to: Math.min(line.from + reference.to, line.to) };
}

export const navigation: Extension = [
  link,
  pointer,
  keymap.of([{ key: 'F12', run: goToDefinition }]),
  EditorView.theme({
    '.cm-go-link': { textDecoration: 'underline', cursor: 'pointer' },
    '.cm-go-link *': { color: 'var(--accent)' },
  }),
];
