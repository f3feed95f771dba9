import { describe, expect, test } from 'vitest';
import { defaultRecycling } from '../config/options/recycling.ts';
import type { RecyclingSettings } from '../config/settings.ts';
import { FrameFlag } from './frames.ts';
import { readFatal } from './php-errors.ts';
import { PhpRecycling } from './php-recycling.ts';

function recycling(
  settings: Partial<RecyclingSettings>,
  wid = 1,
): { php: PhpRecycling; log: string[]; pass: (ms: number) => void } {
  let nowMs = 0;
  const log: string[] = [];
  const whole = { ...defaultRecycling(), minLifetimeSeconds: 0, ...settings };
  const php = new PhpRecycling(
    whole,
    { pid: process.pid, wid },
    (text) => log.push(text),
    () => nowMs,
  );
  return { php, log, pass: (ms) => (nowMs += ms) };
}

describe('a worker of PHP has had enough', () => {
  test('after max-requests, with the delta for its number, once it is old enough', () => {
    const { php, log, pass } = recycling({ maxRequests: 10, maxRequestsDelta: 5, minLifetimeSeconds: 1 }, 3);
    expect(php.endFlags(20, null)).toBe(0);
    pass(1000);
    expect(php.endFlags(19, null)).toBe(0);
    expect(php.endFlags(20, null)).toBe(FrameFlag.WORN);
    expect(php.endFlags(21, null)).toBe(FrameFlag.WORN);
    expect(log).toEqual([`...The work of process ${process.pid} is done (max requests reached (20 >= 20)). Seeya!`]);
  });

  test.each([{ onRssBytes: 1024 }, { onAsBytes: 1024 }])('when it takes too much memory: %o', (settings) => {
    const { php, log } = recycling(settings);
    expect(php.endFlags(1, null)).toBe(FrameFlag.WORN);
    expect(log[0]).toContain('memory limit reached');
  });

  test.each([
    { onException: true },
    { onExceptionTypes: ['Broken'] },
    { onExceptionTypes: ['App\\Broken'] },
    { onExceptionValues: ['no such thing'] },
    { onExceptionReprs: ['App\\Broken: no such thing'] },
  ])('at once after an exception that is watched: %o', (settings) => {
    const { php } = recycling(settings);
    const exception = { name: 'App\\Broken', text: 'no such thing' };
    expect(php.endFlags(1, { name: 'Other', text: '' }) & ~FrameFlag.EXCEPTION).toBe(
      settings.onException ? FrameFlag.RETIRING : 0,
    );
    expect(php.endFlags(2, exception)).toBe(FrameFlag.RETIRING | FrameFlag.EXCEPTION);
  });
});

test.each([
  [
    'PHP Fatal error:  Uncaught App\\Broken: no such thing in /srv/a.php:1\nStack trace:\n#0 {main}',
    'App\\Broken',
    'no such thing',
  ],
  ['one\nPHP Fatal error:  Uncaught Error: a in b in /srv/a.php:12\nmore', 'Error', 'a in b'],
  ['PHP Fatal error:  Allowed memory size of 1 bytes exhausted in /srv/a.php on line 3', '', ''],
  ['PHP Parse error:  syntax error, unexpected x in /srv/a.php on line 1', '', ''],
])('the error in %j is read', (text, name, value) => {
  expect(readFatal(text)).toEqual({ name, text: value });
});

test.each(['PHP Warning:  no error in x', 'said by the script: PHP Fatal error', ''])('%j ended no script', (text) => {
  expect(readFatal(text)).toBeNull();
});
