/** Rolling reloads that are known, newest first: asked once per connection, then replaced whole by `rolling.changed`. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RollingOptions, RollingRun } from '../../electron/contract/actions-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface RollingState {
  status: 'loading' | 'ready' | 'failed';
  failure: Failure | null;
  runs: readonly RollingRun[];
}

/** Calls reject with RpcError; the page that made them shows it. */
export interface RollingStore extends StoreApi<RollingState> {
  start(options: RollingOptions): Promise<RollingRun>;
  stop(rollingId: string): Promise<RollingRun>;
  /** `confirmedNames`: typed for the read-only instances that are not done. */
  resume(rollingId: string, confirmedNames: string[]): Promise<RollingRun>;
  dispose(): void;
}

export function createRollingStore(client: Client): RollingStore {
  const store = createStore<RollingState>(() => ({ status: 'loading', failure: null, runs: [] }));
  const keep = (run: RollingRun): RollingRun => {
    store.setState((state) => ({ runs: withRun(state.runs, run) }));
    return run;
  };

  async function load(): Promise<void> {
    try {
      const { runs } = await client.call('rolling.list', {});
      store.setState({ status: 'ready', failure: null, runs });
    } catch (error) {
      if (client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  const stops = [
    client.on('rolling.changed', keep),
    client.onAttachment((attached) => {
      if (attached) void load();
    }),
  ];
  if (client.attached) void load();

  return Object.assign(store, {
    start: async (options: RollingOptions) => keep(await client.call('rolling.start', options)),
    stop: async (rollingId: string) => keep(await client.call('rolling.stop', { rollingId })),
    resume: async (rollingId: string, confirmedNames: string[]) =>
      keep(await client.call('rolling.resume', { rollingId, confirmedNames })),
    dispose() {
      for (const stop of stops) stop();
    },
  });
}

/** The list with this run in its place, or as the newest. */
export function withRun(runs: readonly RollingRun[], run: RollingRun): readonly RollingRun[] {
  return runs.some(({ id }) => id === run.id) ? runs.map((one) => (one.id === run.id ? run : one)) : [run, ...runs];
}
