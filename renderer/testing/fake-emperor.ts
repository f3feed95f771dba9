/** Emperors of the invented servers: there are none. */
import type { MethodName, Params, Result } from '../../electron/contract/api.ts';

type Mine = Extract<MethodName, `emperor.${string}`>;
type FakeEmperor = { [M in Exclude<Mine, 'emperor.open'>]: (params: Params<M>) => Result<M> };

export const fakeEmperor: FakeEmperor = {
  'emperor.watch': () => ({ emperor: null }),
  'emperor.unwatch': () => ({}),
  'emperor.touch': () => ({ results: [] }),
  'emperor.attach': () => ({ results: [] }),
  'emperor.log': () => ({ path: null, lines: [], reason: 'The fake core has no emperors.' }),
};
