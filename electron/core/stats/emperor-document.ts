/**
 * An emperor's answer as the document of a server without workers, so that all that watches a link, a master process
 * and its configuration does so for an emperor, too. Its vassals travel beside it.
 */
import type { EmperorStats } from '../../../engine/api/emperor-stats.ts';
import type { StatsDocument } from '../../../engine/api/stats.ts';

export function serverOfEmperor({ version, pid, uid, gid, cwd }: EmperorStats): StatsDocument {
  return {
    version,
    listen_queue: 0,
    listen_queue_errors: 0,
    signal_queue: 0,
    load: 0,
    pid,
    uid,
    gid,
    cwd,
    locks: [],
    sockets: [],
    workers: [],
  };
}
