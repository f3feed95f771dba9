/**
 * Live figures at the right of the lines: what an option comes to on the running server, and a value to take over where
 * there is reason to. A gutter of its own; nothing of it is in the text.
 */
import {
  type EditorState,
  type Extension,
  RangeSet,
  type StateCommand,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import { EditorView, GutterMarker, gutter, keymap } from '@codemirror/view';
import type { FigurePart, OptionFigure } from '../../electron/contract/live-figures.ts';
import type { OptionLine } from '../../engine/config/ini-document.ts';
import { factsOf } from './document-facts.ts';
import { keptFacts } from './file-sections.ts';

/** By the option's main name. */
export type LiveFigureMap = ReadonlyMap<string, OptionFigure>;

export const setLiveFigures = StateEffect.define<LiveFigureMap>();

const figures = StateField.define<LiveFigureMap>({
  create: () => new Map(),
  update: (value, { effects }) => effects.find((effect) => effect.is(setLiveFigures))?.value ?? value,
});

export interface FigureLine {
  line: OptionLine;
  figure: OptionFigure;
}

/** The line that each figure stands beside: the last of its option in the sections that are read, where it is in effect. */
export function figureLines(doc: Text, found: LiveFigureMap): FigureLine[] {
  const { read, used } = factsOf(doc);
  return [...found.values()].flatMap((figure) => {
    const line = used.get(figure.option)?.findLast(({ section }) => section !== null && read.has(section));
    return line === undefined ? [] : [{ line, figure }];
  });
}

/** The value to take over, when the line has another one. */
export function suggestedValue({ line, figure }: FigureLine): string | null {
  const value = figure.suggestion?.value ?? null;
  return value === null || value === line.value || line.equalsAt === -1 ? null : value;
}

class FigureMarker extends GutterMarker {
  readonly #parts: readonly FigurePart[];
  readonly #evidence: string;
  readonly #suggested: string | null;

  constructor(at: FigureLine, isEditable: boolean) {
    super();
    this.#parts = at.figure.parts;
    this.#evidence = at.figure.evidence;
    this.#suggested = isEditable ? suggestedValue(at) : null;
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof FigureMarker && other.#key === this.#key;
  }

  override toDOM(): Node {
    const row = document.createElement('span');
    row.className = 'cm-live-figure';
    row.title = this.#evidence;
    for (const { text, tone } of this.#parts) row.append(span(`cm-live-${tone}`, text));
    if (this.#suggested !== null) {
      const button = document.createElement('button');
      button.type = 'button';
      // By keys it is taken over from the line itself.
      button.tabIndex = -1;
      button.title = `${this.#evidence} Ctrl+. on the line does the same.`;
      button.className = 'cm-live-suggestion';
      button.textContent = `use ${this.#suggested}`;
      row.append(button);
    }
    return row;
  }

  get #key(): string {
    return JSON.stringify([this.#parts, this.#evidence, this.#suggested]);
  }
}

function markersOf(state: EditorState): RangeSet<GutterMarker> {
  const { doc, readOnly } = state;
  const lines = figureLines(doc, state.field(figures)).filter(({ line }) => line.number <= doc.lines);
  return RangeSet.of(
    lines.map((at) => new FigureMarker(at, !readOnly).range(doc.line(at.line.number).from)),
    true,
  );
}

/** Placed anew with new figures and when the text has settled; in between they move with their lines. */
const markers = StateField.define<RangeSet<GutterMarker>>({
  create: markersOf,
  update: (value, { effects, startState, state, docChanged, changes }) => {
    const areNew = effects.some((effect) => effect.is(setLiveFigures));
    if (areNew || startState.field(keptFacts).facts !== state.field(keptFacts).facts) return markersOf(state);
    return docChanged ? value.map(changes) : value;
  },
});

const column = gutter({
  class: 'cm-live-gutter',
  side: 'after',
  markers: ({ state }) => state.field(markers),
  domEventHandlers: {
    mousedown: (view, block, event) => {
      const isButton = event.target instanceof Element && event.target.closest('.cm-live-suggestion') !== null;
      return isButton && takeOver(view, view.state.doc.lineAt(block.from).number);
    },
  },
});

/** One undo step: the value of the line becomes the suggested one. */
function takeOver({ state, dispatch }: Parameters<StateCommand>[0], lineNumber: number): boolean {
  const { doc } = state;
  const at = figureLines(doc, state.field(figures)).find(({ line }) => line.number === lineNumber);
  const value = at === undefined ? null : suggestedValue(at);
  if (at === undefined || value === null) return false;
  const { from } = doc.line(lineNumber);
  const change = { from: from + at.line.valueFrom, to: from + at.line.valueTo, insert: value };
  dispatch(state.update({ changes: change, userEvent: 'input.suggestion' }));
  return true;
}

/** As a fix is applied: what is offered for the line of the cursor, when nothing is wrong with it. */
export const takeOverHere: StateCommand = (target) => {
  const { doc, selection, readOnly } = target.state;
  return !readOnly && takeOver(target, doc.lineAt(selection.main.head).number);
};

function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

const WIDTH = '190px';

const look = EditorView.theme({
  '.cm-live-gutter': { display: 'none' },
  '&.cm-has-live .cm-live-gutter': { display: 'block', width: WIDTH },
  '&.cm-has-live .cm-gutters-after': { borderLeft: '1px solid var(--line-1)', userSelect: 'none' },
  '&.cm-has-live .cm-gutters-after::before': {
    content: '"Live, last 15 min"',
    position: 'sticky',
    top: '0',
    alignSelf: 'flex-start',
    width: WIDTH,
    marginRight: `-${WIDTH}`,
    height: '20px',
    padding: '1px 8px 0 10px',
    boxSizing: 'border-box',
    borderBottom: '1px solid var(--line-1)',
    backgroundColor: 'var(--bg-1)',
    fontFamily: 'var(--font-ui)',
    fontSize: '11px',
    zIndex: '1',
  },
  '.cm-live-gutter .cm-gutterElement': { padding: '0 8px 0 10px', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-live-figure': { display: 'inline-flex', gap: '6px', fontSize: '11px', whiteSpace: 'nowrap' },
  '.cm-live-label': { fontFamily: 'var(--font-ui)', color: 'var(--fg-3)' },
  '.cm-live-value': { color: 'var(--fg-2)' },
  '.cm-live-warn': { color: 'var(--warn)' },
  '.cm-live-crit': { color: 'var(--crit)' },
  '.cm-live-suggestion': {
    border: '0',
    padding: '0',
    background: 'none',
    color: 'var(--accent)',
    font: 'inherit',
    fontFamily: 'var(--font-ui)',
    cursor: 'pointer',
  },
  '.cm-live-suggestion:hover': { textDecoration: 'underline' },
});

export const liveGutter: Extension = [
  figures,
  markers,
  column,
  keymap.of([{ key: 'Mod-.', run: takeOverHere }]),
  EditorView.editorAttributes.of((view) =>
    view.state.field(figures, false)?.size ? { class: 'cm-has-live' } : { class: '' },
  ),
  look,
];
