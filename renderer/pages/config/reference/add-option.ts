/** A line for an option that the reader of its page wants in the file: where it goes, and where to type on. Pure. */
import { parseIni } from '../../../../engine/config/ini-document.ts';
import { addValue, setFlag, setOption } from '../../../../engine/config/ini-edits.ts';
import { optionPlaces } from '../../../../engine/config/ini-places.ts';
import type { OptionInfo } from '../../../../engine/config/option-table.ts';
import { applyEdits, type TextEdit } from '../../../../engine/config/text-edit.ts';
import { sectionToShow } from '../form/form-model.ts';

export interface Addition {
  edits: TextEdit[];
  /** Its value: line 1-based, columns 0-based. */
  line: number;
  from: number;
  to: number;
}

/**
 * `section`: the one the cursor is in; empty: none. A flag is switched on, anything else gets its default, or nothing,
 * to be typed over. An option that stands there already is only gone to, unless it may be given several times.
 */
export function additionOf(text: string, section: string, option: OptionInfo): Addition {
  const document = parseIni(text);
  const into = sectionToShow(document, section === '' ? null : section);
  const placesIn = (read: typeof document) =>
    optionPlaces(read, into).filter(({ name, condition }) => name === option.name && condition === null);
  const isThere = placesIn(document).length > 0;
  const edits = editsFor();
  const line = placesIn(parseIni(applyEdits(text, edits))).at(-1);
  return { edits, line: line?.line.number ?? 1, from: line?.line.valueFrom ?? 0, to: line?.line.valueTo ?? 0 };

  function editsFor(): TextEdit[] {
    if (isThere && !option.repeatable) return [];
    if (option.kind === 'flag') return setFlag(document, into, option.name, true);
    if (isThere) return addValue(document, into, option.name, '');
    return setOption(document, into, option.name, option.default ?? '');
  }
}
