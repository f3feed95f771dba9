import { expect, test } from 'vitest';
import { findOption, findShortOption, optionNames, optionTable, searchOptions } from './option-table.ts';
import { RESOLVED_OPTIONS, readers } from './options/sections.ts';

test('every name of uWSGI 2.0 and our own is there once', () => {
  const names = optionTable.flatMap((option) => [option.name, ...option.aliases]);
  const own = optionTable.filter((option) => option.plugin === 'reeve');
  // The struct tables of uWSGI 2.0.30, and four names of the Python plugin that its spooler adds.
  expect(names).toHaveLength(1250 + 4 + own.length);
  expect(new Set(names).size).toBe(names.length);
  expect([...optionNames()]).toHaveLength(names.length);
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
