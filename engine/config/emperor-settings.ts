/**
 * The part of the settings that is about the emperor, who runs one instance (a vassal) for each configuration, and
 * what an instance may say as a vassal.
 */
import type { DatabaseMonitorSetting } from './monitor-values.ts';
import type { EngineSettings, SocketAddress } from './settings.ts';

/** Where vassals come from; paths are absolute, `text` is the value as written. */
export type MonitorSetting =
  | { type: 'folder'; path: string; text: string }
  | { type: 'glob'; pattern: string; text: string }
  | DatabaseMonitorSetting;

/** How the socket of a vassal that starts at its first connection is found; several may hold. */
export interface OnDemandSettings {
  /** The socket stands in a file of the vassal's name with this behind it. */
  extension: string | null;
  /** NAME.socket in this folder. */
  folder: string | null;
  /** A command that gets the name and prints the socket. */
  command: string | null;
}

/** Arguments of each vassal, in uWSGI's order. */
export interface VassalArguments {
  inheritBefore: string[];
  includeBefore: string[];
  set: string[];
  inherit: string[];
  include: string[];
}

export interface EmperorSettings {
  monitors: MonitorSetting[];
  freqSeconds: number;
  /** Vassals run as the owner of their file. */
  isTyrant: boolean;
  /** The owner of a link, not of the file behind it, counts. */
  tyrantNofollow: boolean;
  /** Changes of a link, not of the file behind it, count. */
  nofollow: boolean;
  extraExtensions: string[];
  /** Executable files are run, and what they print is the configuration. */
  magicExec: boolean;
  stats: SocketAddress | null;
  pidfile: string | null;
  procname: string | null;
  /** Vassals are started before the instance around the emperor. */
  isEarly: boolean;
  requiredHeartbeatSeconds: number;
  curseToleranceSeconds: number;
  throttleMs: number;
  maxThrottleMs: number;
  noBlacklist: boolean;
  gracefulShutdown: boolean;
  /** `reload-mercy`: what vassals get when the emperor ends gracefully. */
  mercySeconds: number;
  onDemand: OnDemandSettings;
  /** Programs in place of the engine's own, tried in this order. */
  wrapperOverrides: string[];
  wrapper: string | null;
  wrapperFallbacks: string[];
  vassalArguments: VassalArguments;
  startHook: string | null;
  stopHook: string | null;
  listMonitors: boolean;
  /** As a vassal: time between two heartbeats; 0: none are sent. */
  heartbeatSeconds: number;
}

/** uWSGI's defaults. */
export function defaultEmperor(): EmperorSettings {
  return {
    monitors: [],
    freqSeconds: 3,
    isTyrant: false,
    tyrantNofollow: false,
    nofollow: false,
    extraExtensions: [],
    magicExec: false,
    stats: null,
    pidfile: null,
    procname: null,
    isEarly: false,
    requiredHeartbeatSeconds: 30,
    curseToleranceSeconds: 30,
    throttleMs: 1000,
    maxThrottleMs: 180_000,
    noBlacklist: false,
    gracefulShutdown: false,
    mercySeconds: 30,
    onDemand: { extension: null, folder: null, command: null },
    wrapperOverrides: [],
    wrapper: null,
    wrapperFallbacks: [],
    vassalArguments: { inheritBefore: [], includeBefore: [], set: [], inherit: [], include: [] },
    startHook: null,
    stopHook: null,
    listMonitors: false,
    heartbeatSeconds: 0,
  };
}

/** Nothing but an emperor: nobody would send workers or gateways anything to do. */
export function isEmperorAlone({ emperor, listeners }: Pick<EngineSettings, 'emperor' | 'listeners'>): boolean {
  return emperor.monitors.length > 0 && listeners.length === 0;
}
