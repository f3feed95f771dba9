/**
 * Completion and hover cards for uWSGI options. Completion offers names at the start of a line, true and false for
 * flags, and the placeholders of the file after `%(`. Nothing leaves the page: the option table is part of it.
 */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  type CompletionSource,
  completionStatus,
  insertCompletionText,
  startCompletion,
} from '@codemirror/autocomplete';
import { type Extension, Prec } from '@codemirror/state';
import { hoverTooltip, keymap } from '@codemirror/view';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import {
  afterName,
  aliasWords,
  footWords,
  headWords,
  helpWords,
  kindWords,
  optionCandidates,
  placeAt,
  placeholderNames,
} from './option-words.ts';

const NAME = /^[\w.-]*$/;

let nameCompletions: readonly Completion[] | null = null;

function namesToOffer(): readonly Completion[] {
  nameCompletions ??= optionCandidates().map(({ name, option, weight }) => ({
    label: name,
    detail: kindWords(option),
    boost: weight,
    info: () => optionCard(name, option),
    apply: (view, _completion, from, to) => {
      const line = view.state.doc.lineAt(to);
      const hasEquals = line.text.includes('=', to - line.from);
      view.dispatch(insertCompletionText(view.state, name + afterName(option, hasEquals), from, to));
    },
  }));
  return nameCompletions;
}

const completeOptions: CompletionSource = (context: CompletionContext): CompletionResult | null => {
  const line = context.state.doc.lineAt(context.pos);
  const place = placeAt(line.text, context.pos - line.from);
  if (!place) return null;
  const from = line.from + place.from;
  switch (place.type) {
    case 'key':
      if (from === context.pos && !context.explicit) return null;
      return { from, options: namesToOffer(), validFor: NAME };
    case 'placeholder': {
      const options = placeholderNames(context.state.sliceDoc()).map((label) => ({ label, detail: 'placeholder' }));
      return options.length > 0 ? { from, options, validFor: NAME } : null;
    }
    case 'value':
      if (place.option?.kind !== 'flag' || (from === context.pos && !context.explicit)) return null;
      return { from, options: [{ label: 'true' }, { label: 'false' }], validFor: /^\w*$/ };
  }
};

/** Card with name, kind, help, and where it works; the same in completion and on hover. */
function optionCard(name: string, option: OptionInfo): HTMLElement {
  const card = document.createElement('div');
  card.className = 'cm-option-card';
  const head = part('cm-option-head');
  head.append(text('cm-option-name', name), text('cm-option-kind', headWords(option)));
  const aliases = aliasWords(option, name);
  if (aliases !== '') head.append(text('cm-option-aliases', aliases));
  const foot = part('cm-option-foot');
  foot.append(...footWords(option).map((words) => text('', words, 'div')));
  card.append(head, text('cm-option-help', helpWords(option), 'div'), foot);
  return card;
}

function part(className: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  return element;
}

function text(className: string, words: string, tag: 'span' | 'div' = 'span'): HTMLElement {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.textContent = words;
  return element;
}

const hover = hoverTooltip(
  (view, position) => {
    if (completionStatus(view.state) === 'active') return null;
    const line = view.state.doc.lineAt(position);
    const key = /^(\s*)([^;#[=\s][^=]*?)\s*(?:=|$)/.exec(line.text);
    if (!key) return null;
    const [, indent = '', name = ''] = key;
    const from = line.from + indent.length;
    const option = findOption(name);
    if (!option || position < from || position > from + name.length) return null;
    return { pos: from, end: from + name.length, above: true, create: () => ({ dom: optionCard(name, option) }) };
  },
  { hideOnChange: true },
);

export const optionHelp: Extension = [
  autocompletion({ override: [completeOptions], icons: false, maxRenderedOptions: 60, activateOnTypingDelay: 60 }),
  hover,
  Prec.high(keymap.of([{ key: 'Ctrl-Space', run: startCompletion }])),
];
