/**
 * Stats documents for tests: a quiet server by default, every test names what it is about.
 */
import type { StatsCore, StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';

export function aDocument(more: Partial<StatsDocument> = {}): StatsDocument {
  return {
    version: '2.0.21',
    listen_queue: 0,
    listen_queue_errors: 0,
    signal_queue: 0,
    load: 0,
    pid: 100,
    uid: 0,
    gid: 0,
    cwd: '/srv/shop',
    locks: [],
    sockets: [{ name: '127.0.0.1:8080', proto: 'http', queue: 0, max_queue: 100, shared: 0, can_offload: 0 }],
    workers: [aStatsWorker()],
    ...more,
  };
}

export function aStatsWorker(more: Partial<StatsWorker> = {}): StatsWorker {
  return {
    id: 1,
    pid: 1001,
    accepting: 1,
    requests: 0,
    delta_requests: 0,
    exceptions: 0,
    harakiri_count: 0,
    signals: 0,
    signal_queue: 0,
    status: 'idle',
    rss: 0,
    vsz: 0,
    running_time: 0,
    last_spawn: 1_700_000_000,
    respawn_count: 1,
    tx: 0,
    avg_rt: 0,
    apps: [{ id: 0, modifier1: 0, mountpoint: '', startup_time: 0, requests: 0, exceptions: 0, chdir: '' }],
    cores: [aStatsCore()],
    ...more,
  };
}

export function aStatsCore(more: Partial<StatsCore> = {}): StatsCore {
  return {
    id: 0,
    requests: 0,
    static_requests: 0,
    routed_requests: 0,
    offloaded_requests: 0,
    write_errors: 0,
    read_errors: 0,
    in_request: 0,
    vars: [],
    req_info: {},
    ...more,
  };
}

/** A worker in a request that began at `startSeconds`. */
export function aBusyWorker(startSeconds: number, more: Partial<StatsWorker> = {}): StatsWorker {
  const vars = ['REQUEST_METHOD=GET', 'REQUEST_URI=/slow?s=9', 'PATH_INFO=/slow', 'REMOTE_ADDR=127.0.0.1', ''];
  return aStatsWorker({
    status: 'busy',
    cores: [aStatsCore({ in_request: 1, vars, req_info: { request_start: startSeconds } })],
    ...more,
  });
}
