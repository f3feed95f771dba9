import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultEmperor, type EmperorSettings } from '../config/emperor-settings.ts';
import { MonitorWatch } from './monitor-watch.ts';
import type { FoundVassal } from './vassal-state.ts';

/** Monitors by their folder: what they find, how often they were asked, whether they are over. */
interface FakeMonitor {
  looks: number;
  isDisposed: boolean;
  answer: () => Promise<FoundVassal[] | null>;
}

let opened: Map<string, FakeMonitor[]>;
let told: [monitor: number, names: string[]][];
let watch: MonitorWatch;

const vassal = (id: string): FoundVassal => ({
  id,
  file: '',
  folder: '/',
  config: '',
  mtimeMs: 0,
  mark: '',
  uid: 0,
  gid: 0,
  onDemand: '',
  refusal: null,
});

const settings = (paths: string[], more: Partial<EmperorSettings> = {}): EmperorSettings => ({
  ...defaultEmperor(),
  monitors: paths.map((path) => ({ type: 'folder', path, text: path })),
  freqSeconds: 2,
  ...more,
});

const newest = (path: string): FakeMonitor => {
  const monitor = opened.get(path)?.at(-1);
  if (monitor === undefined) throw new Error(`${path} was not opened`);
  return monitor;
};

beforeEach(() => {
  vi.useFakeTimers();
  opened = new Map();
  told = [];
  watch = new MonitorWatch(
    { env: {}, cwd: '/', log: () => undefined },
    (monitor, found) => told.push([monitor, found.map(({ id }) => id)]),
    (setting) => {
      const path = setting.text;
      const fake: FakeMonitor = { looks: 0, isDisposed: false, answer: async () => [vassal(`${path}.ini`)] };
      opened.set(path, [...(opened.get(path) ?? []), fake]);
      return {
        scan: async () => {
          fake.looks += 1;
          return fake.answer();
        },
        dispose: () => {
          fake.isDisposed = true;
        },
      };
    },
  );
});

afterEach(() => {
  watch.dispose();
  vi.useRealTimers();
});

const pass = async (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

test('each is looked at now and every emperor-freq seconds, until there is a pause', async () => {
  watch.open(settings(['/a', '/b']));
  expect(watch.texts).toEqual(['/a', '/b']);
  await pass(0);
  expect(told).toEqual([
    [0, ['/a.ini']],
    [1, ['/b.ini']],
  ]);
  await pass(4);
  expect(newest('/a').looks).toBe(3);
  watch.pause();
  await pass(10);
  expect(newest('/a').looks).toBe(3);
  watch.rescan();
  await pass(0);
  expect(newest('/a').looks).toBe(4);
});

test('an emperor-freq of years is no hurry', async () => {
  watch.open(settings(['/a'], { freqSeconds: 100_000_000 }));
  await pass(60);
  expect(newest('/a').looks).toBe(1);
});

test('one that hangs holds up no other, and is not asked twice at a time', async () => {
  watch.open(settings(['/a', '/b']));
  const { promise, resolve } = Promise.withResolvers<FoundVassal[]>();
  await pass(0);
  newest('/a').answer = async () => promise;
  await pass(8);
  expect([newest('/a').looks, newest('/b').looks]).toEqual([2, 5]);
  watch.rescan();
  resolve([vassal('late.ini')]);
  await pass(0);
  expect(told.findLast(([monitor]) => monitor === 0)).toEqual([0, ['late.ini']]);
  // What was asked for meanwhile follows.
  expect(newest('/a').looks).toBe(3);
});

test('one that can not look says nothing', async () => {
  watch.open(settings(['/a']));
  await pass(0);
  newest('/a').answer = async () => null;
  await pass(4);
  expect(newest('/a').looks).toBe(3);
  expect(told).toHaveLength(1);
});

test('after a reload those with the same settings are kept with what they know, others are opened anew', async () => {
  watch.open(settings(['/a', '/b']));
  await pass(0);
  const [a, b] = [newest('/a'), newest('/b')];
  watch.open(settings(['/a', '/c'], { freqSeconds: 5, throttleMs: 7 }));
  expect(newest('/a')).toBe(a);
  expect([a.isDisposed, b.isDisposed]).toEqual([false, true]);
  expect(watch.texts).toEqual(['/a', '/c']);
  watch.open(settings(['/a', '/c'], { isTyrant: true }));
  expect(newest('/a')).not.toBe(a);
  expect(a.isDisposed).toBe(true);
});

test('what a place that is no more had found is gone', async () => {
  watch.open(settings(['/a', '/b']));
  await pass(0);
  told = [];
  watch.open(settings(['/a']));
  await pass(0);
  expect(told).toEqual([
    [1, []],
    [0, ['/a.ini']],
  ]);
});

test('an answer that comes after its monitor was replaced counts for nothing', async () => {
  watch.open(settings(['/a']));
  const { promise, resolve } = Promise.withResolvers<FoundVassal[]>();
  await pass(0);
  newest('/a').answer = async () => promise;
  await pass(2);
  watch.open(settings(['/b']));
  resolve([vassal('old.ini')]);
  await pass(0);
  expect(told.flatMap(([, names]) => names)).toEqual(['/a.ini', '/b.ini']);
});

test('a look that fails leaves everything as it is, and the next one is made', async () => {
  watch.open(settings(['a']));
  await vi.advanceTimersByTimeAsync(0);
  newest('a').answer = async () => {
    throw new Error('nobody thought of this');
  };
  await vi.advanceTimersByTimeAsync(2000);
  newest('a').answer = async () => [vassal('later.ini')];
  await vi.advanceTimersByTimeAsync(2000);
  expect(told).toEqual([
    [0, ['a.ini']],
    [0, ['later.ini']],
  ]);
});
