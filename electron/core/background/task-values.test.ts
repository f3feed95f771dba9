import { describe, expect, it } from 'vitest';
import { looksPickled, showKey, showValue } from './task-values.ts';

const show = (name: string, bytes: Buffer | string, shows = false) => {
  const given = Buffer.from(bytes);
  return showValue(name, given, given.length, shows);
};

/** `pickle.dumps(('ann@example.com', 3))` and one with a word that announces a secret. */
const PICKLE = Buffer.from('80049516000000000000008c0f616e6e406578616d706c652e636f6d944b0386942e', 'hex');
const SECRET_PICKLE = Buffer.concat([
  Buffer.from('80049500', 'hex'),
  Buffer.from('\x8c\x08password\x8c\x07hunter2.', 'latin1'),
]);

describe('a value of a task', () => {
  it('is shown as the text that it is, with its lines and without control sequences', () => {
    expect(show('to', 'wörld\nnext \u001b[31mred').value).toEqual({
      kind: 'text',
      text: 'wörld\nnext red',
      sizeBytes: 20,
      isCut: false,
    });
    expect(show('empty', '').value).toMatchObject({ kind: 'text', text: '' });
  });

  it('is shown as bytes when it is no text', () => {
    expect(show('data', Buffer.from([0, 1, 0xff, 0x41])).value).toMatchObject({
      kind: 'bytes',
      hex: '0001ff41',
      text: '...A',
    });
  });

  it('is shown and never loaded when it is a pickle', () => {
    expect(looksPickled(PICKLE)).toBe(true);
    const { value, isSecret } = show('args', PICKLE);
    expect(value).toMatchObject({ kind: 'pickle', sizeBytes: PICKLE.length });
    expect(value).toHaveProperty('text', expect.stringContaining('ann@example.com'));
    expect(isSecret).toBe(false);
  });

  it('is hidden by a name that speaks of a secret, until it is asked for', () => {
    expect(show('password', 'hunter2')).toEqual({
      value: { kind: 'hidden', sizeBytes: 7, isPickle: false },
      isSecret: true,
    });
    expect(show('password', 'hunter2', true).value).toMatchObject({ kind: 'text', text: 'hunter2' });
  });

  it('hides secrets within a text, and a pickle that has the name of one as a whole', () => {
    const text = show('body', '{"token": "abcd", "n": 1}');
    expect(JSON.stringify(text.value)).not.toContain('abcd');
    expect(text.isSecret).toBe(true);
    expect(show('kwargs', SECRET_PICKLE).value).toEqual({
      kind: 'hidden',
      sizeBytes: SECRET_PICKLE.length,
      isPickle: true,
    });
    expect(JSON.stringify(show('kwargs', SECRET_PICKLE, true).value)).toContain('hunter2');
  });

  it('is text, too, when it was cut off within a character', () => {
    const { value } = showValue('body', Buffer.from('wö').subarray(0, 2), 900, false);
    expect(value).toEqual({ kind: 'text', text: 'w', sizeBytes: 900, isCut: true });
  });

  it('has a key that can be shown, whatever its bytes are', () => {
    expect(showKey(Buffer.from('k\u0007\u202ey'))).toBe('ky');
    expect(showKey(Buffer.from([0x61, 0xff]))).toBe('aÿ');
  });
});
