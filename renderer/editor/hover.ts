/**
 * The hover card: help for an option with figures and the value in effect, the value of a placeholder or variable and
 * where it was set, a section that is not read, a file that can be opened.
 */
import { completionStatus } from '@codemirror/autocomplete';
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import type { ConfigContext } from '../../electron/contract/editor-model.ts';
import type { OptionLine } from '../../engine/config/ini-document.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import { openAbout } from './about.ts';
import { firstValues } from './completion-candidates.ts';
import { documentOf, factsOf } from './document-facts.ts';
import { askContext, targetField } from './editor-server.ts';
import { type Reference, referenceAt } from './ini-reference.ts';
import { MAGIC_WORDS } from './magic-words.ts';
import { type CardRow, optionCard, wordCard } from './option-card.ts';

/** Live figures for the card of an option, by its main name. */
export type LiveRows = ReadonlyMap<string, readonly CardRow[]>;

export const setLiveRows = StateEffect.define<LiveRows>();

const liveRows = StateField.define<LiveRows>({
  create: () => new Map(),
  update: (value, { effects }) => effects.find((effect) => effect.is(setLiveRows))?.value ?? value,
});

const LONGEST_WAIT_MS = 250;

async function cardAt(view: EditorView, position: number): Promise<Tooltip | null> {
  if (completionStatus(view.state) === 'active') return null;
  const { doc } = view.state;
  const line = doc.lineAt(position);
  const reference = referenceAt(documentOf(doc), line.number, position - line.from);
  if (reference === null) return null;
  const context = await soon(askContext(view));
  if (view.state.doc !== doc) return null;
  const card = cardFor(view, reference, context);
  if (card === null) return null;
  return { pos: line.from + reference.from, end: line.from + reference.to, above: true, create: () => ({ dom: card }) };
}

/** A card comes without values rather than late. */
async function soon(answer: Promise<ConfigContext | null>): Promise<ConfigContext | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LONGEST_WAIT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function cardFor(view: EditorView, reference: Reference, context: ConfigContext | null): HTMLElement | null {
  const facts = factsOf(view.state.doc);
  switch (reference.type) {
    case 'name': {
      const option = findOption(reference.name);
      if (option === null) return customCard(reference.name, facts.declared.has(reference.name), context);
      const live = view.state.field(liveRows).get(option.name) ?? [];
      const rows = [...effectiveRows(reference.line, option, context), ...live];
      const target = view.state.field(targetField);
      return optionCard({ name: reference.name, option, target, rows, onAbout: openAbout(view, option.name) });
    }
    case 'section': {
      const isRead = facts.read.has(reference.name);
      const help = isRead
        ? 'This section is read.'
        : `Not read when the file is started as it is: that reads [uwsgi]. Name it with 'ini' = :${reference.name} there.`;
      return wordCard(`[${reference.name}]`, 'section', help, []);
    }
    case 'placeholder': {
      const [definition] = facts.definitions.get(reference.name) ?? [];
      return wordCard(`%(${reference.name})`, 'placeholder', '', [
        ...valueRow(evaluated(reference.name, context) ?? definition?.value ?? null),
        ...placeRow(reference.name, context, definition?.line ?? null),
      ]);
    }
    case 'environment': {
      const known = context?.environment.find(({ name }) => name === reference.name);
      const hidden = 'set; it looks like a secret and is not shown';
      const value = context === null ? null : known === undefined ? 'not set' : (known.value ?? hidden);
      return wordCard(`$(${reference.name})`, "variable of the server's environment", '', valueRow(value));
    }
    case 'magic': {
      if (reference.letter === '%') return wordCard('%%', 'per cent sign', 'Stands for one per cent sign.', []);
      const words = MAGIC_WORDS.get(reference.letter);
      if (words === undefined) {
        const help = `There is no variable %${reference.letter}: uWSGI drops both characters. Write %% for a per cent sign.`;
        return wordCard(`%${reference.letter}`, 'nothing', help, []);
      }
      const help = `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.`;
      return wordCard(`%${reference.letter}`, 'variable', help, valueRow(context?.magic[reference.letter] ?? null));
    }
    case 'content':
      return wordCard(`@(${reference.name})`, 'content of a file', 'Ctrl click or F12 shows it.', []);
    case 'file':
      return wordCard(reference.value, reference.option, 'Ctrl click or F12 shows what is read there.', []);
  }
}

/** A name that is no option: what it stands for. */
function customCard(name: string, isDeclared: boolean, context: ConfigContext | null): HTMLElement | null {
  if (isDeclared) return wordCard(name, 'declared option', 'Declared in this file. F12 goes there.', []);
  const value = firstValues(context).get(name);
  if (value === undefined) return null;
  return wordCard(name, 'placeholder', `No option of uWSGI. Its value can be used as %(${name}).`, valueRow(value));
}

/** What the line comes to, and the line that wins over it. */
function effectiveRows(line: OptionLine, option: OptionInfo, context: ConfigContext | null): CardRow[] {
  if (context === null || option.kind === 'logic') return [];
  const own = context.files[0];
  const names = new Set([option.name, ...option.aliases]);
  const values = context.values.filter(({ key }) => names.has(key));
  const here = values.find((value) => value.file === own && value.line === line.number);
  const rows: CardRow[] = [];
  if (here && here.value !== line.value && here.value !== 'true') rows.push(['Value here', here.value]);
  const last = values.at(-1);
  if (!last || option.repeatable || (last.file === own && last.line === line.number)) return rows;
  return [...rows, ['In effect', `${last.value}, ${placeWords(last.file, last.line, own)}`]];
}

function evaluated(name: string, context: ConfigContext | null): string | null {
  return firstValues(context).get(name) ?? null;
}

function valueRow(value: string | null): CardRow[] {
  return value === null ? [] : [['Value here', value === '' ? 'empty' : value]];
}

function placeRow(name: string, context: ConfigContext | null, definitionLine: number | null): CardRow[] {
  const found = context?.values.find(({ key }) => key === name);
  if (found) return [['Set in', placeWords(found.file, found.line, context?.files[0])]];
  if (definitionLine !== null) return [['Set in', `line ${definitionLine}`]];
  return context === null || context.problem !== null ? [] : [['Set in', 'nowhere: it stays as it is written']];
}

function placeWords(file: string, line: number, own: string | undefined): string {
  if (line === 0) return file;
  return file === own ? `line ${line}` : `${file.slice(file.lastIndexOf('/') + 1)}, line ${line}`;
}

export const hover: Extension = [liveRows, hoverTooltip(cardAt, { hideOnChange: true, hoverTime: 300 })];
