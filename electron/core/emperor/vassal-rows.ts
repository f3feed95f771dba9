/**
 * The vassals of one emperor as rows: its list, its blacklist and what the bundled engine adds, joined to a state and
 * its cause in words. What a real uWSGI does not say is concluded from its flags. Pure.
 */
import { posix } from 'node:path';
import type {
  EmperorBlacklisted,
  EmperorStats,
  EmperorVassal,
  ReeveVassal,
} from '../../../engine/api/emperor-stats.ts';
import type { VassalRow, VassalRowState } from '../../contract/emperor-model.ts';
import { count as countWords } from '../words.ts';

export interface RowFacts {
  atMs: number;
  /** How far the clock of the emperor's machine is ahead of ours. */
  aheadMs: number;
  /** `emperor-required-heartbeat`. */
  heartbeatMs: number;
}

/** What an emperor knows of one vassal; the rest of a row comes from elsewhere. */
export type OwnRow = Omit<VassalRow, 'parentKey' | 'depth' | 'emperorId' | 'instanceId' | 'isEmperor'>;

interface Known {
  id: string;
  monitor: string | null;
  vassal: EmperorVassal | null;
  black: EmperorBlacklisted | null;
  reeve: ReeveVassal | null;
}

/** A vassal that starts for so long is stuck. */
const STARTING_MS = 60_000;
/** uWSGI never takes a vassal off its blacklist whose file is gone: it is only not tried again when its wait is over. */
const UNTRIED_MS = 60_000;
/** One that was told to end has mercy for about so long. */
const ENDING_MS = 60_000;

/** In the order of the emperor, those that only the blacklist names last. */
export function vassalRows(document: EmperorStats, facts: RowFacts): OwnRow[] {
  return join(document).map((known) => makeRow(document, known, facts));
}

/** How many a person should look at, and one sentence about them; null: all is well. */
export function vassalTrouble(
  rows: readonly OwnRow[],
): { level: 'warn' | 'crit'; count: number; sentence: string } | null {
  const trouble = rows.filter(({ level }) => level === 'crit' || level === 'warn');
  const worst = trouble.find(({ level }) => level === 'crit') ?? trouble[0];
  if (worst === undefined) return null;
  const others =
    trouble.length === 1
      ? ''
      : ` ${countWords(trouble.length - 1, 'other vassal is', 'other vassals are')} in trouble, too.`;
  const cause = worst.cause === '' ? '' : `: ${lowerFirst(worst.cause)}`;
  const sentence = `${worst.id} is ${STATE_WORDS[worst.state]}${cause.replace(/\.$/, '')}.${others}`;
  return { level: worst.level === 'crit' ? 'crit' : 'warn', count: trouble.length, sentence };
}

const STATE_WORDS: Record<VassalRowState, string> = {
  refused: 'refused',
  throttled: 'throttled',
  cursed: 'told to end',
  late: 'late with its heartbeat',
  starting: 'starting',
  ready: 'ready',
  accepting: 'accepting',
  loyal: 'loyal',
  'on demand': 'on demand',
  gone: 'gone',
};

/** uWSGI keeps a vassal that died early on the blacklist only, by its bare name. */
function join({ vassals, blacklist, reeve }: EmperorStats): Known[] {
  const black = new Map(blacklist.map((entry) => [entry.id, entry]));
  const own = new Map((reeve?.vassals ?? []).map((entry) => [keyOf(entry.monitor, entry.id), entry]));
  const known = vassals.map((vassal): Known => {
    const key = keyOf(vassal.monitor, vassal.id);
    const found = { id: vassal.id, monitor: vassal.monitor, vassal };
    const row = { ...found, black: black.get(vassal.id) ?? null, reeve: own.get(key) ?? null };
    own.delete(key);
    return row;
  });
  for (const entry of own.values()) {
    const { id, monitor } = entry;
    known.push({ id, monitor, vassal: null, black: black.get(id) ?? null, reeve: entry });
  }
  const named = new Set(known.map(({ id }) => id));
  const rest = blacklist.filter(({ id }) => !named.has(id));
  return [
    ...known,
    ...rest.map((entry): Known => ({ id: entry.id, monitor: null, vassal: null, black: entry, reeve: null })),
  ];
}

function makeRow(document: EmperorStats, known: Known, facts: RowFacts): OwnRow {
  const { id, vassal, black, reeve } = known;
  const monitor = known.monitor ?? onlyFolder(document);
  const instant = (seconds: number | undefined): number | null =>
    seconds === undefined || seconds <= 0 ? null : seconds * 1000 - facts.aheadMs;
  const pid = vassal !== null && vassal.pid > 0 ? vassal.pid : null;
  const startedAtMs = pid === null ? null : instant(vassal?.last_run);
  const heartbeatAtMs = instant(vassal?.last_heartbeat);
  const cursedAtMs = instant(vassal?.cursed);
  const state = stateOf(known, heartbeatAtMs, facts);
  // What is left of one that died early is being buried.
  const runs = state !== 'throttled';
  const blacklist =
    black === null
      ? null
      : {
          waitMs: Math.max(0, black.throttle_level),
          attempts: count(black.attempt),
          firstAtMs: instant(black.first_attempt) ?? 0,
          lastAtMs: instant(black.last_attempt) ?? 0,
          nextAtMs:
            state === 'throttled'
              ? (instant(reeve?.next) ?? (instant(black.last_attempt) ?? 0) + Math.max(0, black.throttle_level))
              : null,
        };
  return {
    key: keyOf(monitor ?? '', id),
    id,
    state,
    level: levelOf(state, { startedAtMs, cursedAtMs, isStruck: black !== null, atMs: facts.atMs }),
    cause: causeOf(state, known, facts),
    pid: runs ? pid : null,
    upSinceMs: runs ? startedAtMs : null,
    respawns: count(vassal?.respawns ?? 0),
    uid: vassal === null ? null : count(vassal.uid),
    gid: vassal === null ? null : count(vassal.gid),
    monitor,
    configPath: reeve === null ? pathOf(document, monitor, id) : reeve.config === '' ? null : reeve.config,
    onDemand: vassal === null || vassal.on_demand === '' ? null : vassal.on_demand,
    changedAtMs: instant(vassal?.last_mod),
    readyAtMs: instant(vassal?.last_ready),
    loyalAtMs: instant(vassal?.last_loyal),
    heartbeatAtMs,
    blacklist,
  };
}

