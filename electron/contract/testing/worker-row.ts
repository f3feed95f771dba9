/** A worker's row for tests: one that has done nothing yet. */
import type { WorkerRow } from '../model.ts';

export function aWorkerRow(wid: number, more: Partial<WorkerRow> = {}): WorkerRow {
  return {
    wid,
    pid: 18_900 + wid,
    status: 'idle',
    signal: null,
    accepting: true,
    requests: 0,
    deltaRequests: 0,
    reqPerSec: null,
    avgRtMs: null,
    rssBytes: null,
    vszBytes: null,
    exceptions: 0,
    harakiri: 0,
    respawns: 0,
    signalsQueued: 0,
    txBytes: 0,
    runningMs: 0,
    spawnedAtMs: null,
    elapsedMs: null,
    nowServing: null,
    coreCount: 0,
    cores: [],
    apps: [],
    ...more,
  };
}
