/** INI as a configuration document (config-document.ts); the rules of the format are in ini-document.ts. */
import { optionsOf, parseIni } from '../ini-document.ts';
import { DEFAULT_SECTION, type SectionRead } from './config-document.ts';

/** Never broken: uWSGI refuses no INI file. */
export function readIniSection(text: string, section: string): SectionRead {
  const document = parseIni(text);
  const lines = optionsOf(document, section === '' ? DEFAULT_SECTION : section);
  if (lines === null) return { status: 'no-section' };
  const starts = new Map<number, number>();
  let at = 0;
  for (const line of document.lines) {
    starts.set(line.number, at);
    at += line.text.length + line.end.length;
  }
  const options = lines.map(({ number, key, value, keyFrom, valueTo }) => {
    const start = starts.get(number) ?? 0;
    return { key, value, from: start + keyFrom, to: start + valueTo };
  });
  return { status: 'options', options, notice: null };
}
