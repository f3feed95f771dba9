import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { lineEndOf, textOf } from './editor-text.ts';

describe('the text of the editor', () => {
  it('keeps the line ends of the file', () => {
    const windows = '[uwsgi]\r\nmaster = true\r\n';
    expect(textOf(Text.of(windows.split('\r\n')), lineEndOf(windows))).toBe(windows);
    expect(lineEndOf('a\nb\n')).toBe('\n');
    expect(lineEndOf('one line')).toBe('\n');
    expect(lineEndOf('a\r\nb\nc\nd\n')).toBe('\n');
  });
});
