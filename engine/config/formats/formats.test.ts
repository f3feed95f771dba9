/**
 * What YAML, JSON and XML mean as configurations. Every expectation was tried on uWSGI 2.0.21; the comparison with the
 * real program goes on in electron/cli/effective.proc.test.ts.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SectionRead, SectionReader } from './config-document.ts';
import { readIniSection } from './ini-format.ts';
import { readJsonSection } from './json-format.ts';
import { readXmlSection } from './xml-format.ts';
import { readYamlSection } from './yaml-format.ts';

/** `key=value` of each option; the state where there are none; a notice at the end. */
function shown(read: SectionRead): string {
  if (read.status === 'broken') return `broken at ${read.fault.at}: ${read.fault.message}`;
  if (read.status === 'no-section') return 'no section';
  const options = read.options.map(({ key, value }) => `${key}=${value}`);
  return [...options, ...(read.notice === null ? [] : [`(${read.notice})`])].join(' | ');
}

describe('YAML', () => {
  test.for([
    ["uwsgi:\n  a: 1.50\n  b: \"x\\ty\"\n  c: 'it''s'\n  d: yes\n", "a=1.50 | b=x\ty | c=it's | d=yes"],
    ['uwsgi:\n  a:\n  b: ""\n  c: ~\n', 'b= | c=~'],
    ['uwsgi:\n  env:\n  - A=1\n  - B=2\n  x: [3, 4]\n', 'env=A=1 | env=B=2 | x=3 | x=4'],
    ['uwsgi:\n  m:\n    x: 1\n    n: {y: 2}\n  b: 3\n', 'x=1 | y=2 | b=3'],
    ['uwsgi:\n  a: [1, [2, 3], 4]\n  d: 5\n', 'a=1 | a=2 | a=3 | d=5'],
    ['uwsgi:\n  a: [1, x: 2, 3]\n  d: 5\n', 'a=1 | x=2 | d=5'],
    ['uwsgi:\n  c: 1\n  a: &x 5\n  b: 2\n', 'c=1 | (unsupported YAML token 21 in uwsgi block)'],
    ['uwsgi:\n  a: *x\n  b: 1\n', 'b=1'],
    ['uwsgi:\n  a: |\n    l1\n    l2\n  b: >-\n    f1\n    f2\n', 'a=l1\nl2\n | b=f1 f2'],
    ['top:\n  uwsgi:\n    a: 1\nb: 2\n', 'a=1'],
    ['uwsgi:\n  a: 1\nuwsgi:\n  b: 2\n', 'a=1'],
    ['x: 1\n---\nuwsgi:\n  b: 2\n', 'b=2'],
    ['uwsgi: {a: 1}\n', ''],
    ['', ''],
    ['uwsgi:\n  a: 1\nlast: "x\n', 'a=1'],
  ] as const)('%j gives %s', ([text, expected]) => {
    expect(shown(readYamlSection(text, ''))).toBe(expected);
  });

  test('a mistake inside the section is told, with its place', () => {
    expect(shown(readYamlSection('uwsgi:\n\ta: 1\n', ''))).toMatch(/^broken at [67]: /);
    expect(shown(readYamlSection('uwsgi:\n  a: \udce9\n', ''))).toBe('broken at 12: the file is not UTF-8 here');
    expect(shown(readYamlSection('uwsgi:\n  a: -\n', ''))).toMatch(/^broken at 12: /);
    expect(shown(readYamlSection("uwsgi:\n  a: 'x}\n", ''))).toMatch(/^broken at \d+: missing closing/);
    expect(shown(readYamlSection('last: 1\nuwsgi:\n  a: [1, 2\n', ''))).toMatch(/^broken at /);
    expect(shown(readYamlSection(`uwsgi:\n  a: ${'['.repeat(9_000)}`, ''))).toMatch(/nested too deep$/);
  });

  test('another section is read by its name', () => {
    expect(shown(readYamlSection('uwsgi:\n  a: 1\ntwo:\n  b: 2\n', 'two'))).toBe('b=2');
  });
});

describe('JSON', () => {
  test.for([
    ['{"uwsgi":{"a":1.50,"b":true,"c":false,"d":null,"e":"s","f":1e3}}', 'a=1.50 | b=1 | c=0 | d=0 | e=s | f=1e3'],
    ['{"uwsgi":{"g":[1,"x",null,{"q":1},[2]],"h":{"x":1},"10":1,"2":2}}', 'g=1 | g=x | g=0 | 10=1 | 2=2'],
    ['{"uwsgi":{"a":"\\u00e9\\n\\"","b":"x\\u0000y"}}', 'a=é\n" | b=x'],
    ['{"uwsgi":{"a":1},"uwsgi":{"b":2}}', 'a=1'],
    ['{\n// c\n"uwsgi":{"a":1 /* d */}}', 'a=1'],
    ['{"x":{}}', 'no section'],
    ['{"uwsgi":["a"]}', 'no section'],
    ['[1]', 'no section'],
  ] as const)('%j gives %s', ([text, expected]) => {
    expect(shown(readJsonSection(text, ''))).toBe(expected);
  });

  test.for([
    ['', /^broken at 0: the file ends too early/],
    ['{"uwsgi":{"a":1,}}', /^broken at 16: a key in double quotes is expected/],
    ['{"uwsgi":\n {"a" 1}}', /^broken at 16: ':' is expected/],
    ['{"uwsgi":{"a":01}}', /^broken at 15: ',' is expected/],
    ['{"uwsgi":{"a":1}} x', /^broken at 18: something follows/],
    ['{"uwsgi":{"a":"x\ny"}}', /^broken at 16: a text goes over the end of its line/],
    [`{"uwsgi":${'['.repeat(200)}`, /nested more than 100 deep/],
    ['{"uwsgi":{"a":"\\x"}}', /\\x is no escape of JSON/],
  ] as const)('%j is refused', ([text, expected]) => {
    expect(shown(readJsonSection(text, ''))).toMatch(expected);
  });
});

