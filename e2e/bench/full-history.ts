/**
 * Stands between a page and `reeve serve` and gives the page a quarter of an hour of history when it asks for a
 * snapshot, so that its charts are as full as after fifteen minutes. Everything else passes through unchanged.
 */
import type { WebSocketRoute } from '@playwright/test';
import { type History, SAMPLE_COLUMNS, watchSnapshotSchema } from '../../electron/contract/model.ts';

const SAMPLES = 900;

export function fillHistory(route: WebSocketRoute): void {
  const server = route.connectToServer();
  const watches = new Set<unknown>();
  route.onMessage((message) => {
    const { id, method } = read(message);
    if (method === 'instances.watch') watches.add(id);
    server.send(message);
  });
  server.onMessage((message) => {
    const { id, result } = read(message);
    if (!watches.delete(id)) return route.send(message);
    const snapshot = watchSnapshotSchema.parse(result);
    const history = fullHistory(Date.now(), snapshot.workers.length);
    route.send(JSON.stringify({ id, result: { ...snapshot, history } }));
  });
}

/** One sample a second up to now, every column moving, and an event each minute. */
export function fullHistory(nowMs: number, workers: number): History {
  const samples = Array.from({ length: SAMPLES }, (_unused, index) => index);
  const columns = SAMPLE_COLUMNS.map((name, column) =>
    samples.map((index) => {
      if (name === 'atMs') return nowMs - (SAMPLES - index) * 1000;
      if (name === 'busy') return index % (workers + 1);
      if (name === 'idle') return workers - (index % (workers + 1));
      if (name.endsWith('Bytes')) return wave(index, column) * 50_000_000;
      return Math.round(wave(index, column) * 40);
    }),
  );
  const states = samples.map((index) =>
    Array.from({ length: workers }, (_unused, wid) => (wid < index % (workers + 1) ? 'b' : 'i')).join(''),
  );
  const events: History['events'] = Array.from({ length: 15 }, (_unused, minute) => ({
    atMs: nowMs - (14 - minute) * 60_000 - 5000,
    type: minute % 2 === 0 ? 'exception' : 'config',
    title: 'Exception in worker 1',
    detail: null,
    reloadId: null,
  }));
  return { columns, states, events };
}

function wave(index: number, column: number): number {
  return 1 + Math.sin(index / (7 + column)) + ((index * 7919) % 13) / 13;
}

function read(message: string | Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(message.toString());
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
