import { describe, expect, it } from 'vitest';
import type { OptionFigure } from '../../contract/live-figures.ts';
import { liveFigures } from './live-figures.ts';
import type { LiveFacts } from './live-rule.ts';

const MIB = 1024 * 1024;
const MINUTE = 60_000;

function facts(more: Partial<LiveFacts> = {}): LiveFacts {
  return {
    nowMs: 1_790_000_000_000,
    samples: 900,
    windowMs: 15 * MINUTE,
    allBusySamples: 0,
    busyPeak: 3,
    queuePeak: 0,
    queuePeakAtMs: 1_790_000_000_000,
    queueLimit: 100,
    slowestMs: 340,
    workers: 8,
    cores: 8,
    nearest: { wid: 4, requests: 4812 },
    longestNow: null,
    startupMs: 3_000,
    memoryBytes: 800 * MIB,
    largestBytes: 120 * MIB,
    peaks: {
      steps: 90,
      busyCores: 3,
      activeLeast: 8,
      longestMs: 0,
      rssLargestBytes: 120 * MIB,
      rssTotalBytes: 800 * MIB,
    },
    lives: [],
    day: null,
    drains: [],
    machine: { cpus: 4, freeBytes: 8000 * MIB, somaxconn: 4096 },
    values: new Map(),
    ...more,
  };
}

function figureOf(option: string, more: Partial<LiveFacts> = {}): OptionFigure {
  const found = liveFigures(facts(more)).find((figure) => figure.option === option);
  if (found === undefined) throw new Error(`no figure for ${option}`);
  return found;
}

const words = ({ parts }: OptionFigure): string => parts.map(({ text }) => text).join(' ');
const life = (lifeMs: number, more: Partial<LiveFacts['lives'][number]> = {}): LiveFacts['lives'][number] => ({
  wid: 1,
  lifeMs,
  requests: 1000,
  rssBytes: 100 * MIB,
  endedAtMs: 0,
  ...more,
});
const day = (more: Partial<NonNullable<LiveFacts['day']>> = {}): LiveFacts['day'] => ({
  buckets: 8640,
  busy: 2.4,
  listenQueue: 0,
  listenQueueAtMs: 0,
  harakiri: 0,
  ...more,
});

describe('live figures', () => {
  it('are none before the first sample', () => {
    expect(liveFigures(facts({ samples: 0 }))).toEqual([]);
  });

  it('say what each option comes to, in a few words', () => {
    const values = new Map([
      ['max-requests', '5000'],
      ['cheaper', '2'],
      ['lazy-apps', 'true'],
    ]);
    const figures = liveFigures(facts({ cores: 16, values, drains: [{ longestMs: 2100, cutOff: 0 }] }));
    expect(figures.map((figure) => `${figure.option}: ${words(figure)}`)).toEqual([
      'processes: peak busy 3 of 8',
      'threads: peak cores 3 of 16',
      'listen: peak 0',
      'harakiri: slowest 340 ms',
      'reload-on-rss: largest 120 MiB',
      'evil-reload-on-rss: largest 120 MiB',
      'cheaper: lowest 8 active',
      'max-requests: nearest 4812, wid 4',
      'worker-reload-mercy: longest drain 2.1 s',
      'lazy-apps: start-up 3.0 s',
      'memory-report: all workers 800 MiB',
    ]);
    expect(figures.every(({ suggestion }) => suggestion === null)).toBe(true);
  });

  it('leave out what the server does not report', () => {
    const options = liveFigures(facts({ largestBytes: null, memoryBytes: null, queueLimit: null, nearest: null })).map(
      ({ option }) => option,
    );
    expect(options).toEqual(['processes', 'harakiri']);
  });
});

