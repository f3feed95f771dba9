/**
 * The log of one instance: the newest lines, then what comes. Lines carry a sequence number; a gap means: read again.
 * `appendLines` is pure. At most MOST_LINES are kept, as in the core.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogLine } from '../../electron/contract/logs-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export const MOST_LINES = 10_000;

export interface LogState {
  status: 'idle' | 'loading' | 'live' | 'failed';
  failure: Failure | null;
  instanceId: string | null;
  /** Oldest first. */
  lines: readonly LogLine[];
}

export interface LogStore extends StoreApi<LogState> {
  /** Follows the log of an instance until the returned function is called; the last one asked for wins. */
  open(instanceId: string): () => void;
  dispose(): void;
}

const IDLE: LogState = { status: 'idle', failure: null, instanceId: null, lines: [] };

export function createLogStore(client: Client): LogStore {
  const store = createStore<LogState>(() => IDLE);

  async function read(instanceId: string): Promise<void> {
    try {
      const lines = await client.call('log.read', { instanceId, most: MOST_LINES });
      if (store.getState().instanceId === instanceId) store.setState({ status: 'live', failure: null, lines });
    } catch (error) {
      if (store.getState().instanceId === instanceId && client.attached)
        store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  const stops = [
    client.on('log.lines', ({ instanceId, lines }) => {
      const state = store.getState();
      if (state.instanceId !== instanceId || state.status !== 'live') return;
      const next = appendLines(state.lines, lines);
      if (next === 'gap') void read(instanceId);
      else if (next !== state.lines) store.setState({ lines: next });
    }),
    client.onAttachment((attached) => {
      const { instanceId } = store.getState();
      if (attached && instanceId !== null) void read(instanceId);
    }),
  ];

  return Object.assign(store, {
    open(instanceId: string) {
      store.setState({ ...IDLE, status: 'loading', instanceId });
      if (client.attached) void read(instanceId);
      return () => {
        if (store.getState().instanceId === instanceId) store.setState(IDLE);
      };
    },
    dispose() {
      for (const stop of stops) stop();
    },
  });
}

/** The lines with the new ones after them, known ones left out; `gap` when lines between were missed. */
export function appendLines(lines: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] | 'gap' {
  const lastSeq = lines.at(-1)?.seq;
  const fresh = lastSeq === undefined ? more : more.filter(({ seq }) => seq > lastSeq);
  const first = fresh[0];
  if (!first) return lines;
  if (lastSeq !== undefined && first.seq !== lastSeq + 1) return 'gap';
  return [...lines, ...fresh].slice(-MOST_LINES);
}
