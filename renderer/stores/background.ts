/**
 * What runs beside requests on one instance, as each poll has it: told in full each time, so that nothing can be
 * missed. Asked for only while a page shows it.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Background } from '../../electron/contract/background-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface BackgroundState {
  status: 'idle' | 'loading' | 'live' | 'failed';
  failure: Failure | null;
  instanceId: string | null;
  /** null: the server has not answered yet. */
  background: Background | null;
}

export interface BackgroundStore extends StoreApi<BackgroundState> {
  /** Looks at an instance until the returned function is called; the last one asked for wins. */
  open(instanceId: string): () => void;
  dispose(): void;
}

const IDLE: BackgroundState = { status: 'idle', failure: null, instanceId: null, background: null };

export function createBackgroundStore(client: Client): BackgroundStore {
  const store = createStore<BackgroundState>(() => IDLE);
  let turn = 0;

  async function watch(instanceId: string): Promise<void> {
    turn += 1;
    const mine = turn;
    try {
      const { background } = await client.call('background.watch', { instanceId });
      if (mine === turn) store.setState({ status: 'live', failure: null, background });
    } catch (error) {
      if (mine === turn && client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  const stops = [
    client.on('background.changed', ({ instanceId, background }) => {
      const state = store.getState();
      if (state.instanceId === instanceId && state.status === 'live') store.setState({ background });
    }),
    client.onAttachment((attached) => {
      const { instanceId } = store.getState();
      if (attached && instanceId !== null) void watch(instanceId);
    }),
  ];

  return Object.assign(store, {
    open(instanceId: string) {
      store.setState({ ...IDLE, status: 'loading', instanceId });
      if (client.attached) void watch(instanceId);
      return () => {
        // When it can't be told, the connection is gone and the core knows.
        if (client.attached) client.call('background.unwatch', { instanceId }).catch(() => {});
        if (store.getState().instanceId !== instanceId) return;
        turn += 1;
        store.setState(IDLE);
      };
    },
    dispose() {
      for (const stop of stops) stop();
    },
  });
}
