/** Programs whose output is a log: what is told to whoever waits for the first lines, and in which order. */
import { afterEach, expect, it } from 'vitest';
import { localMachine } from '../machine/local-machine.ts';
import { systemClock } from '../node-ports.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { type CommandSource, CommandTail } from './command-tail.ts';

let tail: CommandTail | null = null;

afterEach(() => {
  tail?.dispose();
  tail = null;
});

function told(script: string): string[] {
  const heard: string[] = [];
  const source: CommandSource = {
    program: 'sh',
    logsToStderr: false,
    argv: () => ['sh', '-c', script],
    read: (line) => ({ text: line, atMs: 1 }),
    explain: (lastWords) => ({ reason: lastWords, hint: null }),
  };
  tail = new CommandTail({
    machine: localMachine,
    clock: systemClock,
    source,
    sink: {
      onLines: (lines) => heard.push(...lines.map(({ text }) => text)),
      onNote: (text) => heard.push(text),
      onFollowing: () => heard.push('following'),
      onWaiting: (reason) => heard.push(`waiting: ${reason}`),
      onBytes: () => {},
      onZone: () => {},
    },
  });
  return heard;
}

it('is said to follow once its first lines are there, though it prints them in several goes', async () => {
  const heard = told('sleep 0.1; echo one; sleep 0.05; echo two; exec sleep 100');
  await waitUntil('it to follow', () => heard.includes('following'));
  expect(heard).toEqual(['one', 'two', 'following']);
});

it('is said to follow when it has nothing to print', async () => {
  const heard = told('exec sleep 100');
  await waitUntil('it to follow', () => heard.includes('following'));
  expect(heard).toEqual(['following']);
});

it('is never said to follow when it fails at once', async () => {
  const heard = told('sleep 0.1; echo no such unit >&2; exit 1');
  await waitUntil('it to fail', () => heard.length > 0);
  expect(heard[0]).toBe('waiting: no such unit');
});
