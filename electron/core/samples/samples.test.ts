import { describe, expect, it } from 'vitest';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import { SAMPLE_COLUMNS } from '../../contract/model.ts';
import { aBusyWorker, aDocument, aStatsCore, aStatsWorker } from '../testing/stats-fixture.ts';
import { compareCounters, readCounters } from './counters.ts';
import { makeFigures, makeGapRow, makeSampleRow, sumWorkers } from './figures.ts';
import { findPollEvents } from './poll-events.ts';
import { redactVar } from './redact.ts';
import { readRunningRequests } from './running-requests.ts';
import { SampleRing } from './sample-ring.ts';
import { makeWorkerRow, stateString } from './worker-rows.ts';

const NOW = 1_700_000_100_000;
const context = { atMs: NOW, previousAtMs: null, previousStarts: new Map<string, number>(), harakiriMs: 30_000 };

function sampleAt(atMs: number, reqPerSec: number | null) {
  return makeGapRow(atMs).map((value, i) => (SAMPLE_COLUMNS[i] === 'reqPerSec' ? reqPerSec : value));
}

describe('the ring of samples', () => {
  it('gives back what was put in, oldest first, with gaps as null', () => {
    const ring = new SampleRing(3);
    ring.push(sampleAt(1, 10), 'ib');
    ring.push(sampleAt(2, null), '');
    const history = ring.history([]);
    expect(history.columns[0]).toEqual([1, 2]);
    expect(history.columns[1]).toEqual([10, null]);
    expect(history.states).toEqual(['ib', '']);
  });

  it('keeps the newest when it is full', () => {
    const ring = new SampleRing(3);
    for (let i = 1; i <= 7; i += 1) ring.push(sampleAt(i, i), `${i}`);
    expect(ring.history([]).columns[0]).toEqual([5, 6, 7]);
    expect(ring.history([]).states).toEqual(['5', '6', '7']);
    expect(ring.spanMs).toBe(2);
  });

  it('sums a column over the last samples, leaving out what is not known', () => {
    const ring = new SampleRing(10);
    for (const [atMs, value] of [
      [1, 100],
      [2, 5],
      [3, null],
      [4, 7],
    ] as const)
      ring.push(sampleAt(atMs, value), '');
    expect(ring.sumSince('reqPerSec', 2)).toBe(12);
  });
});

describe('running requests', () => {
  it('are listed longest first with what is left until harakiri', () => {
    const document = aDocument({
      workers: [aBusyWorker(NOW / 1000 - 2), aBusyWorker(NOW / 1000 - 20, { id: 2, pid: 7 })],
    });
    const { rows } = readRunningRequests(document, context);
    expect(rows.map(({ wid, elapsedMs, leftMs }) => ({ wid, elapsedMs, leftMs }))).toEqual([
      { wid: 2, elapsedMs: 20_000, leftMs: 10_000 },
      { wid: 1, elapsedMs: 2_000, leftMs: 28_000 },
    ]);
    expect(rows[0]).toMatchObject({ method: 'GET', path: '/slow', remoteAddr: '127.0.0.1' });
  });

  it('have their start within the second that uWSGI gives, but not before a poll that did not see them', () => {
    const document = aDocument({ workers: [aBusyWorker(NOW / 1000)] });
    const { rows } = readRunningRequests(document, { ...context, atMs: NOW + 900, previousAtMs: NOW + 400 });
    expect(rows[0]?.startedAtMs).toBe(NOW + 400);
  });

  it('keep their start from poll to poll', () => {
    const document = aDocument({ workers: [aBusyWorker(NOW / 1000)] });
    const first = readRunningRequests(document, { ...context, atMs: NOW + 900, previousAtMs: NOW + 400 });
    const second = readRunningRequests(document, {
      ...context,
      atMs: NOW + 1900,
      previousAtMs: NOW + 900,
      previousStarts: first.starts,
    });
    expect(second.rows[0]).toMatchObject({ startedAtMs: NOW + 400, elapsedMs: 1500 });
  });

  it('without a start time have no elapsed time rather than a wrong one', () => {
    const worker = aStatsWorker({ cores: [aStatsCore({ in_request: 1, vars: [''] })] });
    const { rows } = readRunningRequests(aDocument({ workers: [worker] }), context);
    expect(rows[0]).toMatchObject({ startedAtMs: null, elapsedMs: null, leftMs: null, vars: [] });
  });
});

