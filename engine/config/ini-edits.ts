/**
 * Changes of an INI file as its form makes them: each is an edit of the line it is about and of no other, so that
 * comments, order, indentation and unknown names stay. Aliases are one option: `workers = 4` is changed, not doubled. Of
 * several lines the last unconditional one is changed, since that one wins; lines between `if-...` or `for...` and
 * its end are left alone. Where new lines go is in ini-places.ts. Pure.
 */
import type { IniDocument, OptionLine } from './ini-document.ts';
import { mainName, optionPlaces, placeForNew } from './ini-places.ts';
import { editInLine, insertAbove, removeLine, type TextEdit } from './text-edit.ts';
import { isOn } from './values.ts';

/** Gives the option this value: in the line that wins, or in a new one. No edit when it has the value already. */
export function setOption(document: IniDocument, section: string, name: string, value: string): TextEdit[] {
  const winner = freeLines(document, section, name).at(-1);
  return winner === undefined ? addValue(document, section, name, value) : setValue(document, winner, value);
}

/** The option is not given any more: all its unconditional lines go, with nothing around them. */
export function unsetOption(document: IniDocument, section: string, name: string): TextEdit[] {
  return freeLines(document, section, name).map(({ number }) => removeLine(number));
}

/** A switch, in the words that its line uses: `yes` becomes `no`, and 1 becomes 0. */
export function setFlag(document: IniDocument, section: string, name: string, isSet: boolean): TextEdit[] {
  const winner = freeLines(document, section, name).at(-1);
  if (winner !== undefined && isOn(winner.value) === isSet) return [];
  return setOption(document, section, name, flagWord(winner?.value ?? '', isSet));
}

/** One more line of an option, below its others. A missing section is made at the end of the file. */
export function addValue(document: IniDocument, section: string, name: string, value: string): TextEdit[] {
  const place = placeForNew(document, section, name);
  if (place !== null) {
    return [insertAbove(place.above, newLine(place.like ?? styleOf(document), name, oneLine(value)))];
  }
  const text = `${sectionHead(document, section)}\n${newLine(styleOf(document), name, oneLine(value))}`;
  return [insertAbove(document.lines.length + 1, text)];
}

/** The head of a section that is new at the end of the file, apart from what stands above it. */
export function sectionHead(document: IniDocument, section: string): string {
  const last = document.lines.at(-1);
  return `${last === undefined || last.type === 'blank' ? '' : '\n'}[${section}]`;
}

/** Gives one line another value. */
export function setValue(document: IniDocument, line: OptionLine, value: string): TextEdit[] {
  const text = oneLine(value);
  const { number, equalsAt, keyTo, valueFrom, valueTo } = line;
  if (text === line.value && (equalsAt !== -1 || text === '')) return [];
  if (equalsAt === -1) return [editInLine(number, keyTo, keyTo, spacing(styleOf(document)) + text)];
  if (line.value !== '') return [editInLine(number, valueFrom, valueTo, text)];
  const blanks = /^[ \t]*/.exec(line.text.slice(equalsAt + 1))?.[0].length ?? 0;
  const gap = keyTo < equalsAt ? ' ' : '';
  return [editInLine(number, equalsAt + 1, equalsAt + 1 + blanks, gap + text)];
}

/** Takes one line of an option away. */
export function removeValue(line: OptionLine): TextEdit[] {
  return [removeLine(line.number)];
}

/** Two values of an option change places; comments around them stay where they are. */
export function swapValues(first: OptionLine, second: OptionLine): TextEdit[] {
  return [putInPlace(first, second), putInPlace(second, first)];
}

/** The line becomes a comment, with the mark that the file uses. */
export function commentOut(document: IniDocument, line: OptionLine): TextEdit[] {
  return [editInLine(line.number, line.keyFrom, line.keyFrom, `${commentMark(document)} `)];
}

/** A comment becomes the option behind its mark. */
export function commentIn(line: { number: number; text: string }): TextEdit[] {
  const mark = /^(\s*)([;#]+[ \t]?)/.exec(line.text);
  if (mark === null) return [];
  const [, indent = '', sign = ''] = mark;
  return [editInLine(line.number, indent.length, indent.length + sign.length, '')];
}

function freeLines(document: IniDocument, section: string, name: string): OptionLine[] {
  const main = mainName(name);
  return optionPlaces(document, section).flatMap((place) =>
    place.name === main && place.condition === null ? [place.line] : [],
  );
}

function putInPlace(target: OptionLine, { text, keyFrom, valueTo }: OptionLine): TextEdit {
  return editInLine(target.number, target.keyFrom, target.valueTo, text.slice(keyFrom, valueTo));
}

/** Values have one line; what is pasted with several becomes one. */
function oneLine(value: string): string {
  return value.replaceAll(/[\r\n\0]+/g, ' ').trim();
}

const FLAG_WORDS: readonly [on: string, off: string][] = [
  ['true', 'false'],
  ['1', '0'],
  ['yes', 'no'],
  ['on', 'off'],
];

function flagWord(before: string, isSet: boolean): string {
  const words = FLAG_WORDS.find((pair) => pair.includes(before.toLowerCase())) ?? ['true', 'false'];
  const word = words[isSet ? 0 : 1] ?? '';
  return before !== '' && before === before.toUpperCase() ? word.toUpperCase() : word;
}

/** A line like another one: its indentation, its spacing, and the column of its `=` where values are aligned. */
function newLine(like: OptionLine | null, name: string, value: string): string {
  if (like === null) return `${name} = ${value}`.trimEnd();
  const indent = like.text.slice(0, like.keyFrom);
  const isAligned = like.equalsAt - like.keyTo > 1;
  const padded = isAligned ? name.padEnd(like.equalsAt - like.keyFrom - 1) : name;
  return `${indent}${padded}${spacing(like)}${value}`.trimEnd();
}

/** What stands around the `=`: one blank or none at its left, all that is there at its right. */
function spacing(like: OptionLine | null): string {
  if (like === null || like.equalsAt === -1 || like.value === '') return ' = ';
  const left = like.equalsAt > like.keyTo ? ' ' : '';
  return `${left}=${like.text.slice(like.equalsAt + 1, like.valueFrom)}`;
}

/** The last option of the file with a value: how this file is written. */
function styleOf(document: IniDocument): OptionLine | null {
  const found = document.lines.findLast((line) => line.type === 'option' && line.value !== '');
  return found?.type === 'option' ? found : null;
}

function commentMark(document: IniDocument): string {
  let hashes = 0;
  let all = 0;
  for (const line of document.lines) {
    if (line.type !== 'comment') continue;
    all++;
    if (line.text.trimStart().startsWith('#')) hashes++;
  }
  return hashes * 2 > all ? '#' : ';';
}
