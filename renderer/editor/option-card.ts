/**
 * The cards of completion and hover as elements: an option with its help, what it takes and where it works; a
 * variable with its value. Other options in a text stand in 'quotes' and are set in mono. The longer notes are fetched
 * when they are first needed.
 */
import type { ConfigTarget } from '../../electron/contract/model.ts';
import { findOption, type OptionInfo } from '../../engine/config/option-table.ts';
import { aliasWords, effectWords, headWords, helpWords, takesWords, whereWords } from './option-words.ts';

export type CardRow = readonly [name: string, value: string];

/** Opens the reference of options; null: there is none around the editor. */
export type OpenAbout = (() => void) | null;

/** The same for the list of completion: without rows, note and effect. */
export function shortCard(
  name: string,
  option: OptionInfo,
  target: ConfigTarget | null,
  onAbout: OpenAbout,
): HTMLElement {
  const card = element('div', 'cm-option-card');
  card.append(headOf(name, option, target), prose('cm-option-help', helpWords(option)));
  card.append(foot([takesWords(option), whereWords(option, target)], aboutLink(name, onAbout)));
  return card;
}

export interface OptionCardInput {
  name: string;
  option: OptionInfo;
  target: ConfigTarget | null;
  /** Figures and values that belong to this place, below the help. */
  rows: readonly CardRow[];
  onAbout: OpenAbout;
}

/** The note is put in when it is there. */
export function optionCard({ name, option, target, rows, onAbout }: OptionCardInput): HTMLElement {
  const card = element('div', 'cm-option-card');
  const help = prose('cm-option-help', helpWords(option));
  card.append(headOf(name, option, target), help);
  void addNote(help, option.name);
  if (rows.length > 0) card.append(table(rows));
  const effect = effectWords(option, target);
  const words = [takesWords(option), ...(effect === null ? [] : [effect]), whereWords(option, target)];
  card.append(foot(words, aboutLink(name, onAbout)));
  return card;
}

/** A placeholder, a variable, a section or a file: a name, a sentence, and rows. */
export function wordCard(name: string, kind: string, help: string, rows: readonly CardRow[]): HTMLElement {
  const card = element('div', 'cm-option-card');
  const head = element('div', 'cm-option-head');
  head.append(element('span', 'cm-option-name', name), element('span', 'cm-option-kind', kind));
  card.append(head);
  if (help !== '') card.append(prose('cm-option-help', help));
  if (rows.length > 0) card.append(table(rows));
  return card;
}

async function addNote(help: HTMLElement, name: string): Promise<void> {
  const { optionNote } = await import('../../engine/config/option-notes.ts');
  const note = optionNote(name);
  if (note !== null) help.after(prose('cm-option-note', note));
}

function headOf(name: string, option: OptionInfo, target: ConfigTarget | null): HTMLElement {
  const head = element('div', 'cm-option-head');
  head.append(element('span', 'cm-option-name', name), element('span', 'cm-option-kind', headWords(option, target)));
  const aliases = aliasWords(option, name);
  if (aliases !== '') head.append(element('span', 'cm-option-aliases', aliases));
  return head;
}

function table(rows: readonly CardRow[]): HTMLElement {
  const list = element('dl', 'cm-option-rows');
  for (const [name, value] of rows) list.append(element('dt', '', name), element('dd', '', value));
  return list;
}

function foot(lines: readonly string[], link: HTMLElement | null): HTMLElement {
  const part = element('div', 'cm-option-foot');
  part.append(...lines.map((line) => prose('', line)), ...(link === null ? [] : [link]));
  return part;
}

/** The editor keeps the focus, so that F1 is the same from the keyboard. */
function aboutLink(name: string, onAbout: OpenAbout): HTMLElement | null {
  if (onAbout === null) return null;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'cm-option-about';
  button.tabIndex = -1;
  button.append(`All about ${name}`, element('kbd', '', 'F1'));
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', onAbout);
  return button;
}

/** Text in which 'harakiri' and other names of options are set as code. */
function prose(className: string, text: string): HTMLElement {
  const part = element('div', className);
  for (const [index, piece] of text.split(/'([\w-]+)'/).entries()) {
    if (index % 2 === 0) part.append(piece);
    else if (findOption(piece) === null) part.append(`'${piece}'`);
    else part.append(element('code', '', piece));
  }
  return part;
}

function element(
  tag: 'div' | 'span' | 'code' | 'dl' | 'dt' | 'dd' | 'kbd',
  className: string,
  words = '',
): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = words;
  return made;
}
