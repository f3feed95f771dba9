/**
 * Completion: options with their help beside the list, values, placeholders and variables with what they are on the
 * server, sections, and paths of the server. What is offered is in completion-candidates.ts.
 */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertCompletionText,
  pickedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { type Extension, Prec } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';
import type { ConfigTarget } from '../../electron/contract/model.ts';
import { parseIni, sectionNames } from '../../engine/config/ini-document.ts';
import { openAbout } from './about.ts';
import {
  type Candidate,
  environmentCandidates,
  magicCandidates,
  nameCandidates,
  placeholderCandidates,
  sectionCandidates,
  takesPath,
  valueCandidates,
} from './completion-candidates.ts';
import { type CompletionPlace, pathStart, placeAt } from './completion-place.ts';
import { askContext, editorServer, targetField } from './editor-server.ts';
import { keptFacts, sectionAt } from './file-sections.ts';
import { shortCard, wordCard } from './option-card.ts';

const NAME = /^[\w.-]*$/;

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const { state, pos, view } = context;
  const line = state.doc.lineAt(pos);
  const column = pos - line.from;
  const place = placeAt(line.text, column);
  if (place === null) return null;
  const from = line.from + place.from;
  // Those of a moment ago do: reading a long text anew at every key would be felt.
  const { facts } = state.field(keptFacts);
  switch (place.type) {
    case 'name': {
      if (from === pos && !context.explicit) return null;
      const target = state.field(targetField);
      const section = sectionAt(state, line.from);
      const names = nameCandidates({ facts, line: line.number, section, target });
      return { from, options: names.map((name) => nameCompletion(name, target, view)), validFor: NAME };
    }
    case 'section':
      return { from, options: sectionCandidates(facts).map(plainCompletion), validFor: /^[^\]]*$/ };
    case 'placeholder': {
      const values = view ? await askContext(view) : null;
      return { from, options: placeholderCandidates(facts, values).map(closing), validFor: NAME };
    }
    case 'environment': {
      const values = view ? await askContext(view) : null;
      return { from, options: environmentCandidates(values).map(closing), validFor: /^\w*$/ };
    }
    case 'magic': {
      const values = view ? await askContext(view) : null;
      const letters = magicCandidates(values).map((letter) =>
        Object.assign(plainCompletion(letter), {
          displayLabel: `%${letter.label}`,
          info: () => wordCard(`%${letter.label}`, '', letter.help ?? '', []),
        }),
      );
      return { from, options: letters, filter: false };
    }
    case 'value':
      return completeValue(context, place, line.from);
  }
}

type ValuePlace = Extract<CompletionPlace, { type: 'value' }>;

