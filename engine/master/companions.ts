/**
 * The processes beside the workers (mules and spoolers) as a pure state machine: which of them should run now, how long
 * one that keeps dying is left alone, and how they end. companion-processes.ts does what this says.
 *
 * They belong to a generation: those of a new one start when it takes over, the old ones are told to end at the same
 * time and are killed when their mercy ends.
 */
import type { CompanionSetting } from '../config/companion-settings.ts';

/** One that lived no longer than this is started again after a pause that grows. */
const SHORT_LIFE_MS = 1000;
const FIRST_PAUSE_MS = 250;
/** A process whose end nobody reports, or that lost its control connection, has this long to be seen ending. */
const UNREACHABLE_MS = 1000;
/** SIGKILL has worked by then, whether anybody reports it or not. */
const KILLED_MS = 5000;

/**
 *   requested  asked for; no process yet
 *   running    the process exists
 *   leaving    it was told to end; killed at `deadlineMs`
 *   killed     SIGKILL was sent, or will be when its process is there; taken as gone at `deadlineMs`
 */
export type CompanionStatus = 'requested' | 'running' | 'leaving' | 'killed';

export interface Companion {
  spawnId: number;
  generation: number;
  setting: CompanionSetting;
  status: CompanionStatus;
  /** 0 until the process exists. */
  pid: number;
  startedMs: number;
  deadlineMs: number | null;
}

/** What is known of a mule or spooler beyond the life of one process, by `companionKey`. */
export interface CompanionSeat {
  spawns: number;
  lastSpawnMs: number;
  /** Processes in a row that died soon. */
  shortLives: number;
  notBeforeMs: number;
}

export interface CompanionsState {
  /** The generation they belong to; 0 before the first. */
  generation: number;
  wanted: readonly CompanionSetting[];
  /** `fork`: from the zygote, when it is there; `fresh`: at any time. */
  spawn: 'fork' | 'fresh';
  isZygoteReady: boolean;
  /** Longest pause before one that dies at once is started again. */
  longestPauseMs: number;
  isStopping: boolean;
  lastSpawnId: number;
  seats: Map<string, CompanionSeat>;
  companions: Map<number, Companion>;
}

export type CompanionEvent =
  /** This generation serves from now on. */
  | {
      type: 'take-over';
      generation: number;
      wanted: readonly CompanionSetting[];
      spawn: 'fork' | 'fresh';
      longestPauseMs: number;
    }
  | { type: 'zygote'; isReady: boolean }
  | { type: 'started'; spawnId: number; pid: number }
  | { type: 'not-started'; spawnId: number; message: string }
  | { type: 'exited'; spawnId: number; code: number | null; signal: number | null }
  /** Its control connection has ended although its process was not seen to end. */
  | { type: 'unreachable'; spawnId: number }
  /** All of this role are to be replaced (`touch-mules-reload`). */
  | { type: 'renew'; role: CompanionSetting['role'] }
  /** It has taken too long (`mule-harakiri`); `text` for the log. */
  | { type: 'kill'; spawnId: number; text: string }
  /** `mercyMs`: at most, whatever the settings grant. */
  | { type: 'stop'; mercyMs: number }
  | { type: 'tick' };

export type CompanionEffect =
  | { type: 'spawn'; how: 'fork' | 'fresh'; generation: number; spawnId: number; setting: CompanionSetting }
  | { type: 'tell-exit'; spawnId: number }
  | { type: 'kill'; spawnId: number; pid: number }
  | { type: 'log'; text: string };

export interface CompanionStep {
  state: CompanionsState;
  effects: CompanionEffect[];
}

interface Draft {
  state: CompanionsState;
  effects: CompanionEffect[];
  nowMs: number;
}

/** Nothing is wanted. `firstSpawnId`: their numbers are above those of workers. */
export function initialCompanions(firstSpawnId: number): CompanionsState {
  return {
    generation: 0,
    wanted: [],
    spawn: 'fork',
    isZygoteReady: false,
    longestPauseMs: 0,
    isStopping: false,
    lastSpawnId: firstSpawnId - 1,
    seats: new Map(),
    companions: new Map(),
  };
}

export function companionKey({ role, number }: CompanionSetting): string {
  return `${role} ${number}`;
}

/** How messages name it. */
export function companionName(setting: CompanionSetting): string {
  return setting.role === 'mule' ? `mule ${setting.number}` : `spooler on dir ${setting.folder}`;
}

export function stepCompanions(before: CompanionsState, event: CompanionEvent, nowMs: number): CompanionStep {
  const state: CompanionsState = {
    ...before,
    seats: new Map([...before.seats].map(([key, seat]) => [key, { ...seat }])),
    companions: new Map([...before.companions].map(([id, companion]) => [id, { ...companion }])),
  };
  const draft: Draft = { state, effects: [], nowMs };
  handle(draft, event);
  fill(draft);
  return { state, effects: draft.effects };
}

