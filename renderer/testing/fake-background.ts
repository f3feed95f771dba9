/** What runs beside requests on the invented servers: nothing, and no spoolers. */
import type { MethodName, Params, Result } from '../../electron/contract/api.ts';

type Mine = Extract<MethodName, `background.${string}` | `spool.${string}`>;
type FakeBackground = { [M in Mine]: (params: Params<M>) => Result<M> };

export const fakeBackground: FakeBackground = {
  'background.watch': () => ({ background: null }),
  'background.unwatch': () => ({}),
  'spool.list': ({ folder }) => ({
    status: 'unreadable',
    atMs: 0,
    reason: `There is no folder ${folder}.`,
    hint: 'The fake core has no spoolers.',
  }),
  'spool.task': () => ({ status: 'gone' }),
  'spool.retry': () => ({ results: [] }),
  'spool.delete': () => ({ results: [] }),
};
