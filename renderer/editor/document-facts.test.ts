import { describe, expect, it } from 'vitest';
import { parseIni } from '../../engine/config/ini-document.ts';
import { readFacts } from './document-facts.ts';
import { referenceAt } from './ini-reference.ts';

const TEXT = `[uwsgi]
base = /srv/%n
set = n=4
declare-option = site=chdir=$1
site = shop
ini = :live
workers = %(n * 2)
env = H=$(HOME) %q
if-opt = flavour=x
print = @(/etc/motd)
include = common.ini
[live]
threads = 2
[old]
threads = 4
`;
const document = parseIni(TEXT);
const facts = readFacts(document);

describe('what a text says as a whole', () => {
  it('has sections, and those that a start leads to', () => {
    expect(facts.sections.map(({ name, line }) => [name, line])).toEqual([
      ['uwsgi', 1],
      ['live', 12],
      ['old', 14],
    ]);
    expect([...facts.read]).toEqual(['uwsgi', 'live']);
  });

  it('knows names that are declared, set and referred to, and options under their main name', () => {
    expect([...facts.declared.keys()]).toEqual(['site']);
    expect([...facts.definitions.keys()]).toEqual(['base', 'n', 'site']);
    expect(facts.definitions.get('n')).toEqual([{ line: 3, from: 6, to: 7, value: '4' }]);
    expect(facts.referred).toEqual(new Set(['n * 2', 'n', 'flavour']));
    expect(facts.used.get('processes')?.map(({ number }) => number)).toEqual([7]);
  });

  it('follows sections that name one another in a circle only once', () => {
    const circle = parseIni('[uwsgi]\nini = :a\n[a]\nini = :uwsgi\n');
    expect([...readFacts(circle).read]).toEqual(['uwsgi', 'a']);
  });
});

describe('what stands at a place', () => {
  it.for([
    [1, 2, { type: 'section', name: 'uwsgi' }],
    [2, 1, { type: 'name', name: 'base' }],
    [2, 13, { type: 'magic', letter: 'n' }],
    [7, 13, { type: 'placeholder', name: 'n * 2' }],
    [8, 10, { type: 'environment', name: 'HOME' }],
    [8, 17, { type: 'magic', letter: 'q' }],
    [10, 12, { type: 'content', name: '/etc/motd' }],
    [11, 13, { type: 'file', option: 'include', value: 'common.ini' }],
    [13, 10, null],
    [99, 0, null],
  ] as const)('line %i, column %i', ([line, column, expected]) => {
    const found = referenceAt(document, line, column);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });
});
