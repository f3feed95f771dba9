import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { optionNote, optionNotes, readNotes } from './option-notes.ts';
import { findOption } from './option-table.ts';

test('every note is about an option, under its main name', () => {
  expect([...optionNotes.keys()].filter((name) => findOption(name)?.name !== name)).toEqual([]);
});

test('the 300 options that matter most have one', () => {
  expect(optionNotes.size).toBeGreaterThanOrEqual(300);
});

test('the engine does not load them', () => {
  const folder = join(import.meta.dirname, '..');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('node_modules'),
  );
  expect(sources).toContain(join('config', 'option-notes.ts'));
  const users = sources.filter((path) => readFileSync(join(folder, path), 'utf8').includes("/option-notes.ts'"));
  expect(users).toEqual([]);
});

test('a note is two to five sentences and names only options that exist', () => {
  for (const [name, note] of optionNotes) {
    const sentences = note.split(/(?<=[.!?)]) (?=['A-Z0-9]|uWSGI)/).length;
    expect(sentences >= 2 && sentences <= 5 && note.endsWith('.'), `${name}: ${note}`).toBe(true);
    expect(note.length, name).toBeLessThan(700);
    for (const [, quoted = ''] of note.matchAll(/'([a-z][a-z0-9]*(?:-[a-z0-9]+)+)'/g)) {
      expect(findOption(quoted), `${quoted} in the note of ${name}`).not.toBeNull();
    }
  }
});

test('a note is found by an alias too', () => {
  expect(optionNote('workers')).toBe(optionNote('processes'));
  expect(optionNote('no-such-option')).toBeNull();
});

test('blocks that are not a name and a paragraph are refused', () => {
  expect(readNotes(['\na\n  One.\n  Two.\nb\n  Three.\n'])).toEqual(
    new Map([
      ['a', 'One. Two.'],
      ['b', 'Three.'],
    ]),
  );
  expect(() => readNotes(['a\n'])).toThrow('Bad block');
  expect(() => readNotes(['  no name\n'])).toThrow('Bad block');
  expect(() => readNotes(['a\n  x.\n', 'a\n  y.\n'])).toThrow("Two notes about the option 'a'");
});
