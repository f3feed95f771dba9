import { describe, expect, it } from 'vitest';
import { parseStats } from '../../../engine/api/parse-stats.ts';
import { languageOf, runtimeIn } from './runtime-name.ts';

const ready = (interpreter: string) =>
  `app 0 (mountpoint='') ready in 0 seconds on interpreter ${interpreter} pid: 7 (default app)`;

const document = (apps: readonly { id: number; modifier1: number }[]) => {
  const parsed = parseStats(JSON.stringify({ version: '2.0.21', pid: 1, workers: [{ id: 1, pid: 2, apps }] }));
  if (parsed.status !== 'stats') throw new Error('The document is not read.');
  return parsed.document;
};

describe('the interpreter', () => {
  it.each([
    [ready('Ruby 3.1.7'), 'Ruby 3.1.7'],
    [ready('Perl 5.36.0'), 'Perl 5.36.0'],
    [ready('PHP 8.2.36'), 'PHP 8.2.36'],
    [ready('Node.js 24.21.0'), 'Node.js 24.21.0'],
    [`WSGI ${ready('Python 3.11.7')}`, 'Python 3.11.7'],
    [ready('CGI, Python 3.11.7'), 'CGI'],
    ['ruby 3.1.7p261 (2025-03-26 revision 0a3704f218) [x86_64-linux-gnu]', 'Ruby 3.1.7'],
    ['initialized Perl 5.36.0 main interpreter at 0x556b48d39fc0', 'Perl 5.36.0'],
    ['PHP 8.2.1 initialized', 'PHP 8.2.1'],
    ['Python version: 3.11.2 (main, Nov 30 2024, 21:22:50) [GCC 12.2.0]', 'Python 3.11.2'],
    ["WSGI app 0 (mountpoint='') ready in 0 seconds on interpreter 0x5581 pid: 7 (default app)", null],
    ['*** Reeve is ready: 2 workers ***', null],
  ])('%s: %s', (line, runtime) => {
    expect(runtimeIn(line)).toBe(runtime);
  });
});

describe('the language of an attached server', () => {
  it("is that of its first application's plugin; 0 may be any", () => {
    expect(languageOf(document([{ id: 0, modifier1: 7 }]))).toBe('Ruby');
    expect(languageOf(document([{ id: 0, modifier1: 5 }]))).toBe('Perl');
    expect(languageOf(document([{ id: 0, modifier1: 0 }]))).toBeNull();
    expect(languageOf(document([]))).toBeNull();
    expect(languageOf(null)).toBeNull();
  });
});