describe('processes', () => {
  const full = { busyPeak: 8, allBusySamples: 108, queuePeak: 9 };

  it('should be more when all were busy for long and requests waited', () => {
    const { suggestion, evidence, parts } = figureOf('processes', full);
    expect(suggestion?.value).toBe('12');
    expect(evidence).toBe('All 8 workers were busy in 12 % of 900 samples (108 s), and up to 9 requests waited.');
    expect(parts[1]?.tone).toBe('warn');
  });

  it.each([
    ['none waited', { ...full, queuePeak: 0 }],
    ['the queue is that of a unix socket, which nobody sees', { ...full, queuePeak: 0, queueLimit: null }],
    ['there are few samples', { ...full, samples: 200, allBusySamples: 40 }],
    ['it was for a moment only', { ...full, allBusySamples: 3 }],
    ['the memory would not do', { ...full, machine: { cpus: 4, freeBytes: 500 * MIB, somaxconn: null } }],
    ['there are far fewer CPUs', { ...full, machine: { cpus: 1, freeBytes: 8000 * MIB, somaxconn: null } }],
  ])('are left as they are when %s', (_why, more) => {
    expect(figureOf('processes', more).suggestion).toBeNull();
  });

  it('says that a queue of unix sockets is not seen, rather than that nobody waited', () => {
    const { evidence } = figureOf('processes', { ...full, queuePeak: 0, queueLimit: null });
    expect(evidence).toMatch(/Whether requests waited is not known/);
  });

  it('may be fewer after a day in which few were busy', () => {
    const { suggestion, evidence } = figureOf('processes', { workers: 16, day: day() });
    expect(suggestion?.value).toBe('6');
    expect(evidence).toContain('At most 3 of 16 busy at once in 24 h');
  });

  it('fit when their day says so, and are not judged by an hour', () => {
    expect(figureOf('processes', { day: day({ busy: 6.2 }) })).toMatchObject({
      suggestion: null,
      evidence: expect.stringMatching(/7 of 8 .* 8 fit\.$/),
    });
    expect(figureOf('processes', { workers: 64, day: day({ buckets: 360 }) }).suggestion).toBeNull();
  });
});

describe('listen', () => {
  it('should be longer when it was filled by half, with the limit of the kernel', () => {
    const machine = { cpus: 4, freeBytes: 0, somaxconn: 128 };
    const { suggestion, evidence } = figureOf('listen', { queuePeak: 74, machine });
    expect(suggestion?.title).toBe('listen = 512');
    expect(evidence).toMatch(/^The queue reached 74 of 100 at \d\d:\d\d; the kernel's limit .* is 128 /);
  });

  it('is left as it is below that', () => {
    expect(figureOf('listen', { queuePeak: 40 })).toMatchObject({ suggestion: null });
    expect(figureOf('listen', { queuePeak: 74, samples: 20 })).toMatchObject({ suggestion: null });
  });
});

describe('limits of workers', () => {
  it('name the longest request that runs when it is long', () => {
    const longestNow = { ms: 41_000, what: 'GET /export' };
    const figure = figureOf('harakiri', { longestNow, values: new Map([['harakiri', '60']]) });
    expect(words(figure)).toBe('longest now 41 s');
    expect(figure.parts[1]?.tone).toBe('warn');
    expect(figure.rows).toContainEqual(['Longest now', '41 s, GET /export']);
  });

  it('suggest more requests for workers that live for seconds', () => {
    const lives = Array.from({ length: 6 }, () => life(15_000));
    const { suggestion, evidence, parts } = figureOf('max-requests', {
      lives,
      values: new Map([['max-requests', '1000']]),
    });
    expect(suggestion?.value).toBe('50000');
    expect(evidence).toContain('after about 15 s (6 lives). Each start takes 3.0 s.');
    expect(parts.map(({ text }) => text)).toEqual(['new every', '15 s']);
  });

  it('suggest nothing from few lives, or from workers that ended for another reason', () => {
    const values = new Map([['max-requests', '1000']]);
    expect(figureOf('max-requests', { lives: [life(15_000)], values }).suggestion).toBeNull();
    const crashed = Array.from({ length: 9 }, () => life(15_000, { requests: 12 }));
    expect(figureOf('max-requests', { lives: crashed, values }).suggestion).toBeNull();
  });

  it('suggest more memory when workers reach the limit within minutes', () => {
    const lives = Array.from({ length: 5 }, () => life(4 * MINUTE, { rssBytes: 199 * MIB }));
    const { suggestion } = figureOf('reload-on-rss', { lives, values: new Map([['reload-on-rss', '200']]) });
    expect(suggestion?.value).toBe('300');
  });

  it('suggest a mercy as long as harakiri when reloads cut requests off', () => {
    const values = new Map([
      ['harakiri', '90'],
      ['worker-reload-mercy', '30'],
    ]);
    const drains = [{ longestMs: 30_000, cutOff: 2 }];
    expect(figureOf('worker-reload-mercy', { values, drains }).suggestion?.value).toBe('90');
    expect(
      figureOf('worker-reload-mercy', { values, drains: [{ longestMs: 9_000, cutOff: 0 }] }).suggestion,
    ).toBeNull();
  });
});
