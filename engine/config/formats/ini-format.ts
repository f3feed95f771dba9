/** INI as a configuration document (config-document.ts); the rules of the format are in ini-document.ts. */
import { parseIni } from '../ini-document.ts';
import { DEFAULT_SECTION, type PlacedOption, type SectionRead } from './config-document.ts';

/** Never broken: uWSGI refuses no INI file. A section without an option is none to it. */
export function readIniSection(text: string, section: string): SectionRead {
  const wanted = section === '' ? DEFAULT_SECTION : section;
  const options: PlacedOption[] = [];
  let start = 0;
  for (const line of parseIni(text).lines) {
    if (line.type === 'option' && line.section === wanted) {
      options.push({ key: line.key, value: line.value, from: start + line.keyFrom, to: start + line.valueTo });
    }
    start += line.text.length + line.end.length;
  }
  return options.length === 0 ? { status: 'no-section' } : { status: 'options', options, notice: null };
}
