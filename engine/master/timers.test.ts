import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitFor } from '../testing/engine-process.ts';
import { Timers } from './timers.ts';

let raised: number[] = [];
const log: string[] = [];
let timers: Timers;

beforeEach(() => {
  raised = [];
  log.length = 0;
  timers = new Timers({ raise: (number) => raised.push(number), log: (text) => log.push(text) });
});
afterEach(() => {
  timers.dispose();
  vi.useRealTimers();
});

async function rings(times: number): Promise<void> {
  await waitFor(`signal ${times}`, () => raised.length >= times);
}

describe('timers', () => {
  it('ring when their generation serves, and not before', () => {
    vi.useFakeTimers();
    timers.add(1, { kind: 'timer', number: 7, seconds: 2, iterations: 0 });
    vi.advanceTimersByTime(10_000);
    expect(raised).toEqual([]);
    timers.takeOver(1);
    vi.advanceTimersByTime(6500);
    expect(raised).toEqual([7, 7, 7]);
    expect(timers.reports).toMatchObject([{ kind: 'timer', signal: 7, seconds: 2, raised: 3 }]);
  });

  it('of a month ring once a month', () => {
    vi.useFakeTimers();
    timers.takeOver(1);
    timers.add(1, { kind: 'timer', number: 9, seconds: 30 * 86_400, iterations: 0 });
    vi.advanceTimersByTime(29 * 86_400_000);
    expect(raised).toEqual([]);
    vi.advanceTimersByTime(32 * 86_400_000);
    expect(raised).toEqual([9, 9]);
  });

  it('with iterations ring so often', () => {
    vi.useFakeTimers();
    timers.takeOver(1);
    timers.add(1, { kind: 'rbtimer', number: 4, seconds: 1, iterations: 2 });
    vi.advanceTimersByTime(1000);
    expect(timers.reports).toMatchObject([{ iterations: 1 }]);
    vi.advanceTimersByTime(9000);
    expect(raised).toEqual([4, 4]);
    expect(timers.reports).toMatchObject([{ iterations: 0, next: 0, raised: 2 }]);
  });

  it('ring on when the clock is put back, and not at once when it is put forward', () => {
    vi.useFakeTimers();
    timers.takeOver(1);
    timers.add(1, { kind: 'timer', number: 3, seconds: 2, iterations: 0 });
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(3500);
    expect(raised).toEqual([3, 3]);
    expect(timers.reports[0]?.next).toBe(Math.floor((Date.now() + 1500) / 1000));
    vi.setSystemTime(Date.now() + 7_200_000);
    vi.advanceTimersByTime(1000);
    expect(raised).toEqual([3, 3]);
  });

  it('of the old generation end with it', () => {
    vi.useFakeTimers();
    timers.takeOver(1);
    timers.add(1, { kind: 'timer', number: 1, seconds: 1, iterations: 0 });
    timers.add(2, { kind: 'timer', number: 2, seconds: 1, iterations: 0 });
    timers.takeOver(2);
    vi.advanceTimersByTime(1000);
    expect(raised).toEqual([2]);
  });

  it('that several workers ask for are one', () => {
    vi.useFakeTimers();
    timers.takeOver(1);
    for (let worker = 0; worker < 4; worker++) timers.add(1, { kind: 'timer', number: 1, seconds: 1, iterations: 0 });
    vi.advanceTimersByTime(1000);
    expect(raised).toEqual([1]);
  });

  it('beyond 64 of a kind are left out, and the log says so', () => {
    for (let number = 0; number < 65; number++) timers.add(1, { kind: 'timer', number, seconds: 1, iterations: 0 });
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('signal 64');
  });
});

describe('file monitors', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('see a file change, also after another one has taken its place', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'a');
    timers.takeOver(1);
    timers.add(1, { kind: 'file', number: 5, path });
    appendFileSync(path, 'b');
    await rings(1);
    writeFileSync(join(folder, 'new'), 'c');
    renameSync(join(folder, 'new'), path);
    await rings(2);
    appendFileSync(path, 'd');
    await rings(3);
    expect(new Set(raised)).toEqual(new Set([5]));
    expect(timers.reports).toMatchObject([{ kind: 'file', signal: 5, path }]);
  });

  it('see what comes into a folder', async () => {
    timers.takeOver(1);
    timers.add(1, { kind: 'file', number: 6, path: folder });
    writeFileSync(join(folder, 'new'), '');
    await rings(1);
  });

  it('wait for a file that is not there', async () => {
    const path = join(folder, 'later');
    timers.takeOver(1);
    timers.add(1, { kind: 'file', number: 8, path });
    expect(log[0]).toContain('later can not be watched now');
    writeFileSync(path, '');
    await rings(1);
  });
});
