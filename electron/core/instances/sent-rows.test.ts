import { describe, expect, it } from 'vitest';
import { decodeFigures } from '../../contract/figures-row.ts';
import type { Figures, Instance } from '../../contract/model.ts';
import { SentRows } from './sent-rows.ts';

const figures: Figures = {
  atMs: 1_000,
  reqPerSec: 4.5,
  avgRtMs: null,
  busy: 1,
  workers: 4,
  listenQueue: 0,
  listenMax: 100,
  listenQueueErrors: 0,
  rssBytes: 7,
  rssLargestBytes: 3,
  txBytesPerSec: null,
  txBytesTotal: 9,
  exceptionsPerMin: 0,
  exceptionsTotal: 2,
  harakiriTotal: 0,
  harakiriLastHour: 0,
  requestsTotal: 40,
  staticPerSec: 0,
  staticTotal: 0,
  routedPerSec: 0,
  routedTotal: 0,
  websockets: 0,
};

function row(atMs: number, change: Partial<Instance> = {}): Instance {
  return {
    id: 'a',
    name: 'checkout',
    group: 'prod',
    kind: 'attached',
    statsAddress: '/run/a',
    machine: 'local',
    hostName: 'local',
    via: [],
    tags: [],
    readOnly: false,
    health: { level: 'ok', word: 'serving', sentence: null },
    link: { status: 'attached', reason: null, code: null, nextTryAtMs: null, lastAnswerAtMs: atMs, tries: [] },
    engine: null,
    figures: { ...figures, atMs },
    version: '2.0.31',
    masterPid: 1,
    runtime: null,
    cwd: null,
    upSinceMs: null,
    url: null,
    configPath: null,
    sample: false,
    harakiriMs: null,
    lastReloadAtMs: null,
    emperor: null,
    sections: [],
    ...change,
  };
}

describe('rows for the pages', () => {
  it('are whole at first, then figures only, which say the same', () => {
    const sent = new SentRows();
    expect(sent.split([row(1_000)]).changed).toEqual([row(1_000)]);
    const { changed, figures: rows } = sent.split([row(2_000)]);
    expect(changed).toEqual([]);
    expect(rows.map(decodeFigures)).toEqual([{ ...figures, atMs: 2_000 }]);
    expect(JSON.stringify(rows).length * 5).toBeLessThan(JSON.stringify([row(2_000)]).length);
  });

  it('are whole again when anything else is new', () => {
    const sent = new SentRows();
    sent.split([row(1_000)]);
    const health = { level: 'warn', word: '1 stuck request', sentence: 'Worker 1 hangs.' } as const;
    expect(sent.split([row(2_000, { health })]).changed).toHaveLength(1);
    expect(sent.split([row(3_000, { health })]).changed).toHaveLength(0);
    sent.clear();
    expect(sent.split([row(4_000, { health })]).changed).toHaveLength(1);
  });
});
