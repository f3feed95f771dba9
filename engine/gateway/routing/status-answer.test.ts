import { expect, test } from 'vitest';
import { writeHead } from './answer-head.ts';
import { statusAnswer, withStatus } from './status-answer.ts';

test('a reason that a client has put line ends into makes no header', () => {
  const answer = statusAnswer('404 gone\r\nSet-Cookie: a=b\r\n');
  expect(answer?.reason).toBe('gone Set-Cookie: a=b');
  const { reason } = withStatus('200 a\nb');
  expect(writeHead({ status: 200, reason, lines: [] }, 0).block.toString()).toBe('a b\r\n');
});

test('the usual reason stands where none is given, and there is no answer with a status that does not exist', () => {
  expect(withStatus('418')).toEqual({ status: 418, reason: "I'm a Teapot" });
  expect(['199 x', '600 x', 'x', '299'].map(statusAnswer)).toEqual([null, null, null, null]);
});