describe('request variables', () => {
  it.each([
    ['HTTP_COOKIE=session=abc', 'hidden'],
    ['HTTP_AUTHORIZATION=Bearer abc', 'hidden'],
    ['HTTP_PROXY_AUTHORIZATION=Basic abc', 'hidden'],
    ['HTTP_X_CSRF_TOKEN=abc', 'hidden'],
    ['MY_SECRET=abc', 'hidden'],
    ['HTTP_X_API_KEY=abc', 'hidden'],
    ['DB_PASSWORD=abc', 'hidden'],
    ['QUERY_STRING=basket=7&token=abc&flag', 'basket=hidden&token=hidden&hidden'],
    ['QUERY_STRING=', ''],
    ['REQUEST_URI=/cart?token=abc', '/cart?token=hidden'],
    ['REQUEST_URI=/cart', '/cart'],
    ['HTTP_REFERER=https://user:pw@shop.example/a?b=c#d', 'https://hidden@shop.example/a?b=hidden'],
    ['PATH_INFO=/cart', '/cart'],
    ['HTTP_USER_AGENT=curl/8', 'curl/8'],
  ])('%s is shown as %s', (text, shown) => {
    expect(redactVar(text)?.[1]).toBe(shown);
  });

  it('that are no variables are left out', () => {
    expect(redactVar('')).toBeNull();
    expect(redactVar('=x')).toBeNull();
  });
});

describe('states of workers', () => {
  it('are one letter each in the order of the workers', () => {
    const workers = [
      aStatsWorker(),
      aBusyWorker(NOW / 1000 - 1, { id: 2, pid: 2 }),
      aBusyWorker(NOW / 1000 - 12, { id: 3, pid: 3 }),
      aStatsWorker({ id: 4, pid: 4, status: 'cheap' }),
      aStatsWorker({ id: 5, pid: 5, status: 'pause' }),
      aStatsWorker({ id: 6, pid: 6, status: 'sig17' }),
      aStatsWorker({ id: 7, pid: 0 }),
      aStatsWorker({ id: 8, pid: 88 }),
      aStatsWorker({ id: 9, pid: 0, last_spawn: 0 }),
      aStatsWorker({ id: 0, pid: 0, status: 'cheap' }),
    ];
    const document = aDocument({ workers });
    const { rows } = readRunningRequests(document, context);
    const pids = new Map(workers.map((worker) => [worker.id, worker.id === 8 ? 8 : worker.pid]));
    expect(stateString(document, rows, pids, 30_000)).toBe('iblcpsdnn');
  });

  it('count a worker that had no process yet as nothing: it is neither idle nor down', () => {
    const workers = [aStatsWorker(), aStatsWorker({ id: 2, pid: 0, last_spawn: 0 }), aStatsWorker({ id: 3, pid: 0 })];
    expect(sumWorkers(aDocument({ workers }))).toMatchObject({ workers: 3, statuses: { idle: 1, down: 1 } });
  });

  it('call a request long from half of harakiri on when that is less than 10 s', () => {
    const document = aDocument({ workers: [aBusyWorker(NOW / 1000 - 3)] });
    const { rows } = readRunningRequests(document, context);
    expect(stateString(document, rows, null, 6_000)).toBe('l');
    expect(stateString(document, rows, null, null)).toBe('b');
  });

  it('stand in a row with the signal and what is served', () => {
    const document = aDocument({ workers: [aBusyWorker(NOW / 1000 - 3)] });
    const { rows } = readRunningRequests(document, context);
    const [worker] = document.workers;
    if (worker === undefined) throw new Error('no worker');
    expect(makeWorkerRow(worker, null, rows, 64)).toMatchObject({
      status: 'busy',
      nowServing: 'GET /slow',
      elapsedMs: 3000,
    });
    expect(makeWorkerRow(aStatsWorker({ status: 'sig3' }), null, [], 64)).toMatchObject({ status: 'sig', signal: 3 });
  });
});

const NO_RATES = { exceptionsPerMin: null, harakiriLastHour: null, websockets: 0 };

