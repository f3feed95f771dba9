import { expect, test } from 'vitest';
import { Mailboxes, type Receiver } from './mailboxes.ts';

function receiver(mailboxes: string[]): Receiver & { got: [number, string][] } {
  const got: [number, string][] = [];
  return { mailboxes, got, receive: (mailbox, message) => got.push([mailbox, message.toString()]) };
}

test('messages wait in their order, and who waits gets the next one', () => {
  const boxes = new Mailboxes();
  boxes.push('mule 1', Buffer.from('a'));
  boxes.push('mule 1', Buffer.from('b'));
  expect(boxes.report()).toEqual([['mule 1', 2]]);
  const one = receiver(['mules', 'mule 1']);
  expect([boxes.pull(one), boxes.pull(one), boxes.pull(one)]).toEqual([true, true, false]);
  boxes.push('mules', Buffer.from('c'));
  expect(one.got).toEqual([
    [1, 'a'],
    [1, 'b'],
    [0, 'c'],
  ]);
  expect(boxes.report()).toEqual([]);
});

test('of several that wait at a mailbox the first one gets the message, and one that has given up gets none', () => {
  const boxes = new Mailboxes();
  const [first, second, third] = [receiver(['farm']), receiver(['farm']), receiver(['farm'])];
  for (const one of [first, second, third]) boxes.pull(one);
  boxes.cancel(first);
  boxes.push('farm', Buffer.from('a'));
  boxes.push('farm', Buffer.from('b'));
  expect([first.got, second.got, third.got]).toEqual([[], [[0, 'a']], [[0, 'b']]]);
});

test('a full mailbox refuses, also empty messages, but takes one however long', () => {
  const boxes = new Mailboxes();
  boxes.maxBytes = 1000;
  expect(boxes.push('a', Buffer.alloc(5000))).toBe(true);
  expect(boxes.push('a', Buffer.alloc(1))).toBe(false);
  const taken = Array.from({ length: 100 }, () => boxes.push('b', Buffer.alloc(0)));
  expect(taken.filter(Boolean)).toHaveLength(15);
});
