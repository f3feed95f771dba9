/**
 * What `emperor-stats` shows of the vassals: those that have a process or wait for a connection in uWSGI's list, those
 * that died early on the blacklist, and all of them with their state and its cause under the engine's own key.
 */
import type { EmperorBlacklisted, EmperorVassal, ReeveVassal, VassalState } from '../api/emperor-stats.ts';
import type { MonitorSetting } from '../config/emperor-settings.ts';
import type { Vassal, VassalsState } from './vassal-state.ts';

export interface VassalLists {
  vassals: EmperorVassal[];
  blacklist: EmperorBlacklisted[];
  reeve: { vassals: ReeveVassal[] };
}

export function listVassals({ vassals }: VassalsState, monitors: readonly MonitorSetting[]): VassalLists {
  const all = [...vassals.values()];
  const place = (vassal: Vassal): string => {
    const monitor = monitors[vassal.monitor];
    return monitor === undefined ? '' : placeOf(monitor);
  };
  return {
    vassals: all
      .filter(
        ({ status, isHeld }) => status === 'running' || status === 'starting' || (status === 'on demand' && isHeld),
      )
      .map((vassal) => describe(vassal, place(vassal))),
    blacklist: all.flatMap(({ found, strikes }) =>
      strikes === null
        ? []
        : [
            {
              id: found.id,
              throttle_level: strikes.throttleMs,
              attempt: strikes.attempt,
              first_attempt: seconds(strikes.firstMs),
              last_attempt: seconds(strikes.lastMs),
            },
          ],
    ),
    reeve: {
      vassals: all.map((vassal) => ({
        id: vassal.found.id,
        monitor: place(vassal),
        config: vassal.found.file,
        state: stateOf(vassal),
        cause: vassal.cause,
        next: vassal.status === 'waiting' ? Math.ceil(vassal.nextMs / 1000) : 0,
      })),
    },
  };
}

/** As uWSGI shows it: the folder or the pattern, absolute, or the address, without its password. */
export function placeOf(monitor: MonitorSetting): string {
  if (monitor.type === 'folder') return monitor.path;
  return monitor.type === 'glob' ? monitor.pattern : monitor.text;
}

function stateOf({ status, isHeld, strikes, curse, isLoyal, isAccepting, isReady }: Vassal): VassalState {
  if (curse !== null) return 'cursed';
  if (status === 'waiting') return strikes === null ? 'starting' : 'throttled';
  if (status === 'on demand' && !isHeld) return 'starting';
  if (status !== 'running') return status;
  if (isLoyal) return 'loyal';
  return isAccepting ? 'accepting' : isReady ? 'spawned' : 'starting';
}

function describe(vassal: Vassal, monitor: string): EmperorVassal {
  const { found, curse } = vassal;
  return {
    id: found.id,
    pid: vassal.status === 'on demand' ? -1 : vassal.pid,
    born: seconds(vassal.bornMs),
    last_mod: seconds(found.mtimeMs),
    last_heartbeat: seconds(vassal.lastHeartbeatMs),
    loyal: Number(vassal.isLoyal),
    ready: Number(vassal.isReady),
    accepting: Number(vassal.isAccepting),
    last_loyal: seconds(vassal.lastLoyalMs),
    last_ready: seconds(vassal.lastReadyMs),
    last_accepting: seconds(vassal.lastAcceptingMs),
    first_run: seconds(vassal.firstRunMs),
    last_run: seconds(vassal.lastRunMs),
    cursed: seconds(curse?.atMs ?? 0),
    zerg: 0,
    on_demand: found.onDemand,
    uid: found.uid,
    gid: found.gid,
    monitor,
    respawns: vassal.respawns,
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
