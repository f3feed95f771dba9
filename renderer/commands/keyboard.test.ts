import { describe, expect, it } from 'vitest';
import { createKeyMatcher, type KeyPress, SEQUENCE_MS } from './keyboard.ts';

const shortcuts = new Set(['R', 'G F', 'Mod+K', '1', '?', 'F']);

function press(key: string, part: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, timeStamp: 0, ...part };
}

describe('the key matcher', () => {
  it('finds single keys, whatever their case', () => {
    const matcher = createKeyMatcher();
    expect(matcher.match(press('r'), shortcuts)).toBe('R');
    expect(matcher.match(press('1'), shortcuts)).toBe('1');
    expect(matcher.match(press('?'), shortcuts)).toBe('?');
  });

  it('finds a chord with Ctrl and with Cmd, and not the bare letter', () => {
    const matcher = createKeyMatcher();
    expect(matcher.match(press('k', { ctrlKey: true }), shortcuts)).toBe('Mod+K');
    expect(matcher.match(press('k', { metaKey: true }), shortcuts)).toBe('Mod+K');
    expect(matcher.match(press('k'), shortcuts)).toBeNull();
    expect(matcher.match(press('r', { ctrlKey: true }), shortcuts)).toBeNull();
  });

  it('finds a sequence before the single key that ends it', () => {
    const matcher = createKeyMatcher();
    expect(matcher.match(press('g'), shortcuts)).toBeNull();
    expect(matcher.match(press('f', { timeStamp: SEQUENCE_MS }), shortcuts)).toBe('G F');
  });

  it('finds keys with a number', () => {
    const matcher = createKeyMatcher();
    expect(matcher.match(press('F1'), new Set(['F1', 'F']))).toBe('F1');
    expect(matcher.match(press('F1'), shortcuts)).toBeNull();
  });

  it('forgets the first key of a sequence after a while', () => {
    const matcher = createKeyMatcher();
    matcher.match(press('g'), shortcuts);
    expect(matcher.match(press('f', { timeStamp: SEQUENCE_MS + 1 }), shortcuts)).toBe('F');
  });

  it('ignores keys that are no characters and everything with Alt', () => {
    const matcher = createKeyMatcher();
    expect(matcher.match(press('Shift'), shortcuts)).toBeNull();
    expect(matcher.match(press('r', { altKey: true }), shortcuts)).toBeNull();
  });
});
