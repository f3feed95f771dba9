import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { countLevels, filterRows, parseLogFilter, rowOf, statusTone } from './log-rows.ts';

let seq = 0;
function line(text: string, level: LogLine['level'] = 'info'): LogLine {
  seq += 1;
  return { seq, atMs: 0, text, level };
}

const lines = [
  line('spawned worker 1 (pid: 7)'),
  line('GET /cart 200', 'request'),
  line('GET /healthz 200', 'request'),
  line('\u001b[31mImportError\u001b[0m: no module named cart', 'error'),
];

function texts(text: string, level: LogLine['level'] | 'all' = 'all'): string[] {
  return filterRows(lines, parseLogFilter(text, level)).map((row) => row.text);
}

describe('the rows of a log', () => {
  it('are clean and parsed once', () => {
    const [, , , error] = lines;
    if (!error) throw new Error('no line');
    expect(rowOf(error).text).toBe('ImportError: no module named cart');
    expect(rowOf(error)).toBe(rowOf(error));
  });

  it('are filtered by level, by words and by words that must not be there', () => {
    expect(texts('')).toHaveLength(4);
    expect(texts('CART')).toEqual(['GET /cart 200', 'ImportError: no module named cart']);
    expect(texts('get -healthz')).toEqual(['GET /cart 200']);
    expect(texts('', 'error')).toEqual(['ImportError: no module named cart']);
    expect(texts('-')).toHaveLength(4);
  });

  it('are not found by what the terminal sequences say', () => {
    expect(filterRows(lines, parseLogFilter('[31m', 'all'))).toEqual([]);
  });

  it('are counted by level', () => {
    expect(countLevels(lines)).toEqual({ all: 4, info: 1, warning: 0, error: 1, request: 2 });
  });

  it('warn of 4xx and are alarmed by 5xx', () => {
    expect([null, 204, 304, 404, 502].map(statusTone)).toEqual(['s2', 's2', 's2', 'warn', 'crit']);
  });
});
