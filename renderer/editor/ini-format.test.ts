import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIni } from '../../engine/config/ini-document.ts';
import { expandMagic } from '../../engine/config/magic.ts';
import { memoryHost } from '../../engine/config/test-host.ts';
import { applyEdits } from '../../engine/config/text-edit.ts';
import { formatIni } from './ini-format.ts';

const format = (text: string, isAligned = false) => applyEdits(text, formatIni(parseIni(text), { isAligned }));

/** Sections, names and values as the server reads them. */
function meaning(text: string): unknown[] {
  const file = { given: 'a.ini', path: '/srv/a.ini', section: '' };
  const expanded = expandMagic(text, file, file, memoryHost({})).text;
  return parseIni(expanded).lines.flatMap((line): unknown[] => {
    if (line.type === 'option') return [[line.section, line.key, line.value]];
    return line.type === 'section' ? [line.name] : [];
  });
}

describe('formatting', () => {
  it('sets blanks around the equals sign and takes them off both ends', () => {
    expect(format('  [uwsgi] \n\tprocesses=4  \nenv = A=1\n  ; words  \nmaster\n   \n')).toBe(
      '[uwsgi]\nprocesses = 4\nenv = A=1\n; words\nmaster\n\n',
    );
  });

  it('never touches what is inside of a value', () => {
    expect(format('a=b  ; c  "d"')).toBe('a = b  ; c  "d"');
  });

  it('puts the equals signs of lines that stand together in one column', () => {
    expect(format('[uwsgi]\nprocesses = 4\n; words\nthreads=2\n\nmaster = true\n', true)).toBe(
      '[uwsgi]\nprocesses = 4\n; words\nthreads   = 2\n\nmaster = true\n',
    );
  });

  it('changes nothing in a text that is formatted, and keeps the line ends of Windows', () => {
    expect(formatIni(parseIni('[uwsgi]\nprocesses = 4\nempty =\n'), { isAligned: false })).toEqual([]);
    expect(format('[uwsgi]\r\na=b \r\n')).toBe('[uwsgi]\r\na = b\r\n');
  });

  it('leaves the meaning of any text as it is, and is done after one time', () => {
    const line = fc.string({
      unit: fc.constantFrom('a', '=', ' ', '\t', ';', '[', ']', '%', '\r', '\0', '\u00a0'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.boolean(), (lines, isAligned) => {
        const text = lines.join('\n');
        const after = format(text, isAligned);
        expect(meaning(after)).toEqual(meaning(text));
        expect(format(after, isAligned)).toBe(after);
      }),
    );
  });
});