async function completeValue(
  context: CompletionContext,
  { option, name, typed, from }: ValuePlace,
  lineFrom: number,
): Promise<CompletionResult | null> {
  if (typed === '' && !context.explicit && !isAfterName(context)) return null;
  const values = option ? valueCandidates(option, context.state.field(keptFacts).facts).map(plainCompletion) : [];
  const reads = option?.name === 'ini' || option?.name === 'include' || option?.name === 'inherit';
  if (option?.name === 'ini' && typed.includes(':')) return completeSection(context, name, typed, lineFrom + from);
  if (option?.name === 'if-env' || option?.name === 'if-not-env') {
    const names = environmentCandidates(context.view ? await askContext(context.view) : null);
    return { from: lineFrom + from, options: names.map(plainCompletion), validFor: /^\w*$/ };
  }
  const start = pathStart(typed);
  const path = typed.slice(start);
  if (reads || (option && takesPath(option)) || /^(?:\.{0,2}\/|[%$]\(|%[a-zA-Z0-9])/.test(path)) {
    const paths = await completePath(context, name, path, lineFrom + from + start);
    if (paths) return start === 0 ? withValues(paths, values, lineFrom + from) : paths;
  }
  return values.length > 0 ? { from: lineFrom + from, options: values, validFor: /^[^%$]*$/ } : null;
}

/** The name of the option was completed just now: what follows it is offered unasked. */
function isAfterName({ state, pos }: CompletionContext): boolean {
  return state.sliceDoc(pos - 2, pos) === '= ' && state.doc.lineAt(pos).to === pos;
}

/** Both where the path is all that was typed of the value. */
function withValues(paths: CompletionResult, values: readonly Completion[], from: number): CompletionResult {
  return paths.from === from ? { ...paths, options: [...paths.options, ...values] } : paths;
}

async function completePath(
  { state }: CompletionContext,
  option: string,
  typed: string,
  from: number,
): Promise<CompletionResult | null> {
  const server = state.facet(editorServer);
  if (!server) return null;
  try {
    const { entries } = await server.paths(state.doc.toString(), option, typed);
    if (entries.length === 0) return null;
    const isConfig = ['ini', 'include', 'inherit'].includes(option);
    const options = entries.map(
      ({ name, kind }): Completion => ({
        label: kind === 'folder' ? `${name}/` : name,
        detail: kind,
        boost: isConfig && /\.(?:ini|ya?ml|json|xml)$/.test(name) ? 20 : kind === 'folder' ? 1 : 0,
        apply: (view, completion, applyFrom, to) => {
          insert(view, completion, completion.label, applyFrom, to);
          if (kind === 'folder') startCompletion(view);
        },
      }),
    );
    return { from: from + typed.lastIndexOf('/') + 1, options, validFor: /^[^/%$]*$/ };
  } catch {
    // The server can't be asked now; a path can be typed without help.
    return null;
  }
}

/** Sections of the file that is named before the colon; of this one when none is. */
async function completeSection(
  { state }: CompletionContext,
  option: string,
  typed: string,
  from: number,
): Promise<CompletionResult | null> {
  const file = typed.slice(0, typed.lastIndexOf(':'));
  const names =
    file === ''
      ? state.field(keptFacts).facts.sections.map(({ name }) => name)
      : await state
          .facet(editorServer)
          ?.peek(state.doc.toString(), option, file)
          .then(({ text }) => sectionNames(parseIni(text)))
          // Not read yet as long as the line is not complete, or gone.
          .catch(() => []);
  if (!names || names.length === 0) return null;
  const options = [...new Set(names)].map((label): Completion => ({ label, detail: 'section' }));
  return { from: from + file.length + 1, options, validFor: /^[^:]*$/ };
}

function nameCompletion(candidate: Candidate, target: ConfigTarget | null, view: EditorView | undefined): Completion {
  const { label, option } = candidate;
  return {
    ...plainCompletion(candidate),
    ...(option ? { info: () => shortCard(label, option, target, view ? openAbout(view, option.name) : null) } : {}),
    apply: (view, completion, from, to) => {
      const line = view.state.doc.lineAt(to);
      const hasEquals = line.text.includes('=', to - line.from);
      const isFlag = option?.kind === 'flag';
      insert(view, completion, label + (hasEquals ? '' : isFlag ? ' = true' : ' = '), from, to);
      if (!hasEquals && !isFlag) startCompletion(view);
    },
  };
}

function plainCompletion({ label, detail, boost, help }: Candidate): Completion {
  return { label, detail, boost, ...(help === null ? {} : { info: () => wordCard(label, '', help, []) }) };
}

/** A name in parentheses; closes them when they are not. */
function closing(candidate: Candidate): Completion {
  return {
    ...plainCompletion(candidate),
    apply: (view, completion, from, to) => {
      const isClosed = view.state.sliceDoc(to, to + 1) === ')';
      insert(view, completion, isClosed ? candidate.label : `${candidate.label})`, from, to);
      if (isClosed) view.dispatch({ selection: { anchor: view.state.selection.main.head + 1 } });
    },
  };
}

function insert(view: EditorView, completion: Completion, text: string, from: number, to: number): void {
  view.dispatch({
    ...insertCompletionText(view.state, text, from, to),
    annotations: pickedCompletion.of(completion),
  });
}

export const completion: Extension = [
  autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60, activateOnTypingDelay: 60 }),
  Prec.high(keymap.of([{ key: 'Ctrl-Space', run: startCompletion }])),
];
