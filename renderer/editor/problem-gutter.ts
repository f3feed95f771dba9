/**
 * Problems in the editor: the gutter's sign, squiggles and tooltips (by @codemirror/lint), F8 to the next one and
 * Ctrl . for the fix. The diagnostics come from outside (`showProblems`), as the core checks the text.
 */
import { setDiagnostics } from '@codemirror/lint';
import { type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { type Command, EditorView, GutterMarker, gutter, keymap } from '@codemirror/view';
import type { ConfigDiagnostic } from '../../electron/contract/model.ts';
import { navigationEvents } from './navigation.ts';
import { fixableAt, neighbour, type PlacedProblem, placeProblems, toLint, withoutOverlap } from './problems.ts';

type Severity = ConfigDiagnostic['severity'];

const setProblems = StateEffect.define<PlacedProblem[]>();

const problems = StateField.define<PlacedProblem[]>({
  create: () => [],
  update: (value, transaction) => {
    const effect = transaction.effects.find((effect) => effect.is(setProblems));
    if (effect) return effect.value;
    if (!transaction.docChanged) return value;
    return value.map((problem) => ({
      ...problem,
      from: transaction.changes.mapPos(problem.from, 1),
      to: transaction.changes.mapPos(problem.to, -1),
      changes: problem.changes.map(({ from, to, insert }) => ({
        from: transaction.changes.mapPos(from, 1),
        to: transaction.changes.mapPos(to, -1),
        insert,
      })),
    }));
  },
});

/** Replaces what is shown; the positions then move with the text until the next check. */
export function showProblems(view: EditorView, diagnostics: readonly ConfigDiagnostic[]): void {
  const placed = placeProblems(view.state.doc, diagnostics);
  const canSayWhy = view.state.facet(navigationEvents) !== null;
  view.dispatch(
    setDiagnostics(
      view.state,
      placed.map((problem) => toLint(problem, { fix: applyFixOf, why: canSayWhy ? sayWhy : null })),
    ),
  );
  view.dispatch({ effects: setProblems.of(placed) });
}

function sayWhy(view: EditorView, { code }: ConfigDiagnostic): void {
  view.state.facet(navigationEvents)?.onAbout({ type: 'rule', code });
}

/** The worst problem of a line (1-based); null when nothing is wrong with it. */
export function problemOnLine(view: EditorView, lineNumber: number): ConfigDiagnostic | null {
  const { from, to } = view.state.doc.line(lineNumber);
  const found = view.state.field(problems).filter((problem) => problem.from >= from && problem.from <= to);
  found.sort((a, b) => rank(a.diagnostic.severity) - rank(b.diagnostic.severity));
  return found[0]?.diagnostic ?? null;
}

/** Applies the fix of the problem on the cursor's line. */
export const applyFix: Command = (view) => {
  const found = fixableAt(view.state.doc, view.state.field(problems), view.state.selection.main.head);
  if (!found?.diagnostic.fix) return false;
  applyFixOf(view, found.diagnostic);
  return true;
};

/** Applies every fix there is, in one undo step; of two that touch the same place the first one. How many were applied. */
export function applyAllFixes(view: EditorView): number {
  const fixes = view.state.field(problems).filter(({ changes }) => changes.length > 0);
  const chosen = withoutOverlap(fixes.map(({ changes }) => changes));
  if (chosen.length > 0 && !view.state.readOnly) view.dispatch({ changes: chosen.flat(), userEvent: 'input.fix' });
  return chosen.length;
}

/** One undo step. Nothing happens when the text was changed so that the fix has no place any more. */
function applyFixOf(view: EditorView, diagnostic: ConfigDiagnostic): void {
  const problem = view.state.field(problems).find((candidate) => candidate.diagnostic === diagnostic);
  if (!problem || problem.changes.some(({ from, to }) => to < from)) return;
  view.dispatch({ changes: problem.changes, userEvent: 'input.fix' });
}

export const goToProblem =
  (direction: 1 | -1): Command =>
  (view) => {
    const found = neighbour(view.state.field(problems), view.state.selection.main.from, direction);
    if (!found) return false;
    view.dispatch({ selection: { anchor: found.from }, scrollIntoView: true, userEvent: 'select' });
    return true;
  };

const SHAPES: Record<Severity, string> = {
  error: 'M.5.5h9v9h-9z',
  warning: 'M5 .8 9.8 9.4H.2z',
  info: 'M5 .9a4.1 4.1 0 1 0 0 8.2A4.1 4.1 0 0 0 5 .9z',
};
/** An exclamation mark in what is wrong, an i in what is only said. */
const SIGNS: Record<Severity, string> = {
  error: 'M5 2.2v3.4M5 7v1.2',
  warning: 'M5 3.6v2.8M5 7.4v1',
  info: 'M5 2.6v1M5 4.5v3',
};
const COLOURS: Record<Severity, string> = { error: 'var(--crit)', warning: 'var(--warn)', info: 'var(--fg-3)' };

class ProblemMarker extends GutterMarker {
  readonly #severity: Severity;
  readonly #text: string;
  constructor(severity: Severity, text: string) {
    super();
    this.#severity = severity;
    this.#text = text;
  }
  override eq(other: GutterMarker): boolean {
    return other instanceof ProblemMarker && other.#severity === this.#severity && other.#text === this.#text;
  }
  override toDOM(): Node {
    const svg = svgElement('svg', { width: '10', height: '10', viewBox: '0 0 10 10', role: 'img' });
    svg.setAttribute('aria-label', `${this.#severity}: ${this.#text}`);
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = this.#text;
    const outline = svgElement('path', { d: SHAPES[this.#severity] });
    outline.style.fill = this.#severity === 'info' ? 'none' : COLOURS[this.#severity];
    outline.style.stroke = this.#severity === 'info' ? COLOURS.info : 'none';
    const sign = svgElement('path', { d: SIGNS[this.#severity], 'stroke-width': '1.3' });
    sign.style.stroke = this.#severity === 'info' ? COLOURS.info : 'var(--bg-1)';
    svg.append(title, outline, sign);
    return svg;
  }
}

function svgElement(name: 'svg' | 'path', attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** One sign a line, the worst of its problems. */
const signs = gutter({
  class: 'cm-problem-gutter',
  markers: (view) => {
    const { doc } = view.state;
    const byLine = new Map<number, ConfigDiagnostic>();
    for (const { from, diagnostic } of view.state.field(problems)) {
      const line = doc.lineAt(Math.min(from, doc.length)).from;
      const before = byLine.get(line);
      if (!before || rank(diagnostic.severity) < rank(before.severity)) byLine.set(line, diagnostic);
    }
    const ranges = [...byLine].map(([from, { severity, message }]) => new ProblemMarker(severity, message).range(from));
    return RangeSet.of(ranges, true);
  },
});

function rank(severity: Severity): number {
  return severity === 'error' ? 0 : severity === 'warning' ? 1 : 2;
}

const keys = keymap.of([
  { key: 'F8', run: goToProblem(1), shift: goToProblem(-1) },
  { key: 'Mod-.', run: applyFix },
]);

export const problemGutter: Extension = [problems, signs, keys];
