/**
 * Makes the numbers of a stats document what they are meant to be: whole, not negative, and small enough to count
 * with. uWSGI prints unsigned 64-bit counters, and a few of them can wrap; one odd figure must not take the page down.
 */
import type { StatsCore, StatsDocument, StatsWorker } from '../../../engine/api/stats.ts';

export function tidyDocument(document: StatsDocument): StatsDocument {
  return {
    ...document,
    listen_queue: count(document.listen_queue),
    listen_queue_errors: count(document.listen_queue_errors),
    pid: count(document.pid),
    sockets: document.sockets.map((socket) => ({ ...socket, max_queue: count(socket.max_queue) })),
    workers: document.workers.map((worker, index) => tidyWorker({ ...worker, id: workerNumber(worker, index) })),
  };
}

/** uWSGI says 0 for a worker that `cheaper` has never started; its place in the list is its number. */
function workerNumber({ id, pid, status }: StatsWorker, index: number): number {
  return id === 0 && pid === 0 && status === 'cheap' ? index + 1 : id;
}

function tidyWorker(worker: StatsWorker): StatsWorker {
  return {
    ...worker,
    id: count(worker.id),
    pid: count(worker.pid),
    requests: count(worker.requests),
    delta_requests: count(worker.delta_requests),
    exceptions: count(worker.exceptions),
    harakiri_count: count(worker.harakiri_count),
    signal_queue: count(worker.signal_queue),
    rss: count(worker.rss),
    vsz: count(worker.vsz),
    running_time: count(worker.running_time),
    last_spawn: count(worker.last_spawn),
    respawn_count: count(worker.respawn_count),
    tx: count(worker.tx),
    apps: worker.apps.map((app) => ({
      ...app,
      id: count(app.id),
      startup_time: count(app.startup_time),
      requests: count(app.requests),
      exceptions: count(app.exceptions),
    })),
    cores: worker.cores.map(tidyCore),
  };
}

function tidyCore(core: StatsCore): StatsCore {
  return {
    ...core,
    id: count(core.id),
    requests: count(core.requests),
    static_requests: count(core.static_requests),
    routed_requests: count(core.routed_requests),
    offloaded_requests: count(core.offloaded_requests),
    write_errors: count(core.write_errors),
    read_errors: count(core.read_errors),
  };
}

/** 0 for what is no count: negative, or wrapped around below zero. */
function count(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
}
