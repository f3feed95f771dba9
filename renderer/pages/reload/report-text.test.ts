import { describe, expect, it } from 'vitest';
import { aRun, aWorker } from './reload-fixtures.ts';
import { reportText } from './report-text.ts';

const subject = { name: 'checkout', statsAddress: '/run/checkout.stats', version: '2.0.21' };

describe('the report of a reload', () => {
  it('begins with the verdict and names the action, the checks and every worker', () => {
    const run = aRun({
      phase: 'finished',
      finishedAtMs: aRun().startedAtMs + 78_000,
      verdict: { status: 'done-with', title: 'Done in 78 s. One request was cut off.', detail: 'Worker 7 was killed.' },
      workers: [aWorker({ newPid: 21_004 }), aWorker({ wid: 2, newPid: null })],
      answered: 7412,
      cutOff: 1,
      log: [{ atMs: aRun().startedAtMs, level: 'info', text: 'Wrote r to the FIFO' }],
    });
    const lines = reportText(run, subject).split('\n');
    expect(lines[0]).toBe('Reload of checkout: Done in 78 s. One request was cut off.');
    expect(lines[1]).toBe('Worker 7 was killed.');
    const text = lines.join('\n');
    expect(text).toContain('Took       1 m 18 s, forecast –');
    expect(text).toMatch(/Answered {3}7.?412 requests, cut off 1, exceptions 0/);
    expect(text).toContain('  write "r", close');
    expect(text).toContain('  passed  FIFO is a FIFO: prw-------');
    expect(text).toContain('  1: 18912 → 21004\n  2: 18912 kept');
    expect(text).toMatch(/\d\d:\d\d:\d\d\.000 Wrote r to the FIFO\n$/);
  });

  it('says when the reload still runs', () => {
    const text = reportText(aRun(), subject);
    expect(text).toMatch(/^Reload of checkout: still running\n/);
    expect(text).toContain('not finished');
  });
});
