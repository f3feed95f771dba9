import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOption, findShortOption, optionNames, optionTable, searchOptions } from './option-table.ts';
import { RESOLVED_OPTIONS, readers } from './options/sections.ts';

test('every name of uWSGI 2.0.30 is there, with its argument, its plugin and its letter', () => {
  const recorded = readFileSync(join(import.meta.dirname, '../goldens/options/uwsgi-2.0.30.tsv'), 'utf8');
  const rows = recorded.replace(/\n$/, '').split('\n').slice(1);
  expect(rows).toHaveLength(1250);
  const known = rows.map((row) => {
    const [name = '', , , short = ''] = row.split('\t');
    const option = findOption(name);
    // A letter belongs to an option under all its names; the record has it for each name apart.
    return [name, option?.argument, option?.plugin, option?.short === short ? short : ''].join('\t');
  });
  expect(known).toEqual(rows);
});

test('beside them there are the four names of the Python plugin with a spooler, and our own', () => {
  const names = optionTable.flatMap((option) => [option.name, ...option.aliases]);
  const own = optionTable.filter((option) => option.plugin === 'reeve');
  expect(names).toHaveLength(1250 + 4 + own.length);
  expect(new Set(names).size).toBe(names.length);
  expect([...optionNames()]).toHaveLength(names.length);
});

test('every option has a help, a heading and a kind that fits its argument', () => {
  expect(optionTable.filter(({ help, section }) => help === null || section === null).map(({ name }) => name)).toEqual(
    [],
  );
  // uWSGI reads a value of these in a file, although the command line gives them none.
  const valued = new Set('ssl-option cgi-async-max-attempts lua-gc-freq plshell-oneshot rbshell-oneshot'.split(' '));
  const without = optionTable.filter(({ name, argument }) => argument === 'none' && !valued.has(name));
  expect(without.filter(({ kind }) => kind !== 'flag' && kind !== 'logic').map(({ name }) => name)).toEqual([]);
});

test('facts fit the kind: a unit is for numbers, a default is one of the choices', () => {
  const numbers = new Set(['int', 'mb', 'bytes', 'seconds']);
  expect(optionTable.filter(({ unit, kind }) => unit !== null && !numbers.has(kind)).map(({ name }) => name)).toEqual(
    [],
  );
  for (const { name, choices, default: value } of optionTable) {
    if (choices !== null && value !== null) expect(choices, name).toContain(value);
  }
  for (const { name, kind, default: value, uwsgiDefault } of optionTable) {
    if (!numbers.has(kind)) continue;
    for (const text of [value, uwsgiDefault]) if (text !== null) expect(text, name).toMatch(/^\d+$/);
  }
});

test('what a reload can not change is known', () => {
  expect(effectsOf('listen chmod-socket uid master logto pidfile limit-as daemonize shared-socket')).toEqual(
    new Set(['restart']),
  );
  expect(effectsOf('processes harakiri stats http env lazy-apps module umask')).toEqual(new Set(['reload']));
  expect(optionTable.filter(({ effect }) => effect === 'workers')).toEqual([]);
});

test('aliases lead to one option', () => {
  for (const names of [
    'processes workers',
    'home virtualenv venv pyhome',
    'wsgi-file file',
    'module wsgi',
    'stats stats-server',
  ]) {
    expect(new Set(names.split(' ').map((name) => findOption(name)?.name)).size).toBe(1);
  }
  expect(findShortOption('p')?.name).toBe('processes');
  expect(findOption('Processes')).toBeNull();
});

test('an option works exactly when something reads it', () => {
  const working = optionTable.filter((option) => option.status === 'works' && option.kind !== 'logic');
  const special = new Set([...RESOLVED_OPTIONS, 'plugins', 'need-plugins', 'http-to']);
  expect(working.filter(({ name }) => !(name in readers) && !special.has(name)).map(({ name }) => name)).toEqual([]);
  expect(
    Object.keys(readers).filter((name) => findOption(name)?.status !== 'works' || findOption(name)?.name !== name),
  ).toEqual([]);
});

test('what has no effect says why', () => {
  expect(optionTable.filter((option) => option.status === 'no effect' && option.reason === null)).toEqual([]);
  expect(optionTable.filter((option) => option.status === 'works' && option.reason !== null)).toEqual([]);
});

test('help texts are sentences of their own', () => {
  for (const { help } of optionTable) expect(help).toMatch(/^['A-Z].*[.]$/);
  const texts = optionTable.map(({ help }) => help);
  expect(new Set(texts).size).toBe(texts.length);
});

test('a search offers what works first', () => {
  const names = searchOptions('log').map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['log-4xx', 'log-5xx']);
  expect(names.indexOf('log-zeromq')).toBeGreaterThan(names.indexOf('logto2'));
});

function effectsOf(names: string): ReadonlySet<unknown> {
  return new Set(names.split(' ').map((name) => findOption(name)?.effect));
}

test('numbers are known that end uWSGI when they are negative, as uWSGI 2.0.21 does', () => {
  const names = ['processes', 'harakiri', 'spooler-frequency', 'fastrouter-timeout', 'max-requests', 'rpc-max'];
  expect(names.filter((name) => findOption(name)?.refusesNegative)).toEqual(names.slice(0, 4));
});
