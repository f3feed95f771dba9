/** A reload and a worker of it for tests of this folder; every test names what it is about. */
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';

export function aWorker(more: Partial<ReloadRun['workers'][number]> = {}): ReloadRun['workers'][number] {
  return { wid: 1, oldPid: 18_912, newPid: null, served: 0, spans: [{ state: 'old', fromMs: 0, toMs: null }], ...more };
}

export function aRun(more: Partial<ReloadRun> = {}): ReloadRun {
  return {
    id: 'r1',
    instanceId: 'i1',
    subject: null,
    method: {
      id: 'fifo-graceful',
      title: 'Full reload',
      option: 'master-fifo, r',
      explanation: 'Reads the configuration again.',
      enabled: true,
      whyNot: null,
      action: ['open /run/app.fifo', '  write-only, non-blocking, never create', 'write "r", close'],
    },
    checks: [{ id: 'fifo', title: 'FIFO is a FIFO', value: 'prw-------', status: 'pass', detail: null }],
    startedAtMs: Date.UTC(2026, 10, 22, 12, 0, 0),
    finishedAtMs: null,
    phase: 'watching',
    verdict: null,
    workers: [aWorker()],
    answered: 0,
    cutOff: 0,
    exceptions: 0,
    queuePeak: 0,
    forecast: { durationMs: null, queuePeak: null, requestsAtRisk: null, text: '' },
    series: [],
    log: [],
    logTail: [],
    ...more,
  };
}
