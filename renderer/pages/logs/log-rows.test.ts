import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { countKinds, filterLines, type KindFilter, parseLogFilter, statusTone } from './log-rows.ts';
import { regexProblem } from './safe-regex.ts';

let seq = 0;
function line(text: string, more: Partial<LogLine> = {}): LogLine {
  seq += 1;
  return { seq, atMs: 0, text, hasSecrets: false, level: 'info', pid: null, wid: null, request: null, ...more };
}
function request(uri: string, status: number, tookMs: number, pid: number): LogLine {
  const parts = { method: 'GET', uri, status, tookMs, sizeBytes: 2, client: null };
  return line(`GET ${uri} ${status}`, { level: 'request', pid, request: parts });
}

const lines = [
  line('spawned worker 1 (pid: 7)', { pid: 7, wid: 1 }),
  request('/cart', 200, 3, 7),
  request('/healthz', 200, 1, 8),
  request('/cart/coupon', 404, 1_200, 8),
  line('ImportError: no module named cart', { level: 'error' }),
];

function texts(text: string, kind: KindFilter = 'all', slowerMs: number | null = null): string[] {
  const workers = new Map([[2, 8]]);
  return filterLines(lines, parseLogFilter(text, kind, slowerMs), workers).map((row) => row.text);
}

describe('the lines of a log', () => {
  it('are filtered by kind, by words and by words that must not be there', () => {
    expect(texts('')).toHaveLength(5);
    expect(texts('CART')).toHaveLength(3);
    expect(texts('get -healthz')).toEqual(['GET /cart 200', 'GET /cart/coupon 404']);
    expect(texts('', 'error')).toEqual(['ImportError: no module named cart']);
    expect(texts('', '4xx')).toEqual(['GET /cart/coupon 404']);
    expect(texts('', 'message')).toHaveLength(2);
    expect(texts('-')).toHaveLength(5);
  });

  it('are filtered by worker, process, status and time taken', () => {
    expect(texts('worker:1')).toEqual(['spawned worker 1 (pid: 7)']);
    expect(texts('worker:2')).toEqual(['GET /healthz 200', 'GET /cart/coupon 404']);
    expect(texts('pid:7')).toHaveLength(2);
    expect(texts('status:4xx')).toEqual(['GET /cart/coupon 404']);
    expect(texts('status:200 took>2')).toEqual(['GET /cart 200']);
    expect(texts('', 'all', 1_000)).toEqual(['GET /cart/coupon 404']);
  });

  it('are filtered by an expression', () => {
    expect(texts('/cart(/coupon)? [24]0/')).toEqual(['GET /cart 200', 'GET /cart/coupon 404']);
    expect(texts('/no MODULE/ -cartoon')).toEqual(['ImportError: no module named cart']);
    expect(parseLogFilter('/(a+)+b/', 'all')).toMatchObject({ regex: null, problem: expect.stringContaining('hours') });
    expect(parseLogFilter('/(/', 'all').problem).not.toBeNull();
  });

  it('are counted by kind', () => {
    expect(countKinds(lines)).toEqual({
      all: 5,
      '2xx': 2,
      '3xx': 0,
      '4xx': 1,
      '5xx': 0,
      message: 2,
      warning: 0,
      error: 1,
    });
  });

  it('warn of 4xx and are alarmed by 5xx', () => {
    expect([null, 204, 304, 404, 502].map(statusTone)).toEqual(['s2', 's2', 's2', 'warn', 'crit']);
  });
});

describe('an expression that could take for ever', () => {
  it.each(['(a+)+$', '(a|aa)+$', '((a*)b)*', '(?:x+x+)+y', '(.*){2,}', '(\\w)\\1+', '.*.*.*x'])(
    'is refused: %s',
    (pattern) => {
      expect(regexProblem(pattern)).not.toBeNull();
    },
  );

  it.each(['GET /cart', 'time(d )?out', '^\\*\\*\\* .*full', '(warn|error): \\d+', '[(+*)]+x', 'a{3}b+'])(
    'is none: %s',
    (pattern) => {
      expect(regexProblem(pattern)).toBeNull();
    },
  );
});
