import { describe, expect, it } from 'vitest';
import { type LogLine, MOST_LOG_LINES } from '../contract/logs-model.ts';
import { LogPrinter } from './log-printer.ts';

function lines(from: number, to: number): LogLine[] {
  return Array.from({ length: to - from }, (_, i) => ({
    seq: from + i,
    atMs: 0,
    text: `line ${from + i}`,
    hasSecrets: false,
    level: 'info',
    pid: null,
    wid: null,
    request: null,
  }));
}

function open(flushed: () => Promise<boolean>, kept: () => LogLine[] = () => []) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    flushed,
    env: {},
    cwd: '/',
  };
  const printer = new LogPrinter({ terminal, format: ({ text }) => text, readAgain: async () => kept() });
  return { out, err, printer };
}

describe('lines that are printed', () => {
  it('come once each and in order, those of a gap too', async () => {
    const { out, err, printer } = open(
      async () => true,
      () => lines(1, 40),
    );
    printer.push(lines(1, 10));
    printer.push(lines(5, 12));
    await printer.settle();
    printer.push(lines(30, 40));
    await printer.settle();
    expect(out).toEqual(lines(1, 40).map(({ text }) => text));
    expect(err).toEqual([]);
  });

  it('wait for a slow reader in a bounded number, and what is left out is said', async () => {
    const taken = Promise.withResolvers<boolean>();
    const { out, err, printer } = open(
      async () => taken.promise,
      () => lines(90_001, 100_001),
    );
    printer.push(lines(1, 2));
    for (let from = 2; from < 100_000; from += 1_000) printer.push(lines(from, from + 1_000));
    expect(out.length).toBeLessThan(500);
    taken.resolve(true);
    await printer.settle();
    expect(out).toHaveLength(1 + MOST_LOG_LINES);
    expect(err).toEqual(['89999 lines came faster than they were read and are left out.']);
  });

  it('end when nobody reads any more', async () => {
    const { out, printer } = open(async () => false);
    printer.push(lines(1, 5_000));
    await printer.readerGone;
    expect(out.length).toBeLessThan(500);
  });
});
