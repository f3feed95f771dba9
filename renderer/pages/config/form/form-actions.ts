/**
 * What one does in the form, as edits of the text. A field is named by its option and the number of its value, never by
 * a line, since the text may have moved on: the edits are always made from the text as it is now. Pure.
 */
import { parseIni } from '../../../../engine/config/ini-document.ts';
import {
  addValue,
  commentIn,
  commentOut,
  removeValue,
  setFlag,
  setOption,
  setValue,
  swapValues,
  unsetOption,
} from '../../../../engine/config/ini-edits.ts';
import { commentedOptions, mainName, optionPlaces } from '../../../../engine/config/ini-places.ts';
import type { TextEdit } from '../../../../engine/config/text-edit.ts';

/** `index`: which of the option's unconditional lines, from 0. */
export type FormAction =
  | { type: 'set'; name: string; value: string }
  | { type: 'switch'; name: string; isSet: boolean }
  | { type: 'unset'; name: string }
  | { type: 'comment-out'; name: string }
  | { type: 'comment-in'; name: string }
  | { type: 'add'; name: string; value: string }
  | { type: 'set-at'; name: string; index: number; value: string }
  | { type: 'remove-at'; name: string; index: number }
  /** Changes places with the one above it. */
  | { type: 'move-up'; name: string; index: number };

/** Empty when there is nothing to change, or no such line any more. */
export function editsFor(text: string, section: string, action: FormAction): TextEdit[] {
  const document = parseIni(text);
  const main = mainName(action.name);
  const lines = optionPlaces(document, section).flatMap((place) =>
    place.name === main && place.condition === null ? [place.line] : [],
  );
  switch (action.type) {
    case 'set':
      return setOption(document, section, action.name, action.value);
    case 'switch':
      return setFlag(document, section, action.name, action.isSet);
    case 'unset':
      return unsetOption(document, section, action.name);
    case 'comment-out':
      return lines.flatMap((line) => commentOut(document, line));
    case 'comment-in': {
      const commented = commentedOptions(document, section).findLast(({ name }) => name === main);
      return commented === undefined ? [] : commentIn(commented.line);
    }
    case 'add':
      return addValue(document, section, lines.at(-1)?.key ?? action.name, action.value);
    case 'set-at': {
      const line = lines[action.index];
      if (line !== undefined) return setValue(document, line, action.value);
      return addValue(document, section, lines.at(-1)?.key ?? action.name, action.value);
    }
    case 'remove-at': {
      const line = lines[action.index];
      return line === undefined ? [] : removeValue(line);
    }
    case 'move-up': {
      const line = lines[action.index];
      const above = lines[action.index - 1];
      return line === undefined || above === undefined ? [] : swapValues(above, line);
    }
  }
}
