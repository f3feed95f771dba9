import { expect, it } from 'vitest';
import { type MethodName, methods, type Params, type Result } from '../../../../electron/contract/api.ts';
import type { OptionFigure } from '../../../../electron/contract/live-figures.ts';
import { createLiveStore, rowsOf } from './live-store.ts';

const results: { [M in MethodName]: { result: { parse(raw: unknown): Result<M> } } } = methods;

const LISTEN: OptionFigure = {
  option: 'listen',
  parts: [{ text: 'peak', tone: 'label' }],
  rows: [['Most waiting at once', '74 of 100']],
  suggestion: { value: '512', title: 'listen = 512' },
  evidence: 'The queue reached 74 of 100.',
};

/** Timers fire when the test says so; `answer` may fail. */
function setUp(answer: () => readonly OptionFigure[]) {
  const timers: (() => void)[] = [];
  const shown = { isHidden: false, asked: 0 };
  const store = createLiveStore({
    client: {
      call: async <M extends MethodName>(method: M, _params: Params<M>): Promise<Result<M>> => {
        shown.asked += 1;
        return results[method].result.parse({ atMs: 1, windowMs: 1, figures: answer() });
      },
    },
    instanceId: 'shop',
    isHidden: () => shown.isHidden,
    setTimer: (fire) => {
      timers.push(fire);
      return () => timers.splice(timers.indexOf(fire), 1);
    },
  });
  const next = async (): Promise<void> => {
    timers.shift()?.();
    await settled();
  };
  return { store, shown, timers, next };
}

async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(() => resolve(undefined));
  await promise;
}

it('figures are asked for again and again until nobody follows, and stay the same object while they are the same', async () => {
  const { store, shown, timers, next } = setUp(() => [LISTEN]);
  const stop = store.follow();
  await settled();
  const first = store.getState();
  expect([...first.keys()]).toEqual(['listen']);
  await next();
  expect(shown.asked).toBe(2);
  expect(store.getState()).toBe(first);
  stop();
  expect(timers).toEqual([]);
});

it('nothing is asked while nobody looks', async () => {
  const { store, shown, next } = setUp(() => [LISTEN]);
  shown.isHidden = true;
  store.follow();
  await settled();
  await next();
  expect(shown.asked).toBe(0);
  shown.isHidden = false;
  await next();
  expect(shown.asked).toBe(1);
});

it('figures go when the server can not be asked any more', async () => {
  let isGone = false;
  const { store, next } = setUp(() => {
    if (isGone) throw new Error('gone');
    return [LISTEN];
  });
  store.follow();
  await settled();
  isGone = true;
  await next();
  expect(store.getState().size).toBe(0);
});

it('cards show the rows with the suggestion below them', () => {
  expect(rowsOf(new Map([['listen', LISTEN]])).get('listen')).toEqual([
    ['Most waiting at once', '74 of 100'],
    ['Suggested', 'listen = 512'],
  ]);
});
