import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optionsOf, parseIni, printIni, sectionNames } from './ini-document.ts';
import { decodeText, encodeText } from './text-bytes.ts';

/** Text that is likely to hit the rules: brackets, equals signs, blanks, ends of lines, comment signs. */
const iniText = fc
  .array(
    fc.oneof(
      fc.constantFrom('[', ']', '=', ' ', '\t', '\r', '\n', ';', '#', '%', '\0', 'uwsgi', 'k', 'v'),
      fc.constantFrom('\ufeff', '\r\n', '\n\r', '\u2028', '\x0b', '\udcff', 'é', '😀'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

describe('an INI document', () => {
  test('prints as it was read, whatever the text', () => {
    fc.assert(
      fc.property(iniText, (text) => printIni(parseIni(text)) === text),
      { numRuns: 2000 },
    );
  });

  test('gives back every byte, UTF-8 or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([...encodeText(printIni(parseIni(decodeText(bytes))))]).toEqual([...bytes]);
      }),
      { numRuns: 1000 },
    );
  });

  test('points at keys and values with columns that cut out exactly them', () => {
    fc.assert(
      fc.property(iniText, (text) => {
        for (const line of parseIni(text).lines) {
          if (line.type === 'option') {
            expect(line.text.slice(line.keyFrom, line.keyTo)).toBe(line.key);
            expect(line.text.slice(line.valueFrom, line.valueTo)).toBe(line.value);
          }
          if (line.type === 'section') expect(line.text.slice(line.nameFrom, line.nameTo)).toBe(line.name);
        }
      }),
    );
  });

  test('splits an option at the first equals sign and trims blanks, tabs and carriage returns', () => {
    const { lines } = parseIni('[uwsgi]\n\t env =\tA=b=c \r\n');
    expect(lines[1]).toMatchObject({ type: 'option', key: 'env', value: 'A=b=c', keyFrom: 2, keyTo: 5, equalsAt: 6 });
  });

  test('takes a comment sign behind a value as part of the value', () => {
    expect(parseIni('a = 1 ; one').lines[0]).toMatchObject({ type: 'option', value: '1 ; one' });
    expect(parseIni('  # a = 1').lines[0]?.type).toBe('comment');
  });

  test('continues a section that appears twice and says when there is none', () => {
    const document = parseIni('[uwsgi]\na=1\n[x]\nb=2\n[uwsgi]\nc=3');
    expect(optionsOf(document, 'uwsgi')?.map((option) => option.key)).toEqual(['a', 'c']);
    expect(optionsOf(document, 'none')).toBeNull();
    expect(sectionNames(document)).toEqual(['uwsgi', 'x']);
  });

  test('cuts off the last character of a section line, as uWSGI does', () => {
    const [closed, open, more] = parseIni('[uwsgi]\n[uwsgix\n[uwsgi] x').lines;
    expect(closed).toMatchObject({ name: 'uwsgi', wellFormed: true });
    expect(open).toMatchObject({ name: 'uwsgi', wellFormed: false });
    expect(more).toMatchObject({ name: 'uwsgi] ', wellFormed: false });
  });
});