function stateOf({ vassal, black, reeve }: Known, heartbeatAtMs: number | null, facts: RowFacts): VassalRowState {
  const isLate = heartbeatAtMs !== null && facts.atMs - heartbeatAtMs > facts.heartbeatMs / 2;
  if (vassal === null || (vassal.cursed > 0 && black !== null && reeve === null)) {
    const own = reeve === null ? null : ownState(reeve.state);
    if (own !== null || vassal !== null || black === null) return own ?? 'throttled';
    const dueAtMs = black.last_attempt * 1000 - facts.aheadMs + Math.max(0, black.throttle_level);
    return facts.atMs - dueAtMs > UNTRIED_MS ? 'gone' : 'throttled';
  }
  const own = reeve === null ? null : ownState(reeve.state);
  const concluded = conclude(vassal);
  const state = own ?? concluded;
  const runs = state === 'starting' || state === 'ready' || state === 'accepting' || state === 'loyal';
  return isLate && runs ? 'late' : state;
}

function conclude({ cursed, pid, loyal, accepting, ready }: EmperorVassal): VassalRowState {
  if (cursed > 0) return 'cursed';
  if (pid <= 0) return 'on demand';
  if (loyal > 0) return 'loyal';
  if (accepting > 0) return 'accepting';
  return ready > 0 ? 'ready' : 'starting';
}

/** A VassalState of the bundled engine; null: one that is not known here. */
function ownState(state: string): VassalRowState | null {
  if (state === 'spawned') return 'ready';
  return state in STATE_WORDS ? (OWN_STATES.find((known) => known === state) ?? null) : null;
}

const OWN_STATES = ['on demand', 'starting', 'accepting', 'loyal', 'throttled', 'cursed', 'refused'] as const;

function levelOf(
  state: VassalRowState,
  {
    startedAtMs,
    cursedAtMs,
    isStruck,
    atMs,
  }: { startedAtMs: number | null; cursedAtMs: number | null; isStruck: boolean; atMs: number },
): VassalRow['level'] {
  switch (state) {
    case 'refused':
    case 'throttled':
      return 'crit';
    case 'late':
      return 'warn';
    case 'starting':
      return isStruck || (startedAtMs !== null && atMs - startedAtMs > STARTING_MS) ? 'warn' : 'off';
    case 'cursed':
      return cursedAtMs !== null && atMs - cursedAtMs > ENDING_MS ? 'warn' : 'off';
    case 'on demand':
    case 'gone':
      return 'off';
    case 'ready':
    case 'accepting':
    case 'loyal':
      return 'ok';
  }
}

function causeOf(state: VassalRowState, { black, reeve, vassal }: Known, { heartbeatMs }: RowFacts): string {
  const strikes =
    black === null ? '' : `it died before it was loyal, ${countWords(black.attempt, 'time', 'times')} in a row`;
  if (state === 'late')
    return `Its heartbeat does not come; the emperor kills it after ${heartbeatMs / 1000} s without one.`;
  const own = reeve?.cause ?? '';
  if (own !== '') return sentence(state === 'throttled' && strikes !== '' ? `${own}; ${strikes}` : own);
  switch (state) {
    case 'throttled':
      return sentence(strikes);
    case 'cursed':
      return 'It was told to end; its file is gone or was replaced, or it did not answer.';
    case 'starting':
      return sentence(strikes === '' ? '' : `tried once more: ${strikes}`);
    case 'on demand':
      return `The emperor waits for the first connection to ${vassal?.on_demand ?? 'its socket'}.`;
    case 'gone':
      return 'It was not tried again when its wait was over: its file is gone. uWSGI keeps it on the blacklist.';
    case 'ready':
      return 'Its application is loaded; its workers do not accept yet.';
    case 'refused':
    case 'accepting':
    case 'loyal':
      return '';
  }
}

/** Of a folder its absolute path is told; a pattern's matches are relative to where the emperor works. */
function pathOf({ cwd }: EmperorStats, monitor: string | null, id: string): string | null {
  if (id.startsWith('/')) return id;
  if (monitor === null || monitor.includes('://')) return null;
  return isPattern(monitor)
    ? posix.join(cwd, id)
    : posix.join(cwd.startsWith('/') && !monitor.startsWith('/') ? posix.join(cwd, monitor) : monitor, id);
}

/** Where a name of the blacklist comes from, when there is only one place. */
function onlyFolder({ emperor }: EmperorStats): string | null {
  const [first] = emperor;
  return emperor.length === 1 && first !== undefined ? first : null;
}

function isPattern(monitor: string): boolean {
  return /[*?[]/.test(monitor);
}

function keyOf(monitor: string, id: string): string {
  return `${monitor}\n${id}`;
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

function count(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : 0;
}
