/** What stands in a configuration file, without resolving it: for those who look for names in it. */
import { ALL_READERS } from './formats/all-readers.ts';
import type { FormatName } from './formats/config-document.ts';
import { parseIni } from './ini-document.ts';
import { lineFinder } from './loaders.ts';

/** Every option of a file as it is written, whatever conditions it stands under; of another format than INI only the section that is read by default. */
export function writtenOptions(format: FormatName, text: string): { key: string; value: string; line: number }[] {
  if (format === 'INI') {
    return parseIni(text).lines.flatMap((line) =>
      line.type === 'option' ? [{ key: line.key, value: line.value, line: line.number }] : [],
    );
  }
  const read = ALL_READERS.get(format)?.(text, '');
  if (read?.status !== 'options') return [];
  const lineAt = lineFinder({ text, lines: [] });
  return read.options.map(({ key, value, from }) => ({ key, value, line: lineAt(from) }));
}