/** When the next `tick` is wanted; null: nothing waits for a time. */
export function nextCompanionMs(state: CompanionsState): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const { deadlineMs } of state.companions.values()) next = Math.min(next, deadlineMs ?? next);
  if (canSpawn(state)) {
    const taken = takenKeys(state);
    for (const setting of state.wanted) {
      const key = companionKey(setting);
      if (!taken.has(key)) next = Math.min(next, state.seats.get(key)?.notBeforeMs ?? next);
    }
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}

/** After `stop`: nothing is left to wait for. */
export function areCompanionsOver({ companions }: CompanionsState): boolean {
  return companions.size === 0;
}

/** The process that stands for it now: the one that runs, or else one that still ends. */
export function companionOf(state: CompanionsState, setting: CompanionSetting): Companion | null {
  const key = companionKey(setting);
  let found: Companion | null = null;
  for (const companion of state.companions.values()) {
    if (companionKey(companion.setting) !== key || companion.status === 'killed') continue;
    if (found === null || companion.status !== 'leaving') found = companion;
  }
  return found;
}

function handle(draft: Draft, event: CompanionEvent): void {
  const { state } = draft;
  switch (event.type) {
    case 'take-over':
      return takeOver(draft, event);
    case 'zygote':
      state.isZygoteReady = event.isReady;
      if (!event.isReady) forgetForks(draft);
      return;
    case 'renew':
      for (const companion of state.companions.values()) {
        if (companion.setting.role === event.role) dismiss(draft, companion, Number.POSITIVE_INFINITY);
      }
      return;
    case 'stop':
      state.isStopping = true;
      for (const companion of state.companions.values()) dismiss(draft, companion, event.mercyMs);
      return;
    case 'tick':
      for (const companion of state.companions.values()) tick(draft, companion);
      return;
    case 'started':
    case 'not-started':
    case 'exited':
    case 'unreachable':
    case 'kill': {
      const companion = state.companions.get(event.spawnId);
      if (companion !== undefined) handleOne(draft, companion, event);
      // Given up as lost together with its zygote.
      else if (event.type === 'started') draft.effects.push({ type: 'kill', spawnId: event.spawnId, pid: event.pid });
    }
  }
}

function handleOne(draft: Draft, companion: Companion, event: Extract<CompanionEvent, { spawnId: number }>): void {
  switch (event.type) {
    case 'started':
      return started(draft, companion, event.pid);
    case 'not-started':
      if (companion.status === 'requested') {
        say(draft, `*** the ${companionName(companion.setting)} could not be started: ${event.message} ***`);
      }
      return ended(draft, companion);
    case 'exited':
      if (companion.status === 'running') say(draft, deathOf(companion));
      // A spooler that ends well has had its `spooler-max-tasks`: that is no short life.
      if (companion.setting.role === 'spooler' && event.code === 0) companion.startedMs = Number.NEGATIVE_INFINITY;
      return ended(draft, companion);
    case 'unreachable':
      // Without a master it is to end by itself; nobody may be left who reports that.
      if (companion.status === 'running') say(draft, deathOf(companion));
      kill(draft, companion);
      companion.deadlineMs = draft.nowMs + UNREACHABLE_MS;
      return;
    case 'kill':
      if (companion.status !== 'running' && companion.status !== 'leaving') return;
      say(draft, event.text);
      return kill(draft, companion);
  }
}

function takeOver(draft: Draft, event: Extract<CompanionEvent, { type: 'take-over' }>): void {
  const { state } = draft;
  const { generation, wanted, spawn, longestPauseMs } = event;
  Object.assign(state, { generation, wanted, spawn, longestPauseMs });
  const keys = new Set(wanted.map(companionKey));
  for (const [key, seat] of state.seats) {
    if (!keys.has(key)) state.seats.delete(key);
    else Object.assign(seat, { shortLives: 0, notBeforeMs: 0 });
  }
  for (const companion of state.companions.values()) {
    if (companion.generation !== generation) dismiss(draft, companion, Number.POSITIVE_INFINITY);
  }
}

function started(draft: Draft, companion: Companion, pid: number): void {
  const { setting, status } = companion;
  // Its parent tells, and it tells itself.
  if (companion.pid !== 0) return;
  companion.pid = pid;
  if (status === 'killed') {
    // It was given up before it was there.
    draft.effects.push({ type: 'kill', spawnId: companion.spawnId, pid });
    return;
  }
  companion.status = 'running';
  companion.startedMs = draft.nowMs;
  const seat = seatOf(draft.state, companionKey(setting));
  seat.spawns += 1;
  seat.lastSpawnMs = draft.nowMs;
  say(
    draft,
    setting.role === 'mule'
      ? `spawned uWSGI mule ${setting.number} (pid: ${pid})`
      : `spawned the uWSGI spooler on dir ${setting.folder} with pid ${pid}`,
  );
}

