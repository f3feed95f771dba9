import { expect, test } from 'vitest';
import { optionNote, optionNotes, readNotes } from './option-notes.ts';
import { findOption } from './option-table.ts';

test('every note is about an option, under its main name', () => {
  expect([...optionNotes.keys()].filter((name) => findOption(name)?.name !== name)).toEqual([]);
});

test('a note is two to five sentences and names only options that exist', () => {
  for (const [name, note] of optionNotes) {
    const sentences = note.split(/(?<=[.!?)]) (?=['A-Z])/).length;
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
