import { describe, expect, it } from 'vitest';
import { reloadRunSchema } from './reload-model.ts';
import { reportJson, reportText } from './reload-report.ts';

const START = Date.UTC(2026, 10, 22, 12, 0, 0);
const run = reloadRunSchema.parse({
  id: 'r1',
  instanceId: 'i1',
  subject: { name: 'checkout', statsAddress: 'ssh://web3/run/checkout.stats', hostName: 'web3', version: '2.0.21' },
  method: {
    id: 'fifo-graceful',
    title: 'Full reload',
    option: 'master-fifo, r',
    explanation: 'Reads the configuration again.',
    enabled: true,
    whyNot: null,
    action: ['open /run/app.fifo', '  write-only, non-blocking, never create', 'write "r", close'],
  },
  checks: [{ id: 'fifo', title: 'FIFO is a FIFO', value: 'prw------- www-data', status: 'pass', detail: null }],
  startedAtMs: START,
  finishedAtMs: START + 78_000,
  phase: 'finished',
  verdict: { status: 'failed', title: 'Worker 2 never came.', detail: 'Worker 1 is new.' },
  workers: [
    { wid: 1, oldPid: 18_912, newPid: 21_004, served: 12, spans: [{ state: 'new', fromMs: START, toMs: null }] },
    { wid: 2, oldPid: 18_913, newPid: null, spans: [{ state: 'old', fromMs: START, toMs: null }] },
  ],
  answered: 7412,
  cutOff: 1,
  exceptions: 0,
  queuePeak: 3,
  forecast: { durationMs: null, queuePeak: null, requestsAtRisk: null },
  series: [],
  log: [{ atMs: START, level: 'info', text: 'Wrote r to the FIFO' }],
  logTail: ['no python application found'],
});

describe('the report of a reload', () => {
  it('begins with the verdict and names the action, the checks, every worker and the log', () => {
    const text = reportText(run);
    expect(text).toMatch(/^Reload of checkout: Worker 2 never came\.\nWorker 1 is new\.\n/);
    expect(text).toContain('Instance   checkout, ssh://web3/run/checkout.stats, uWSGI 2.0.21');
    expect(text).toContain('Took       78.0 s, forecast not known');
    expect(text).toContain('Answered   7412 requests, cut off 1, exceptions 0');
    expect(text).toContain('  write "r", close');
    expect(text).toContain('  passed  FIFO is a FIFO: prw------- www-data');
    expect(text).toContain('  1: 18912 → 21004, 12\n  2: 18913 kept');
    expect(text).toMatch(/\d\d:\d\d:\d\d\.000 Wrote r to the FIFO\n/);
    expect(text).toMatch(/Last lines of its log\n {2}no python application found\n$/);
  });

  it('says when the reload still runs', () => {
    const text = reportText({ ...run, phase: 'watching', finishedAtMs: null, verdict: null });
    expect(text).toMatch(/^Reload of checkout: still running\n/);
    expect(text).toContain('not finished');
  });

  it('has the whole record as JSON', () => {
    expect(JSON.parse(reportJson(run))).toEqual({ format: 'reeve-reload', version: 1, ...run });
  });
});