function aFileServer(files: number, routed: number): StatsDocument {
  return aDocument({
    workers: [aStatsWorker({ cores: [aStatsCore({ static_requests: files, routed_requests: routed })] })],
  });
}

describe('figures', () => {
  it('count what is answered without the application, and the websockets that are open', () => {
    const delta = compareCounters(readCounters(aFileServer(10, 1), 0), readCounters(aFileServer(30, 2), 2000));
    const figures = makeFigures(aFileServer(30, 2), sumWorkers(aFileServer(30, 2)), delta, NOW, {
      ...NO_RATES,
      websockets: 3,
    });
    expect(figures).toMatchObject({
      staticPerSec: 10,
      staticTotal: 30,
      routedPerSec: 0.5,
      routedTotal: 2,
      websockets: 3,
    });
  });

  it('have no memory when memory-report is off', () => {
    const figures = makeFigures(aDocument(), sumWorkers(aDocument()), null, NOW, NO_RATES);
    expect(figures).toMatchObject({ rssBytes: null, rssLargestBytes: null, listenMax: 100, workers: 1, busy: 0 });
  });

  it('sum and compare memory when it is on', () => {
    const document = aDocument({ workers: [aStatsWorker({ rss: 10 }), aStatsWorker({ id: 2, rss: 30 })] });
    const row = makeSampleRow(document, sumWorkers(document), null, NOW);
    expect(row[SAMPLE_COLUMNS.indexOf('rssBytes')]).toBe(40);
    expect(row[SAMPLE_COLUMNS.indexOf('rssLargestBytes')]).toBe(30);
    expect(row[SAMPLE_COLUMNS.indexOf('reqPerSec')]).toBeNull();
  });
});

function events(
  before: Parameters<typeof aDocument>[0],
  after: Parameters<typeof aDocument>[0],
  reloadRunning = false,
) {
  const document = aDocument(after);
  const requestsBefore = readRunningRequests(aDocument(before), context).rows;
  const [a, b] = [readCounters(aDocument(before), 0), readCounters(document, 1000)];
  expect(compareCounters(a, b).seconds).toBe(1);
  return findPollEvents({ before: a, after: b, document, requestsBefore, atMs: NOW, reloadRunning });
}

describe('events between polls', () => {
  const two = [aStatsWorker(), aStatsWorker({ id: 2, pid: 1002 })];

  it('tell of a worker that was replaced, and what it was in', () => {
    const before = [aBusyWorker(NOW / 1000 - 4), aStatsWorker({ id: 2, pid: 1002 })];
    const found = events(
      { workers: before },
      { workers: [aStatsWorker({ pid: 7, respawn_count: 2 }), aStatsWorker({ id: 2, pid: 1002 })] },
    );
    expect(found).toEqual([
      expect.objectContaining({
        type: 'respawn',
        title: 'Worker 1 respawned, pid 1001 is now 7',
        detail: 'Back within 1.0 s; it was in GET /slow.',
      }),
    ]);
  });

  it('tell of a harakiri instead of a respawn', () => {
    const before = [aBusyWorker(NOW / 1000 - 31), aStatsWorker({ id: 2, pid: 1002 })];
    const after = [aStatsWorker({ pid: 7, respawn_count: 2, harakiri_count: 1 }), aStatsWorker({ id: 2, pid: 1002 })];
    expect(events({ workers: before }, { workers: after })).toEqual([
      expect.objectContaining({
        type: 'harakiri',
        title: 'Harakiri, worker 1, pid 1001',
        detail: 'GET /slow after 31 s; back as pid 7',
      }),
    ]);
  });

  it('call it a reload when all workers are new, and stay quiet while one is watched', () => {
    const after = [aStatsWorker({ pid: 7 }), aStatsWorker({ id: 2, pid: 8 })];
    expect(events({ workers: two }, { workers: after }).map((event) => event.type)).toEqual(['reload']);
    expect(events({ workers: two }, { workers: after }, true)).toEqual([]);
  });

  it('count exceptions', () => {
    const after = [aStatsWorker({ exceptions: 3 }), aStatsWorker({ id: 2, pid: 1002 })];
    expect(events({ workers: two }, { workers: after })[0]).toMatchObject({ title: '3 exceptions in worker 1' });
  });
});
