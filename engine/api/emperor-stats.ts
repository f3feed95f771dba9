/**
 * The document of `emperor-stats`: its shape, and reading and writing it by one list of keys. Byte for byte that of
 * uWSGI 2.0; under `reeve` the bundled engine adds what uWSGI keeps to itself: each vassal with its state and the cause.
 */
import type { StatsReader } from './stats-reader.ts';
import type { Shape } from './stats-sections.ts';
import { StatsWriter, scalars, section } from './stats-writer.ts';

/** Times are epoch seconds, 0 where there was none yet. */
export interface EmperorVassal {
  /** Name of its file in the folder, or the path that a pattern has found. */
  id: string;
  /** -1: it waits for its first connection. */
  pid: number;
  born: number;
  last_mod: number;
  last_heartbeat: number;
  loyal: number;
  ready: number;
  accepting: number;
  last_loyal: number;
  last_ready: number;
  last_accepting: number;
  first_run: number;
  last_run: number;
  /** When it was told to end. */
  cursed: number;
  zerg: number;
  /** The socket that the emperor holds for it. */
  on_demand: string;
  uid: number;
  gid: number;
  monitor: string;
  /** Reloads and starts after the first. */
  respawns: number;
}

export interface EmperorBlacklisted {
  id: string;
  /** Milliseconds of the present wait. */
  throttle_level: number;
  attempt: number;
  first_attempt: number;
  last_attempt: number;
}

/**
 *   on demand   waits for its first connection
 *   starting    its process exists
 *   spawned     it has its configuration and its application
 *   accepting   its workers take requests
 *   loyal       it has answered a request
 *   throttled   it died early and is started again at `next`
 *   cursed      it was told to end
 *   refused     it is not started as it is; `cause` says why
 */
export type VassalState =
  | 'on demand'
  | 'starting'
  | 'spawned'
  | 'accepting'
  | 'loyal'
  | 'throttled'
  | 'cursed'
  | 'refused';

export interface ReeveVassal {
  id: string;
  monitor: string;
  /** Absolute path of its configuration; empty when it comes from elsewhere. */
  config: string;
  /** A VassalState. */
  state: string;
  /** Why it is in this state: `exited with code 1`; empty when there is nothing to say. */
  cause: string;
  /** When it is started again; 0: nothing is planned. */
  next: number;
}

export interface EmperorStats {
  version: string;
  pid: number;
  uid: number;
  gid: number;
  cwd: string;
  /** What is watched, as it was written, with absolute paths. */
  emperor: string[];
  emperor_tyrant: number;
  throttle_level: number;
  vassals: EmperorVassal[];
  blacklist: EmperorBlacklisted[];
  /** Only the bundled engine sends it. */
  reeve?: { vassals: ReeveVassal[] } | undefined;
}

const HEAD = ['version', 'pid', 'uid', 'gid', 'cwd'] as const;
export const EMPEROR_KEYS: ReadonlySet<string> = new Set([
  ...HEAD,
  'emperor',
  'emperor_tyrant',
  'throttle_level',
  'vassals',
  'blacklist',
  'reeve',
]);

const VASSAL: Shape<EmperorVassal> = {
  id: '',
  pid: 0,
  born: 0,
  last_mod: 0,
  last_heartbeat: 0,
  loyal: 0,
  ready: 0,
  accepting: 0,
  last_loyal: 0,
  last_ready: 0,
  last_accepting: 0,
  first_run: 0,
  last_run: 0,
  cursed: 0,
  zerg: 0,
  on_demand: '',
  uid: 0,
  gid: 0,
  monitor: '',
  respawns: 0,
};

const BLACKLISTED: Shape<EmperorBlacklisted> = {
  id: '',
  throttle_level: 0,
  attempt: 0,
  first_attempt: 0,
  last_attempt: 0,
};

const REEVE_VASSAL: Shape<ReeveVassal> = { id: '', monitor: '', config: '', state: '', cause: '', next: 0 };

/** The document as text, without a line end after it, as uWSGI sends it. */
export function formatEmperorStats(document: EmperorStats, minified: boolean): string {
  const out = new StatsWriter(minified);
  const { reeve } = document;
  out.object(0, [
    ...scalars(document, HEAD),
    ['emperor', { kind: 'strings', items: document.emperor }],
    ...scalars(document, ['emperor_tyrant', 'throttle_level']),
    ...section('vassals', VASSAL, document.vassals),
    ...section('blacklist', BLACKLISTED, document.blacklist),
    ...(reeve === undefined
      ? []
      : [['reeve', { kind: 'nested', fields: section('vassals', REEVE_VASSAL, reeve.vassals) }] as const]),
  ]);
  return out.text;
}

/** Reads it from JSON that was found to be an emperor's (parse-stats.ts); what is missing is 0 or empty. */
export function readEmperorStats(read: StatsReader): EmperorStats {
  return {
    version: read.text('version'),
    pid: read.number('pid'),
    uid: read.number('uid'),
    gid: read.number('gid'),
    cwd: read.text('cwd'),
    emperor: read.strings('emperor'),
    emperor_tyrant: read.number('emperor_tyrant'),
    throttle_level: read.number('throttle_level'),
    vassals: read.section('vassals', VASSAL) ?? [],
    blacklist: read.section('blacklist', BLACKLISTED) ?? [],
    reeve: read.has('reeve') ? { vassals: read.child('reeve').section('vassals', REEVE_VASSAL) ?? [] } : undefined,
  };
}
