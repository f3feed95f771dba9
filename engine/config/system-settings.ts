/**
 * What a configuration says about the engine as a citizen of the operating system: whose rights it has, its hooks, the
 * daemons beside it, its limits and names. Part of EngineSettings (settings.ts); pure data.
 */
import type { Origin } from './settings.ts';

/** Names or numbers as written. Without `group` the engine takes the user's own group. */
export interface IdentitySettings {
  user: string | null;
  group: string | null;
  /** `add-gid`. */
  extraGroups: string[];
  /** `no-initgroups`: the groups that the system lists for the user are left out. */
  noInitgroups: boolean;
}

/** Moments of hooks that the master runs, in their order. */
export const MASTER_PHASES = [
  'asap',
  'pre-jail',
  'in-jail',
  'as-root',
  'as-user',
  'master-start',
  'touch',
  'as-user-atexit',
] as const;

/** Moments of hooks that the process of the application runs: around its loading, and in each worker. */
export const RUNTIME_PHASES = [
  'pre-app',
  'post-app',
  'post-fork',
  'accepting',
  'accepting-once',
  'accepting1',
  'accepting1-once',
] as const;

export type MasterPhase = (typeof MASTER_PHASES)[number];
export type RuntimePhase = (typeof RUNTIME_PHASES)[number];
export type HookPhase = MasterPhase | RuntimePhase;

export interface HookSetting {
  phase: HookPhase;
  /** One of HOOK_ACTIONS (hooks.ts). */
  action: string;
  argument: string;
  /** As written, for the log. */
  text: string;
  /** Written as `exec-PHASE`: such hooks come after the `hook-PHASE` of their phase. */
  isOldForm: boolean;
  origin: Origin;
}

export interface DaemonSetting {
  command: string;
  /** null: started and ended with the server. Otherwise it is left alone while the process in this file lives. */
  pidfile: string | null;
  /** With `pidfile`: it does not go into the background by itself. */
  isForeground: boolean;
  /** How often the pidfile is looked at. */
  checkSeconds: number;
  /** Its end ends the server. */
  isControl: boolean;
  /** Files that have it started anew when they are touched. */
  touch: string[];
  stopSignal: number;
  /** What it gets at a reload instead of `stopSignal`; null: the same. */
  reloadSignal: number | null;
  /** It gets the engine's standard input. */
  hasStdin: boolean;
  user: string | null;
  group: string | null;
  chdir: string | null;
  /** Longest pause before a start; 0: 300. */
  maxThrottleSeconds: number;
}

export interface LimitSettings {
  /** Of each process of the application; 0: none. */
  addressSpaceBytes: number;
  /** `limit-nproc`; 0: none. */
  processes: number;
}

export interface ProcnameSettings {
  /** Name of all processes in place of `reeve worker 1` and the like; null: those. */
  name: string | null;
  /** Name of the master alone. */
  master: string | null;
  append: string;
}

export interface SystemSettings {
  identity: IdentitySettings;
  hooks: HookSetting[];
  daemons: DaemonSetting[];
  /** `daemons-honour-stdin`: all of them get the engine's standard input. */
  daemonsGetStdin: boolean;
  limits: LimitSettings;
  procname: ProcnameSettings;
  /** The shell that runs commands. */
  shell: string;
  umask: number | null;
  /** Folder to change to after the application was loaded. */
  chdir2: string | null;
  /** CPUs of each worker; 0: any. */
  cpuAffinity: number;
  /** Nice value; null: as it is. */
  priority: number | null;
  /** `pidfile2`: written as the user it runs as. */
  pidfile2: string | null;
  /** Written when the server is ready. */
  safePidfiles: string[];
  /** The log of an engine that goes into the background; null: it stays. */
  daemonizeLog: string | null;
}

export function defaultSystemSettings(): SystemSettings {
  return {
    identity: { user: null, group: null, extraGroups: [], noInitgroups: false },
    hooks: [],
    daemons: [],
    daemonsGetStdin: false,
    limits: { addressSpaceBytes: 0, processes: 0 },
    procname: { name: null, master: null, append: '' },
    shell: '/bin/sh',
    umask: null,
    chdir2: null,
    cpuAffinity: 0,
    priority: null,
    pidfile2: null,
    safePidfiles: [],
    daemonizeLog: null,
  };
}
