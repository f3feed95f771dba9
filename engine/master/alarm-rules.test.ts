import { describe, expect, test } from 'vitest';
import { compileRules, cutText, isRepetition } from './alarm-rules.ts';

describe('rules of alarms', () => {
  test('raise each alarm of all that match, once', () => {
    const judge = compileRules([
      { alarms: ['mail', 'page'], pattern: 'ERROR', isExempt: false },
      { alarms: ['mail'], pattern: 'disk$', isExempt: false },
    ]);
    expect(judge('all is well\n')).toEqual([]);
    expect(judge('ERROR of the disk\n')).toEqual(['mail', 'page']);
    expect(judge('no disk\n')).toEqual(['mail']);
  });

  test('go no further with a line that is exempt: what stands before counts, as on uWSGI', () => {
    const judge = compileRules([
      { alarms: ['first'], pattern: 'ERROR', isExempt: false },
      { alarms: ['any'], pattern: 'harmless', isExempt: true },
      { alarms: ['second'], pattern: 'ERROR', isExempt: false },
    ]);
    expect(judge('ERROR\n')).toEqual(['first', 'second']);
    expect(judge('harmless ERROR\n')).toEqual(['first']);
  });

  test('take no time that grows with every character of a line, whatever their expression', () => {
    const judge = compileRules([{ alarms: ['slow'], pattern: '^(a+)+$', isExempt: false }]);
    const begunMs = performance.now();
    expect(judge(`${'a'.repeat(60)}b\n`)).toEqual([]);
    expect(judge('aaa\n')).toEqual(['slow']);
    expect(performance.now() - begunMs).toBeLessThan(2000);
  });

  test('know a repetition by its text and its time', () => {
    const last = { text: 'full', atMs: 10_000 };
    expect(isRepetition(null, 'full', 10_000, 3)).toBe(false);
    expect(isRepetition(last, 'full', 12_999, 3)).toBe(true);
    expect(isRepetition(last, 'full', 13_000, 3)).toBe(false);
    expect(isRepetition(last, 'empty', 10_001, 3)).toBe(false);
    expect(isRepetition(last, 'full', 9999, 3)).toBe(false);
    expect(isRepetition(last, 'full', 10_000, 0)).toBe(false);
  });

  test('cut a text between characters', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc');
    expect(cutText('aé', 2)).toBe('a');
    expect(cutText('é', 1)).toBe('');
  });
});
