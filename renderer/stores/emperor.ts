/**
 * The vassals of one emperor: all of them first, then the rows that changed. Asked for only while a page shows them.
 * `applyChange` is pure.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EventPayload } from '../../electron/contract/api.ts';
import type { Emperor } from '../../electron/contract/emperor-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface EmperorState {
  status: 'idle' | 'loading' | 'live' | 'failed';
  failure: Failure | null;
  instanceId: string | null;
  /** null: it has not answered yet. */
  emperor: Emperor | null;
}

export interface EmperorStore extends StoreApi<EmperorState> {
  /** Looks at an emperor until the returned function is called; the last one asked for wins. */
  open(instanceId: string): () => void;
  dispose(): void;
}

const IDLE: EmperorState = { status: 'idle', failure: null, instanceId: null, emperor: null };

export function createEmperorStore(client: Client): EmperorStore {
  const store = createStore<EmperorState>(() => IDLE);
  let turn = 0;

  async function watch(instanceId: string): Promise<void> {
    turn += 1;
    const mine = turn;
    try {
      const { emperor } = await client.call('emperor.watch', { instanceId });
      if (mine === turn) store.setState({ status: 'live', failure: null, emperor });
    } catch (error) {
      if (mine === turn && client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  const stops = [
    client.on('emperor.changed', (change) => {
      const { instanceId, status, emperor } = store.getState();
      if (instanceId === change.instanceId && status === 'live')
        store.setState({ emperor: applyChange(emperor, change) });
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
        if (client.attached) client.call('emperor.unwatch', { instanceId }).catch(() => {});
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

/** Rows that did not change stay the same objects, and without any change so does the list. */
export function applyChange(
  emperor: Emperor | null,
  { head, changed, order }: Pick<EventPayload<'emperor.changed'>, 'head' | 'changed' | 'order'>,
): Emperor {
  const before = emperor?.vassals ?? [];
  if (changed.length === 0 && order === null) return { head, vassals: before };
  const rows = new Map([...before, ...changed].map((row) => [row.key, row]));
  const keys = order ?? before.map(({ key }) => key);
  return { head, vassals: keys.flatMap((key) => rows.get(key) ?? []) };
}
