/** A reload without a server: its plan, and a run in which worker after worker becomes new. For tests and `?fake` only. */
import type { ReloadMethod, ReloadPlan, ReloadRun } from '../../electron/contract/reload-model.ts';
import type { FakeServer } from './fake-world.ts';

type SpanState = ReloadRun['workers'][number]['spans'][number]['state'];

const METHODS: ReloadMethod[] = [
  {
    id: 'fifo-graceful',
    title: 'Graceful reload',
    option: 'master-fifo, r',
    explanation: 'The new generation loads beside the old one, which serves until it is ready.',
    enabled: true,
    whyNot: null,
    action: ['open /run/hello.fifo for writing, without creating it', 'write r'],
  },
  {
    id: 'fifo-chain',
    title: 'Chain reload',
    option: 'master-fifo, c',
    explanation: 'One worker after the other.',
    enabled: false,
    whyNot: 'lazy-apps is off: workers would keep the old code.',
    action: ['write c'],
  },
  {
    id: 'signal',
    title: 'Signal',
    option: 'SIGHUP',
    explanation: 'The same as a graceful reload, by signal.',
    enabled: true,
    whyNot: null,
    action: ['kill -HUP 5120'],
  },
];

export function fakePlan(instanceId: string, nowMs: number): ReloadPlan {
  return {
    instanceId,
    methods: METHODS,
    recommended: 'fifo-graceful',
    why: 'A full reload by FIFO reads the configuration and the code again, and keeps the open sockets.',
    checks: [
      { id: 'fifo', title: 'The FIFO has a reader', value: '/run/hello.fifo', status: 'pass', detail: null },
      { id: 'queue', title: 'Room in the listen queue', value: '100', status: 'pass', detail: null },
      {
        id: 'lazy',
        title: 'lazy-apps',
        value: 'off',
        status: 'warn',
        detail: 'A chain reload would not load new code.',
      },
    ],
    checkedAtMs: nowMs,
    forecast: { durationMs: 4200, queuePeak: 3, requestsAtRisk: 0, text: '' },
    acceptedBefore: false,
    acceptedMethods: [],
    sudo: false,
    needsName: false,
  };
}

export function fakeRun(id: string, server: FakeServer, method: ReloadMethod, nowMs: number): ReloadRun {
  const instanceId = server.instance.id;
  return {
    id,
    instanceId,
    subject: null,
    method,
    checks: fakePlan(instanceId, nowMs).checks,
    startedAtMs: nowMs,
    finishedAtMs: null,
    phase: 'watching',
    verdict: null,
    workers: server.workers.map(({ wid, pid }) => ({
      wid,
      oldPid: pid,
      newPid: null,
      served: 0,
      spans: [{ state: 'old', fromMs: nowMs, toMs: null }],
    })),
    answered: 0,
    cutOff: 0,
    exceptions: 0,
    queuePeak: 2,
    forecast: fakePlan(instanceId, nowMs).forecast,
    series: [],
    log: [{ atMs: nowMs, level: 'info', text: 'Wrote r to /run/hello.fifo' }],
    logTail: [],
  };
}

/** The run a moment later. */
export function stepFakeRun(run: ReloadRun, nowMs: number, random: () => number): ReloadRun {
  const passedMs = nowMs - run.startedAtMs;
  const workers = run.workers.map((worker, index) => {
    const drainAt = run.startedAtMs + 1000 + index * 600;
    const newPid = nowMs > drainAt + 2000 ? worker.oldPid + 1000 : null;
    const bounds: [SpanState, number][] = [
      ['old', run.startedAtMs],
      ['draining', drainAt],
      ['starting', drainAt + 700],
      ['new', drainAt + 2000],
    ];
    const begun = bounds.filter(([, fromMs]) => fromMs <= nowMs);
    const spans = begun.map(([state, fromMs], at) => ({ state, fromMs, toMs: begun[at + 1]?.[1] ?? null }));
    return { ...worker, newPid, spans };
  });
  const isDone = workers.every((worker) => worker.newPid !== null);
  return {
    ...run,
    workers,
    phase: isDone ? 'finished' : 'watching',
    finishedAtMs: isDone ? nowMs : null,
    verdict: isDone
      ? {
          status: 'done',
          title: `Done in ${Math.round(passedMs / 1000)} s`,
          detail: `${workers.length} of ${workers.length} workers are new. No request was lost.`,
        }
      : null,
    answered: run.answered + 80,
    series: [...run.series, [passedMs, 80 + 10 * random(), Math.round(4 * random()), 120 + 80 * random()]],
    log: isDone ? [...run.log, { atMs: nowMs, level: 'info', text: 'All workers are new' }] : run.log,
  };
}
