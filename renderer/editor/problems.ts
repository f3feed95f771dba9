/**
 * Diagnostics of the core laid onto the editor's document: positions, the gutter's sign, the next problem from the
 * cursor, the fix that fits. Pure; the document may have moved on since the check, so every position is clamped.
 */
import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { ConfigDiagnostic } from '../../electron/contract/model.ts';
import { changesOf, type DocumentChange } from './edit-changes.ts';

export interface PlacedProblem {
  from: number;
  to: number;
  diagnostic: ConfigDiagnostic;
  /** What its fix changes; empty without one. */
  changes: DocumentChange[];
}

export interface ProblemCounts {
  error: number;
  warning: number;
  info: number;
}

/** Where each problem stands now, in document order. Line 0 (the file as a whole) is placed on the first line. */
export function placeProblems(doc: Text, diagnostics: readonly ConfigDiagnostic[]): PlacedProblem[] {
  return diagnostics
    .map((diagnostic) => {
      const changes = changesOf(doc, diagnostic.fix?.edits ?? []);
      const line = doc.line(Math.min(Math.max(diagnostic.line, 1), doc.lines));
      if (diagnostic.line === 0) return { from: line.from, to: line.from, diagnostic, changes };
      const from = Math.min(line.from + diagnostic.from, line.to);
      const to = Math.min(Math.max(line.from + diagnostic.to, from), line.to);
      return { from, to, diagnostic, changes };
    })
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

export interface ProblemActions {
  fix: (view: EditorView, diagnostic: ConfigDiagnostic) => void;
  /** Shows the reason behind it; null: there is nobody to show it. */
  why: ((view: EditorView, diagnostic: ConfigDiagnostic) => void) | null;
}

/** The shape of @codemirror/lint, with the fix and the reason as actions. */
export function toLint({ diagnostic, from, to }: PlacedProblem, { fix, why }: ProblemActions): Diagnostic {
  return {
    from,
    to,
    severity: diagnostic.severity,
    message: diagnostic.message,
    actions: [
      ...(diagnostic.fix ? [{ name: diagnostic.fix.title, apply: (view: EditorView) => fix(view, diagnostic) }] : []),
      ...(why ? [{ name: 'Why?', apply: (view: EditorView) => why(view, diagnostic) }] : []),
    ],
  };
}

export function countProblems(diagnostics: readonly ConfigDiagnostic[]): ProblemCounts {
  const counts: ProblemCounts = { error: 0, warning: 0, info: 0 };
  for (const diagnostic of diagnostics) counts[diagnostic.severity] += 1;
  return counts;
}

/** The problem to go to from `position`: the next (or previous) one, round the end of the file. */
export function neighbour(
  problems: readonly PlacedProblem[],
  position: number,
  direction: 1 | -1,
): PlacedProblem | null {
  if (direction === 1) return problems.find((problem) => problem.from > position) ?? problems[0] ?? null;
  return problems.findLast((problem) => problem.from < position) ?? problems.at(-1) ?? null;
}

/** What the problems line says: the problem on the cursor's line, otherwise the first of the worst kind. */
export function leadingProblem(diagnostics: readonly ConfigDiagnostic[], cursorLine: number): ConfigDiagnostic | null {
  const here = diagnostics.filter((diagnostic) => diagnostic.line === cursorLine);
  return worst(here) ?? worst(diagnostics);
}

function worst(diagnostics: readonly ConfigDiagnostic[]): ConfigDiagnostic | null {
  for (const severity of ['error', 'warning', 'info'] as const) {
    const found = diagnostics.find((diagnostic) => diagnostic.severity === severity);
    if (found) return found;
  }
  return null;
}

/** The fixable problem at the cursor: one that covers it, else the first on its line. */
export function fixableAt(doc: Text, problems: readonly PlacedProblem[], position: number): PlacedProblem | null {
  const line = doc.lineAt(position);
  const onLine = problems.filter(
    (problem) => problem.diagnostic.fix !== null && problem.from >= line.from && problem.to <= line.to,
  );
  return onLine.find((problem) => problem.from <= position && position <= problem.to) ?? onLine[0] ?? null;
}

/** Groups of changes, each whole, that do not touch the places of one before; a change that turned inside out is none. */
export function withoutOverlap(groups: readonly (readonly DocumentChange[])[]): (readonly DocumentChange[])[] {
  const taken: DocumentChange[] = [];
  return groups.filter((group) => {
    const isFree = group.every(
      (change) => change.from <= change.to && taken.every((other) => change.from > other.to || change.to < other.from),
    );
    if (isFree) taken.push(...group);
    return isFree;
  });
}

/** What the list of problems shows, by severity, then in the order of the text. */
export function listProblems(
  diagnostics: readonly ConfigDiagnostic[],
  severity: ConfigDiagnostic['severity'] | 'all',
): ConfigDiagnostic[] {
  const rank = { error: 0, warning: 1, info: 2 };
  return diagnostics
    .filter((diagnostic) => severity === 'all' || diagnostic.severity === severity)
    .sort((a, b) => rank[a.severity] - rank[b.severity] || a.line - b.line || a.from - b.from);
}
