/**
 * The instance that is looked at: full rate, all workers and requests, history for the charts.
 * A snapshot, then ticks with a sequence number; a gap means a new snapshot. Samples are in a ring outside React
 * whose version number is in the state, so that charts redraw once per tick and nothing else does.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { InstanceEvent, RequestRow, Tick, WatchSnapshot, WorkerRow } from '../../electron/contract/model.ts';
import { applyRows } from '../../electron/contract/tick-changes.ts';
import { type Client, type Failure, failureOf } from '../client.ts';
import { SampleRing } from './sample-ring.ts';

export interface WatchState {
  status: 'idle' | 'loading' | 'live' | 'failed';
  failure: Failure | null;
  instanceId: string | null;
  seq: number;
  /** Version of `ring` that belongs to this state. */
  ringVersion: number;
  /** Core's time of the newest tick. */
  atMs: number | null;
  workers: readonly WorkerRow[];
  requests: readonly RequestRow[];
  /** Oldest first. */
  events: readonly InstanceEvent[];
}

export interface WatchStore extends StoreApi<WatchState> {
  readonly ring: SampleRing;
  /** Watches an instance until the returned function is called; the last one asked for wins. */
  open(instanceId: string): () => void;
  dispose(): void;
}

const MOST_EVENTS = 500;
const IDLE: WatchState = {
  status: 'idle',
  failure: null,
  instanceId: null,
  seq: 0,
  ringVersion: 0,
  atMs: null,
  workers: [],
  requests: [],
  events: [],
};

export function createWatchStore(client: Client): WatchStore {
  const store = createStore<WatchState>(() => IDLE);
  const ring = new SampleRing();
  let opening = 0;

  async function takeSnapshot(instanceId: string): Promise<void> {
    opening += 1;
    const mine = opening;
    try {
      const snapshot = await client.call('instances.watch', { instanceId });
      if (mine !== opening) return;
      ring.load(snapshot.history);
      store.setState(fromSnapshot(snapshot, ring.version));
    } catch (error) {
      if (mine === opening && client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  function receive(tick: Tick): void {
    const next = applyTick(store.getState(), tick);
    if (next === 'gap') {
      store.setState({ status: 'loading' });
      void takeSnapshot(tick.instanceId);
      return;
    }
    if (next === 'foreign') return;
    // A poll without data is a gap in the charts: a row of nulls at its time.
    ring.push(tick.row ?? [tick.atMs], tick.row ? tick.states : '');
    store.setState({ ...next, ringVersion: ring.version });
  }

  const stops = [
    client.on('tick', receive),
    client.onAttachment((attached) => {
      const { instanceId } = store.getState();
      if (attached && instanceId !== null) void takeSnapshot(instanceId);
    }),
  ];

  return Object.assign(store, {
    ring,
    open(instanceId: string) {
      ring.clear();
      store.setState({ ...IDLE, status: 'loading', instanceId, ringVersion: ring.version });
      if (client.attached) void takeSnapshot(instanceId);
      return () => {
        client.call('instances.unwatch', { instanceId }).catch(ignoreClosedLink);
        if (store.getState().instanceId !== instanceId) return;
        opening += 1;
        ring.clear();
        store.setState({ ...IDLE, ringVersion: ring.version });
      };
    },
    dispose() {
      for (const stop of stops) stop();
    },
  });
}

export function fromSnapshot(snapshot: WatchSnapshot, ringVersion: number): WatchState {
  return {
    status: 'live',
    failure: null,
    instanceId: snapshot.instance.id,
    seq: snapshot.seq,
    ringVersion,
    atMs: snapshot.history.columns[0]?.at(-1) ?? null,
    workers: snapshot.workers,
    requests: snapshot.requests,
    events: snapshot.history.events,
  };
}

/** The state after one tick; `gap`: one before it was missed; `foreign`: of another instance, or before the snapshot. */
export function applyTick(state: WatchState, tick: Tick): WatchState | 'gap' | 'foreign' {
  if (tick.instanceId !== state.instanceId || state.status !== 'live' || tick.seq <= state.seq) return 'foreign';
  if (tick.seq !== state.seq + 1) return 'gap';
  return {
    ...state,
    seq: tick.seq,
    atMs: tick.atMs,
    // Without data the last known rows stay; the frame shows them as stale.
    ...(tick.row ? applyRows(state, tick) : {}),
    events: tick.events.length > 0 ? [...state.events, ...tick.events].slice(-MOST_EVENTS) : state.events,
  };
}

/** When the link is gone there is nothing left to stop watching. */
function ignoreClosedLink(): null {
  return null;
}