/** The zygote has ended: what it was asked for does not come any more. */
function forgetForks({ state }: Draft): void {
  for (const [spawnId, { pid, generation }] of state.companions) {
    if (state.spawn === 'fork' && pid === 0 && generation === state.generation) state.companions.delete(spawnId);
  }
}

/** Its process is gone, or never came. */
function ended(draft: Draft, companion: Companion): void {
  const { state } = draft;
  state.companions.delete(companion.spawnId);
  const seat = state.seats.get(companionKey(companion.setting));
  if (seat === undefined || companion.generation !== state.generation || companion.status === 'leaving') return;
  if (draft.nowMs - companion.startedMs > SHORT_LIFE_MS) {
    seat.shortLives = 0;
    seat.notBeforeMs = 0;
    return;
  }
  // The first time at once; one that dies again and again does not make a hot loop of it.
  seat.shortLives += 1;
  if (seat.shortLives === 1) return;
  const pauseMs = FIRST_PAUSE_MS * 2 ** Math.min(seat.shortLives - 2, 10);
  seat.notBeforeMs = draft.nowMs + Math.min(pauseMs, Math.max(FIRST_PAUSE_MS, state.longestPauseMs));
}

/** Asks it to end; it is killed when its mercy ends. */
function dismiss(draft: Draft, companion: Companion, mostMs: number): void {
  const { setting, spawnId, status } = companion;
  const deadlineMs = draft.nowMs + Math.min(setting.mercySeconds * 1000, mostMs);
  if (status === 'leaving') {
    companion.deadlineMs = Math.min(companion.deadlineMs ?? deadlineMs, deadlineMs);
  } else if (status === 'running') {
    companion.status = 'leaving';
    companion.deadlineMs = deadlineMs;
    draft.effects.push({ type: 'tell-exit', spawnId });
  } else {
    kill(draft, companion);
  }
}

function tick(draft: Draft, companion: Companion): void {
  if (companion.deadlineMs === null || draft.nowMs < companion.deadlineMs) return;
  if (companion.status === 'killed') return ended(draft, companion);
  say(
    draft,
    `${companionName(companion.setting)} (pid: ${companion.pid}) is taking too much time to die...NO MERCY !!!`,
  );
  kill(draft, companion);
}

/** SIGKILL; one whose process is not known yet is killed when it is. */
function kill(draft: Draft, companion: Companion): void {
  if (companion.status === 'killed') return;
  companion.status = 'killed';
  companion.deadlineMs = draft.nowMs + KILLED_MS;
  const { spawnId, pid } = companion;
  if (pid !== 0) draft.effects.push({ type: 'kill', spawnId, pid });
}

/** Starts those that are wanted and have no process. One that is told to end is replaced when it has. */
function fill(draft: Draft): void {
  const { state } = draft;
  if (!canSpawn(state)) return;
  const taken = takenKeys(state);
  for (const setting of state.wanted) {
    const key = companionKey(setting);
    if (taken.has(key) || draft.nowMs < seatOf(state, key).notBeforeMs) continue;
    const spawnId = ++state.lastSpawnId;
    const { generation, spawn: how } = state;
    const startedMs = draft.nowMs;
    state.companions.set(spawnId, {
      spawnId,
      generation,
      setting,
      status: 'requested',
      pid: 0,
      startedMs,
      deadlineMs: null,
    });
    draft.effects.push({ type: 'spawn', how, generation, spawnId, setting });
  }
}

function canSpawn({ isStopping, spawn, isZygoteReady, generation }: CompanionsState): boolean {
  return !isStopping && generation > 0 && (spawn === 'fresh' || isZygoteReady);
}

/** Those that have a process of this generation. */
function takenKeys(state: CompanionsState): Set<string> {
  const own = [...state.companions.values()].filter(({ generation }) => generation === state.generation);
  return new Set(own.map(({ setting }) => companionKey(setting)));
}

function seatOf(state: CompanionsState, key: string): CompanionSeat {
  let seat = state.seats.get(key);
  if (seat === undefined) {
    seat = { spawns: 0, lastSpawnMs: 0, shortLives: 0, notBeforeMs: 0 };
    state.seats.set(key, seat);
  }
  return seat;
}

/** As uWSGI says it. */
function deathOf({ setting, pid }: Companion): string {
  return setting.role === 'mule'
    ? `OOOPS mule ${setting.number} (pid: ${pid}) crippled...trying respawn...`
    : 'OOOPS the spooler is no more...trying respawn...';
}

function say(draft: Draft, text: string): void {
  draft.effects.push({ type: 'log', text });
}
