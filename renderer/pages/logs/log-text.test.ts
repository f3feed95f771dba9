import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight } from './log-text.ts';

describe('log text', () => {
  it('cuts a line at the words that are searched for, whatever their case', () => {
    expect(highlight('Worker 1 and worker 2', ['WORKER', '(x)'])).toEqual([
      { text: 'Worker', hit: true },
      { text: ' 1 and ', hit: false },
      { text: 'worker', hit: true },
      { text: ' 2', hit: false },
    ]);
    expect(highlight('abc', [])).toEqual([{ text: 'abc', hit: false }]);
  });

  it('keeps every character of the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1, maxLength: 2 }), (text, word) => {
        expect(
          highlight(text, [word])
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
