import { describe, expect, it } from 'vitest';
import type { Figures, RequestRow } from '../../contract/model.ts';
import { initialLink, linkOf } from '../link/link-machine.ts';
import { type HealthInput, judgeHealth } from './health.ts';

const figures: Figures = {
  atMs: 0,
  reqPerSec: 4,
  avgRtMs: 3,
  busy: 1,
  workers: 4,
  listenQueue: 0,
  listenMax: 100,
  listenQueueErrors: 0,
  rssBytes: null,
  rssLargestBytes: null,
  txBytesPerSec: 0,
  txBytesTotal: 0,
  exceptionsPerMin: 0,
  exceptionsTotal: 0,
  harakiriTotal: 0,
  harakiriLastHour: 0,
  requestsTotal: 0,
  staticPerSec: 0,
  staticTotal: 0,
  routedPerSec: 0,
  routedTotal: 0,
  websockets: 0,
};
const attached = { ...linkOf(initialLink()), status: 'attached' as const };

function judge(more: Partial<HealthInput>) {
  return judgeHealth({
    kind: 'attached',
    name: 'shop',
    link: attached,
    engine: null,
    figures,
    requests: [],
    harakiriMs: 60_000,
    queueErrorsLastMin: 0,
    exceptionsLastMin: 0,
    exceptionsMinuteBefore: 0,
    missingApplication: null,
    vassals: null,
    reloadRunning: false,
    ...more,
  });
}

function running(wid: number, elapsedMs: number, leftMs: number | null = 60_000 - elapsedMs): RequestRow {
  return {
    wid,
    core: 0,
    pid: wid,
    method: 'POST',
    path: '/cart/checkout',
    vars: [],
    remoteAddr: null,
    startedAtMs: 0,
    elapsedMs,
    leftMs,
  };
}

it.each([
  ['ssh-host-key-changed', 'link lost'],
  ['stats-not-json', 'no stats'],
])('a way that is given up is no link, an address that is none has no stats: %s', (code, word) => {
  const link = { ...attached, status: 'failed' as const, code, reason: 'It says why.' };
  expect(judge({ link })).toEqual({ level: 'lost', word, sentence: 'It says why.' });
});

describe('the health of an instance', () => {
  it('is ok without a sentence when there is nothing to do', () => {
    expect(judge({})).toEqual({ level: 'ok', word: 'serving', sentence: null });
  });

  it('is bad when the application could not be loaded, though everything runs', () => {
    const health = judge({ missingApplication: 'module = shop.wsgi', requests: [running(7, 41_000)] });
    expect(health).toMatchObject({ level: 'crit', word: 'no application' });
    expect(health.sentence).toContain('(module = shop.wsgi)');
  });

  it('warns of a request that runs for long, with its deadline', () => {
    expect(judge({ requests: [running(7, 41_000)] })).toEqual({
      level: 'warn',
      word: '1 stuck request',
      sentence: 'Worker 7 has been in POST /cart/checkout for 41 s. Harakiri kills it in 19 s.',
    });
    expect(judge({ requests: [running(7, 41_000), running(12, 18_000)] })).toMatchObject({
      word: '2 stuck requests',
      sentence: 'Worker 7 has been in POST /cart/checkout for 41 s, worker 12 for 18 s. Harakiri kills it in 19 s.',
    });
  });

  it('is not troubled by a websocket, which is meant to stay', () => {
    const open = { ...running(7, 3_600_000), vars: [['HTTP_UPGRADE', 'websocket'] as [string, string]] };
    expect(judge({ requests: [open] })).toMatchObject({ level: 'ok' });
    expect(judge({ requests: [open, running(8, 41_000)] })).toMatchObject({ word: '1 stuck request' });
  });

  it('calls it long from half of harakiri on', () => {
    expect(judge({ requests: [running(1, 4_000, 2_000)], harakiriMs: 6_000 }).level).toBe('warn');
    expect(judge({ requests: [running(1, 4_000, null)], harakiriMs: null }).level).toBe('ok');
    expect(judge({ requests: [running(1, 11_000, null)], harakiriMs: null }).sentence).toContain('No harakiri is set.');
  });

  it('warns when the listen queue is over half', () => {
    expect(judge({ figures: { ...figures, listenQueue: 51 } }).sentence).toBe(
      'The listen queue holds 51 of 100; 1 of 4 workers are busy.',
    );
    expect(judge({ figures: { ...figures, listenQueue: 50 } }).level).toBe('ok');
  });

  it('is critical when all workers are busy and the queue is full, or connections are refused', () => {
    expect(judge({ figures: { ...figures, busy: 4, listenQueue: 100 } }).level).toBe('crit');
    expect(judge({ queueErrorsLastMin: 3 })).toMatchObject({
      level: 'crit',
      sentence: 'The listen queue overflowed: 3 connections were refused in the last minute. 1 of 4 workers are busy.',
    });
  });

  it('warns when exceptions rise, not when they stay what they were', () => {
    expect(judge({ exceptionsLastMin: 12, exceptionsMinuteBefore: 1 }).level).toBe('warn');
    expect(judge({ exceptionsLastMin: 12, exceptionsMinuteBefore: 11 }).level).toBe('ok');
    expect(judge({ exceptionsLastMin: 2 }).level).toBe('ok');
  });

  it('is lost, never critical, when there is no link', () => {
    const link = {
      ...attached,
      status: 'waiting' as const,
      reason: 'Nothing listens on :1717.',
      code: 'stats-refused',
    };
    expect(judge({ link, queueErrorsLastMin: 9 })).toEqual({
      level: 'lost',
      word: 'link lost',
      sentence: 'Nothing listens on :1717.',
    });
    expect(judge({ link, reloadRunning: true })).toMatchObject({ level: 'ok', word: 'reloading' });
  });

  it('follows the bundled engine', () => {
    const engine = {
      status: 'failed',
      pid: null,
      error: 'Traceback\nImportError: no module shop\n',
      startedAtMs: null,
    } as const;
    expect(judge({ kind: 'engine', engine })).toEqual({
      level: 'crit',
      word: 'failed',
      sentence: 'shop does not run: ImportError: no module shop',
    });
    expect(judge({ kind: 'engine', engine: { ...engine, status: 'stopped' } }).level).toBe('off');
    expect(judge({ kind: 'engine', engine: { ...engine, status: 'running' } }).word).toBe('running');
  });
});
