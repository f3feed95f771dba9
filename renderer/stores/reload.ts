/**
 * Reloads: the plan of an instance, the runs that are known (running and past), and the calls that start and watch them.
 * Runs are replaced whole by `reload.changed`; the newest of an instance is what its page shows.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ReloadPlan, ReloadRun } from '../../electron/contract/reload-model.ts';
import type { Client } from '../client.ts';

export interface ReloadState {
  plans: Readonly<Record<string, ReloadPlan>>;
  runs: Readonly<Record<string, ReloadRun>>;
}

export interface StartOptions {
  /** What was typed for a read-only instance. */
  confirmedName?: string;
  sudo?: boolean;
}

/** Calls reject with RpcError; the page that made them shows it. */
export interface ReloadStore extends StoreApi<ReloadState> {
  /** `sudo` undefined: as the last time. */
  plan(instanceId: string, sudo?: boolean): Promise<ReloadPlan>;
  start(instanceId: string, method: string, options?: StartOptions): Promise<ReloadRun>;
  load(reloadId: string): Promise<ReloadRun>;
  list(instanceId: string): Promise<readonly ReloadRun[]>;
  stopWatching(reloadId: string): Promise<ReloadRun>;
  dispose(): void;
}

export function createReloadStore(client: Client): ReloadStore {
  const store = createStore<ReloadState>(() => ({ plans: {}, runs: {} }));
  const keep = (run: ReloadRun): ReloadRun => {
    store.setState((state) => ({ runs: { ...state.runs, [run.id]: run } }));
    return run;
  };
  const stop = client.on('reload.changed', keep);

  return Object.assign(store, {
    async plan(instanceId: string, sudo?: boolean) {
      const plan = await client.call('reload.plan', { instanceId, ...(sudo === undefined ? {} : { sudo }) });
      store.setState((state) => ({ plans: { ...state.plans, [instanceId]: plan } }));
      return plan;
    },
    start: async (instanceId: string, method: string, options: StartOptions = {}) =>
      keep(await client.call('reload.start', { instanceId, method, ...options })),
    load: async (reloadId: string) => keep(await client.call('reload.get', { reloadId })),
    async list(instanceId: string) {
      const runs = await client.call('reload.list', { instanceId });
      store.setState((state) => ({ runs: { ...state.runs, ...Object.fromEntries(runs.map((run) => [run.id, run])) } }));
      return runs;
    },
    stopWatching: async (reloadId: string) => keep(await client.call('reload.stopWatching', { reloadId })),
    dispose: stop,
  });
}

/** Runs of one instance, newest first. */
export function runsOf(runs: ReloadState['runs'], instanceId: string): ReloadRun[] {
  return Object.values(runs)
    .filter((run) => run.instanceId === instanceId)
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
}
