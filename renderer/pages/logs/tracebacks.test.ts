import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { exceptionOf, foldTracebacks } from './tracebacks.ts';

let seq = 0;
function line(text: string, status: number | null = null): LogLine {
  seq += 1;
  const request = status === null ? null : { method: 'GET', uri: text, status, tookMs: 1, sizeBytes: 1, client: null };
  const level = status === null ? 'error' : 'request';
  return { seq, atMs: 0, text, hasSecrets: false, level, pid: null, wid: null, request };
}
const traceback = (name = 'ValueError: on purpose'): LogLine[] => [
  line('Traceback (most recent call last):'),
  line('  File "/srv/app.py", line 7, in application'),
  line("    raise ValueError('on purpose')"),
  line(name),
];

describe('a traceback', () => {
  it('is folded under the request that failed after it, lines of others between', () => {
    const [head, file, code, name] = traceback();
    const [other, failed, next] = [line('/ok', 200), line('/error', 500), line('/later', 500)];
    const all = [head, file, other, code, name, failed, next].filter((one) => one !== undefined);
    const { rows, under } = foldTracebacks(all);
    expect(rows).toEqual([other, failed, next]);
    expect([...under]).toEqual([[failed.seq, [head, file, code, name]]]);
    expect(exceptionOf(under.get(failed.seq) ?? [])).toBe('ValueError');
  });

  it('stands under its exception when no request failed near by', () => {
    const block = traceback();
    const ok = line('/ok', 200);
    const { rows, under } = foldTracebacks([...block, ok]);
    expect(rows).toEqual([block[3], ok]);
    expect(under.get(block[3]?.seq ?? 0)).toEqual(block);
  });

  it('that is not whole yet loses nothing, and lines without one stay as they are', () => {
    const cut = traceback().slice(0, 2);
    const { rows, under } = foldTracebacks(cut);
    expect([...rows, ...[...under.values()].flat()]).toEqual(expect.arrayContaining(cut));
    const plain = [line('/a', 200), line('/b', 500)];
    expect(foldTracebacks(plain).rows).toBe(plain);
  });

  it('of any language is folded, and so is where a request stood that took too long', () => {
    const ruby = [
      line("/srv/config.ru:2:in `price': no price (ArgumentError)"),
      line("\tfrom /srv/config.ru:5:in `call'"),
    ];
    const died = line('[uwsgi-perl error] no price at /srv/app.psgi line 2.');
    const stood = ['*** backtrace of pid 7 ***', 'Thread a (most recent call first):', "  /srv/a.rb:6:in `sleep'"];
    const late = [...stood, '*** end of backtrace ***'].map((text) => line(text));
    const [first, second, third] = [line('/a', 500), line('/b', 500), line('/c', 504)];
    const { rows, under } = foldTracebacks([...ruby, first, died, second, ...late, third]);
    expect(rows).toEqual([first, second, third]);
    expect([...under]).toEqual([
      [first.seq, ruby],
      [second.seq, [died]],
      [third.seq, late],
    ]);
    expect(exceptionOf(ruby)).toBe('ArgumentError');
  });

  it('is not made of a line alone that may be anything', () => {
    const alone = [line('KeyError: x'), line('/a', 500)];
    expect(foldTracebacks(alone).rows).toBe(alone);
  });
});
