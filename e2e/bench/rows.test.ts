import { expect, it } from 'vitest';
import { ROWS, readCount, selectRows } from './rows.ts';

const idsOf = (words: string[]): string[] => selectRows(words).rows.map(({ id }) => id);

it('measures everything when nothing is named', () => {
  expect(selectRows([])).toEqual({ rows: ROWS, console: true, editor: true, ssh: true });
});

it('measures the rows that are named, in the order of the report', () => {
  expect(idsOf(['memory', 'hello'])).toEqual(['hello', 'memory']);
  expect(idsOf(['engine', 'hello'])).toEqual(['hello']);
  expect(selectRows(['engine'])).toEqual({ rows: ROWS, console: false, editor: false, ssh: false });
  expect(selectRows(['console'])).toEqual({ rows: [], console: true, editor: false, ssh: false });
  expect(selectRows(['editor'])).toEqual({ rows: [], console: false, editor: true, ssh: false });
  expect(selectRows(['ssh'])).toEqual({ rows: [], console: false, editor: false, ssh: true });
});

it('says which rows there are when a word names none', () => {
  expect(() => selectRows(['helo'])).toThrow(/There is no row 'helo'. There are: .*hello/);
});

it('gives every row a name of its own', () => {
  expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
});

it('takes whole numbers of rounds and seconds only', () => {
  expect(readCount('rounds', '12')).toBe(12);
  for (const text of ['x', '0', '-1', '1.5', '']) {
    expect(() => readCount('rounds', text)).toThrow(`--rounds needs a whole number from 1 up, not '${text}'.`);
  }
});