describe('XML', () => {
  test.for([
    ['<uwsgi><a>1</a><b/><c></c><d> x </d></uwsgi>', 'a=1 | b=1 | c=1 | d= x '],
    ['<uwsgi id="x"><a><![CDATA[<&]]></a><b>&lt;&#65;</b></uwsgi>', 'a=<& | b=<A'],
    ['<uwsgi><a>x<!-- c -->y</a><b><!--c-->y</b><d>t<i>u</i></d></uwsgi>', 'a=x | b=c | d=t'],
    ['<c><d/><uwsgi id="one"><a>1</a></uwsgi><uwsgi><b>2</b></uwsgi></c>', 'a=1'],
    ['<u:uwsgi xmlns:u="x"><u:a>1</u:a></u:uwsgi>', 'a=1'],
    ['  <uwsgi>text<a>1</a></uwsgi>\n<!-- end -->\n', 'a=1'],
    ['<config><a>1</a></config>', 'no section'],
    ['<config/>', ''],
  ] as const)('%j gives %s', ([text, expected]) => {
    expect(shown(readXmlSection(text, ''))).toBe(expected);
  });

  test('an id asks for the first element that has it, or has none', () => {
    const one = '<uwsgi id="one"><a>1</a></uwsgi>';
    expect(shown(readXmlSection(`<c>${one}<uwsgi id="two"><b>2</b></uwsgi></c>`, 'two'))).toBe('b=2');
    expect(shown(readXmlSection(`<c>${one}<uwsgi><b>2</b></uwsgi></c>`, 'two'))).toBe('b=2');
    expect(shown(readXmlSection(`<c>${one}</c>`, 'two'))).toBe('no section');
  });

  test.for([
    ['<uwsgi><a>1</b></uwsgi>', /^broken at \d+: /],
    ['', /^broken at 0: /],
    ['<uwsgi><a>&nope;</a></uwsgi>', /^broken at \d+: .*entity/],
    ['<uwsgi><a><b>1</b></a></uwsgi>', /^broken at 10: <a> holds <b> where its value should be/],
    ['<uwsgi><app><x/></app></uwsgi>', /^broken at 7: <app> is not read/],
    ['<uwsgi><a>\udce9</a></uwsgi>', /^broken at 10: the file is not UTF-8 here/],
  ] as const)('%j is refused', ([text, expected]) => {
    expect(shown(readXmlSection(text, ''))).toMatch(expected);
  });
});

describe('every format', () => {
  const readers: [name: string, read: SectionReader, pieces: string[]][] = [
    ['INI', readIniSection, ['[uwsgi]', '[', '=', '\n', '\r', '\0', 'a', ';']],
    [
      'YAML',
      readYamlSection,
      [
        'uwsgi:',
        '\n',
        '  ',
        '- ',
        'a: ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '&x ',
        '*x',
        '|',
        '? ',
        ',',
        '#',
        '---\n',
        '\t',
      ],
    ],
    ['JSON', readJsonSection, ['{', '}', '[', ']', '"uwsgi"', ':', ',', '1', '"', '\\', 'true', '//', '/*', '\n']],
    [
      'XML',
      readXmlSection,
      [
        '<uwsgi>',
        '</uwsgi>',
        '<a>',
        '</a>',
        '<a/>',
        '<',
        '>',
        '&',
        ';',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        'x',
        '<?xml ?>',
      ],
    ],
  ];

  test.for(readers)('%s: never throws, and places lie in the text', ([, read, pieces]) => {
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 25 });
    fc.assert(
      fc.property(text, fc.constantFrom('', 'uwsgi', 'two'), (parts, section) => {
        const whole = parts.join('');
        const found = read(whole, section);
        const places = found.status === 'broken' ? [found.fault.at] : [];
        if (found.status === 'options') places.push(...found.options.flatMap(({ from, to }) => [from, to]));
        return places.every((at) => at >= 0 && at <= whole.length);
      }),
      { numRuns: 1000 },
    );
  });

  test.for([
    ['INI', readIniSection, '[uwsgi]\n a = 1\nb=two words \n', ['a = 1', 'b=two words']],
    ['YAML', readYamlSection, 'uwsgi:\n  a: 1\n  b: [x, "y"]\n', ['a: 1', 'x', '"y"']],
    ['JSON', readJsonSection, '{"uwsgi": {"a" : 1, "b": ["x", 2]}}', ['"a" : 1', '"x"', '2']],
    ['XML', readXmlSection, '<uwsgi>\n <a>1</a><b x="2"/></uwsgi>', ['<a>1</a>', '<b x="2"/>']],
  ] as const)('%s: options say where they stand', ([, read, text, expected]) => {
    const found = read(text, '');
    expect(found.status === 'options' ? found.options.map(({ from, to }) => text.slice(from, to)) : []).toEqual(
      expected,
    );
  });
});
