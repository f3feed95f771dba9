/**
 * The log of one instance: its sources, the newest lines of one of them, then what comes. Lines carry a sequence
 * number; a gap means: read again. `appendLines` is pure. At most MOST_LINES are kept, as in the core.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  type LogState as FeedState,
  type LogLine,
  type LogSources,
  MOST_LOG_LINES,
} from '../../electron/contract/logs-model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export const MOST_LINES = MOST_LOG_LINES;

export interface LogState {
  status: 'idle' | 'loading' | 'live' | 'failed';
  failure: Failure | null;
  instanceId: string | null;
  /** null: not known yet. */
  sources: LogSources | null;
  /** The one that is followed; null: none can be. */
  source: string | null;
  feed: FeedState | null;
  /** Oldest first. */
  lines: readonly LogLine[];
}

export interface LogStore extends StoreApi<LogState> {
  /** Follows the log of an instance until the returned function is called; the last one asked for wins. */
  open(instanceId: string): () => void;
  /** Follows another source of it. */
  choose(source: string): void;
  dispose(): void;
}

const IDLE: LogState = {
  status: 'idle',
  failure: null,
  instanceId: null,
  sources: null,
  source: null,
  feed: null,
  lines: [],
};

export function createLogStore(client: Client): LogStore {
  const store = createStore<LogState>(() => IDLE);
  /** Counts what was asked for: an answer to an older question is passed over. */
  let turn = 0;

  async function follow(instanceId: string, wanted: string | null): Promise<void> {
    turn += 1;
    const mine = turn;
    try {
      const sources = await client.call('log.sources', { instanceId });
      if (mine !== turn) return;
      const source = wanted ?? sources.preferred;
      store.setState({ sources, source });
      if (source === null) {
        store.setState({ status: 'live', failure: null, feed: null, lines: [] });
        return;
      }
      const answer = await client.call('log.follow', { instanceId, source, most: MOST_LINES });
      if (mine !== turn) return;
      store.setState({ status: 'live', failure: null, feed: answer.state, lines: answer.lines });
    } catch (error) {
      if (mine === turn && client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  async function readAgain(instanceId: string, source: string): Promise<void> {
    const mine = turn;
    try {
      const lines = await client.call('log.read', { instanceId, source, most: MOST_LINES });
      if (mine === turn) store.setState({ lines });
    } catch (error) {
      if (mine === turn && client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  const isShown = (instanceId: string, source: string): boolean => {
    const state = store.getState();
    return state.instanceId === instanceId && state.source === source && state.status === 'live';
  };

  const stops = [
    client.on('log.lines', ({ instanceId, source, lines }) => {
      if (!isShown(instanceId, source)) return;
      const state = store.getState();
      const next = appendLines(state.lines, lines);
      if (next === 'gap') void readAgain(instanceId, source);
      else if (next !== state.lines) store.setState({ lines: next });
    }),
    client.on('log.state', ({ instanceId, source, state: feed }) => {
      if (isShown(instanceId, source)) store.setState({ feed });
    }),
    client.onAttachment((attached) => {
      const { instanceId, source } = store.getState();
      if (attached && instanceId !== null) void follow(instanceId, source);
    }),
  ];

  return Object.assign(store, {
    open(instanceId: string) {
      store.setState({ ...IDLE, status: 'loading', instanceId });
      if (client.attached) void follow(instanceId, null);
      return () => {
        if (store.getState().instanceId !== instanceId) return;
        turn += 1;
        store.setState(IDLE);
        // When it can't be told, the connection is gone and the core knows.
        if (client.attached) client.call('log.unfollow', { instanceId }).catch(() => {});
      };
    },
    choose(source: string) {
      const { instanceId } = store.getState();
      if (instanceId === null) return;
      store.setState({ status: 'loading', failure: null, source, feed: null, lines: [] });
      void follow(instanceId, source);
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
