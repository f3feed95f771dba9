/**
 * The vassals of an emperor as a pure state machine: which of them should run now, how long one that dies early is left
 * alone, and how they end. emperor.ts does what this says and reports what came of it. What monitors find is what is
 * wanted; a scan turns the difference into starts, reloads and ends. One key is one vassal: the monitor's place in the
 * configuration and the name that it found.
 */
import {
  curse,
  type Draft,
  log,
  refuse,
  reload,
  toleranceMs,
  type VassalEffect,
  type VassalEvent,
  type VassalPolicy,
} from './vassal-draft.ts';
import { over, renew, scanned } from './vassal-scan.ts';
import { copyVassal, type Vassal, type VassalsState } from './vassal-state.ts';
import { TO_VASSAL, wordOf } from './words.ts';

/** A vassal that has not said within this time that it has its configuration holds nobody up any more. */
const SLOW_START_MS = 10_000;
/** uWSGI: a vassal that ends with this code is not started again. */
const EXIT_EXILE = 26;

export interface VassalStep {
  state: VassalsState;
  effects: VassalEffect[];
}

export function stepVassals(before: VassalsState, event: VassalEvent, policy: VassalPolicy, nowMs: number): VassalStep {
  const vassals = new Map([...before.vassals].map(([key, vassal]) => [key, copyVassal(vassal)]));
  const draft: Draft = { state: { ...before, vassals }, effects: [], policy, nowMs };
  handle(draft, event);
  startWaiting(draft);
  return { state: draft.state, effects: draft.effects };
}

/** When the next `tick` is wanted; null: nothing waits for a time to come. */
export function nextVassalMs({ vassals }: VassalsState, policy: VassalPolicy, nowMs: number): number | null {
  let next = Number.POSITIVE_INFINITY;
  for (const vassal of vassals.values()) {
    // One that is due and has not been started waits for others to be ready, or late.
    const dueMs = vassal.status === 'waiting' ? vassal.nextMs : startDeadlineMs(vassal);
    if (dueMs > nowMs) next = Math.min(next, dueMs);
    if (vassal.status !== 'running') continue;
    next = Math.min(next, vassal.curse === null ? heartbeatDeadlineMs(vassal, policy) : vassal.curse.deadlineMs);
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}

/** After `stop`: no process is left. */
export function areVassalsOver({ isStopping, vassals }: VassalsState): boolean {
  return isStopping && vassals.size === 0;
}

function handle(draft: Draft, event: VassalEvent): void {
  const { vassals } = draft.state;
  switch (event.type) {
    case 'scanned':
      return draft.state.isStopping ? undefined : scanned(draft, event.monitor, event.found);
    case 'reload-all':
      for (const [key, vassal] of vassals) reload(draft, key, vassal);
      return;
    case 'forgive':
      for (const vassal of vassals.values()) forgive(draft, vassal);
      return log(draft, 'all waits are forgotten');
    case 'stop':
      return stop(draft, event.isGraceful, event.mercyMs);
    case 'tick':
      for (const [key, vassal] of vassals) tick(draft, key, vassal);
      return;
    case 'spawned':
    case 'not-spawned':
    case 'said':
    case 'pipe-closed':
    case 'exited':
    case 'wanted':
    case 'held':
    case 'not-held': {
      const vassal = vassals.get(event.key);
      if (vassal !== undefined) handleOne(draft, event, vassal);
    }
  }
}

function handleOne(draft: Draft, event: Extract<VassalEvent, { key: string }>, vassal: Vassal): void {
  const { key } = event;
  // What an earlier process of it says late is of no concern.
  if ('pid' in event && event.type !== 'spawned' && event.pid !== vassal.pid) return;
  switch (event.type) {
    case 'spawned':
      return spawned(draft, key, vassal, event.pid);
    case 'not-spawned':
      if (vassal.status !== 'starting') return;
      log(draft, `vassal ${vassal.found.id} could not be started: ${event.message}`);
      return ended(draft, key, vassal, `could not be started: ${event.message}`);
    case 'said':
      return said(draft, key, vassal, event.byte);
    case 'pipe-closed':
      if (vassal.status !== 'running' || vassal.curse !== null) return;
      return curse(draft, vassal, 'has closed its pipe to the emperor', 'restart', toleranceMs(draft), false);
    case 'exited': {
      const { code, signal } = event;
      draft.effects.push({ type: 'ended', id: vassal.found.id, folder: vassal.found.folder });
      if (code === EXIT_EXILE && vassal.curse === null && !draft.state.isStopping) {
        log(draft, `vassal ${vassal.found.id} has exiled itself`);
        return refuse(vassal, `exited with code ${EXIT_EXILE}: it does not want to be started again`);
      }
      return ended(draft, key, vassal, signal === null ? `exited with code ${code ?? 0}` : `was ended by ${signal}`);
    }
    case 'wanted':
      if (vassal.status !== 'on demand') return;
      vassal.status = 'waiting';
      vassal.nextMs = draft.nowMs;
      vassal.isWanted = true;
      return;
    case 'held':
      if (vassal.status !== 'on demand') return;
      log(draft, onDemandLine(vassal));
      vassal.isHeld = true;
      return;
    case 'not-held':
      vassal.isHeld = false;
      if (vassal.status !== 'on demand') return;
      log(draft, `vassal ${vassal.found.id}: its socket can not be had: ${event.message}`);
      return strike(draft, vassal, `socket ${vassal.found.onDemand}: ${event.message}`);
  }
}

// The life of a process

function startWaiting(draft: Draft): void {
  const { state, nowMs, policy } = draft;
  if (state.isStopping) return;
  let starting = 0;
  for (const vassal of state.vassals.values()) if (isLoading(vassal) && startDeadlineMs(vassal) > nowMs) starting++;
  for (const [key, vassal] of state.vassals) {
    if (vassal.status !== 'waiting' || vassal.nextMs > nowMs) continue;
    if (vassal.found.onDemand !== '' && !vassal.isWanted) {
      // It has waited after a failure: the next connection, or the one that is still there, starts it.
      vassal.status = 'on demand';
      draft.effects.push({ type: 'hold', key, socket: vassal.found.onDemand });
      continue;
    }
    // One that waits with others for its turn is looked at again when another is ready or late.
    if (starting >= policy.mostStarting) continue;
    starting++;
    vassal.status = 'starting';
    vassal.isWanted = false;
    vassal.startedMs = nowMs;
    if (vassal.strikes !== null) vassal.strikes.lastMs = nowMs;
    draft.effects.push({ type: 'start', key });
  }
}

function isLoading(vassal: Vassal): boolean {
  if (vassal.curse !== null) return false;
  return vassal.status === 'starting' || (vassal.status === 'running' && !vassal.isReady && vassal.lastReadyMs === 0);
}

function startDeadlineMs(vassal: Vassal): number {
  return isLoading(vassal) ? vassal.startedMs + SLOW_START_MS : Number.POSITIVE_INFINITY;
}

function spawned(draft: Draft, key: string, vassal: Vassal, pid: number): void {
  if (vassal.status !== 'starting') return;
  const { nowMs } = draft;
  vassal.respawns += vassal.firstRunMs === 0 ? 0 : 1;
  Object.assign(vassal, {
    status: 'running',
    pid,
    cause: '',
    isReady: false,
    isAccepting: false,
    isLoyal: false,
    lastHeartbeatMs: 0,
    lastReadyMs: 0,
    lastRunMs: nowMs,
    firstRunMs: vassal.firstRunMs === 0 ? nowMs : vassal.firstRunMs,
  });
  if (vassal.found.config !== null) draft.effects.push({ type: 'send-config', key });
  const { curse: told } = vassal;
  if (told === null) return;
  draft.effects.push({ type: 'tell', key, byte: TO_VASSAL.stop });
  told.deadlineMs = nowMs + toleranceMs(draft);
}

function said(draft: Draft, key: string, vassal: Vassal, byte: number): void {
  const { nowMs } = draft;
  const { id } = vassal.found;
  switch (wordOf(byte)) {
    case 'ready':
      vassal.isReady = true;
      vassal.lastReadyMs = nowMs;
      return log(draft, `vassal ${id} has been spawned`);
    case 'accepting':
      vassal.isAccepting = true;
      vassal.lastAcceptingMs = nowMs;
      return log(draft, `vassal ${id} is ready to accept requests`);
    case 'loyal':
      if (!vassal.isLoyal) log(draft, `vassal ${id} is now loyal`);
      vassal.isLoyal = true;
      vassal.lastLoyalMs = nowMs;
      vassal.strikes = null;
      return;
    case 'heartbeat':
      vassal.lastHeartbeatMs = nowMs;
      return;
    case 'ask-config':
      draft.effects.push({ type: 'send-config', key });
      return;
    case 'stop-me':
      if (vassal.curse !== null) return;
      log(
        draft,
        vassal.found.onDemand === '' ? `stop of ${id} requested` : `bringing back instance ${id} to on-demand mode`,
      );
      draft.effects.push({ type: 'tell', key, byte: TO_VASSAL.stop });
      return curse(draft, vassal, 'it has asked for it', 'restart', toleranceMs(draft));
    case 'reinforcements':
      return log(draft, `vassal ${id} asks for reinforcements, which the engine does not have`);
    case null:
      return log(draft, `vassal ${id} said ${byte}, which has no meaning`);
  }
}

/** Its process is gone, or never came. */
function ended(draft: Draft, key: string, vassal: Vassal, how: string): void {
  const { curse: told, isLoyal } = vassal;
  Object.assign(vassal, { pid: 0, isReady: false, isAccepting: false, curse: null });
  if (draft.state.isStopping || told?.next === 'remove') return over(draft, key, vassal, 'remove');
  if (vassal.found.refusal !== null) return renew(draft, key, vassal);
  const isPlanned = told?.isPlanned === true;
  if (!isLoyal && !isPlanned) return strike(draft, vassal, how);
  vassal.cause = how;
  if (vassal.found.onDemand !== '' && (isPlanned || isLoyal)) {
    vassal.status = 'on demand';
    draft.effects.push({ type: 'hold', key, socket: vassal.found.onDemand });
    return;
  }
  if (!isPlanned) log(draft, `vassal ${vassal.found.id} ${how}; starting it again`);
  vassal.status = 'waiting';
  vassal.nextMs = draft.nowMs;
}

function onDemandLine({ found, isHeld }: Vassal): string {
  const mode = isHeld ? 'back to "on demand" mode' : '"on demand" instance detected';
  return `${found.id} -> ${mode}, waiting for connections on socket "${found.onDemand}" ...`;
}

/** It died before it was loyal: it waits, longer each time. */
function strike(draft: Draft, vassal: Vassal, how: string): void {
  const { nowMs, policy } = draft;
  vassal.status = 'waiting';
  vassal.cause = how;
  if (policy.noBlacklist) {
    vassal.nextMs = nowMs;
    return;
  }
  const before = vassal.strikes;
  const attempt = (before?.attempt ?? 0) + 1;
  const throttleMs = Math.min(attempt * policy.throttleMs, policy.maxThrottleMs);
  vassal.strikes = { attempt, throttleMs, firstMs: before?.firstMs ?? nowMs, lastMs: nowMs };
  vassal.nextMs = nowMs + throttleMs;
  log(
    draft,
    `unloyal bad behaving vassal found: ${vassal.found.id} ${how}; throttling it for ${throttleMs / 1000} s...`,
  );
}

function forgive(draft: Draft, vassal: Vassal): void {
  vassal.strikes = null;
  if (vassal.status === 'waiting') vassal.nextMs = draft.nowMs;
}

function tick(draft: Draft, key: string, vassal: Vassal): void {
  if (vassal.status !== 'running') return;
  const { nowMs, policy } = draft;
  if (vassal.curse !== null) {
    if (nowMs < vassal.curse.deadlineMs) return;
    log(draft, `vassal ${vassal.found.id} (pid: ${vassal.pid}) has not ended in time: killing it`);
    kill(draft, key, vassal);
  } else if (nowMs >= heartbeatDeadlineMs(vassal, policy)) {
    const why = `no heartbeat for ${policy.requiredHeartbeatSeconds} s`;
    log(draft, `vassal ${vassal.found.id} (pid: ${vassal.pid}): ${why}, killing it`);
    curse(draft, vassal, why, 'restart', Number.POSITIVE_INFINITY, false);
    kill(draft, key, vassal);
  }
}

function kill(draft: Draft, key: string, vassal: Vassal): void {
  if (vassal.curse !== null) vassal.curse.deadlineMs = Number.POSITIVE_INFINITY;
  draft.effects.push({ type: 'kill', key, pid: vassal.pid });
}

/** Only those who send heartbeats can miss one. */
function heartbeatDeadlineMs(vassal: Vassal, { requiredHeartbeatSeconds }: VassalPolicy): number {
  if (vassal.lastHeartbeatMs === 0) return Number.POSITIVE_INFINITY;
  return vassal.lastHeartbeatMs + requiredHeartbeatSeconds * 1000;
}

function stop(draft: Draft, isGraceful: boolean, mercyMs: number): void {
  const { state, nowMs } = draft;
  if (!state.isStopping) log(draft, '*** RAGNAROK EVOKED ***');
  state.isStopping = true;
  for (const [key, vassal] of state.vassals) {
    if (vassal.status === 'starting') {
      if (vassal.curse === null) curse(draft, vassal, 'the emperor ends', 'remove', mercyMs);
    } else if (vassal.status !== 'running') {
      over(draft, key, vassal, 'remove');
    } else {
      draft.effects.push({ type: 'tell', key, byte: isGraceful ? TO_VASSAL.stopGracefully : TO_VASSAL.stop });
      const deadlineMs = Math.min(vassal.curse?.deadlineMs ?? Number.POSITIVE_INFINITY, nowMs + mercyMs);
      vassal.curse = { atMs: vassal.curse?.atMs ?? nowMs, deadlineMs, next: 'remove', isPlanned: true };
      vassal.cause = 'the emperor ends';
    }
  }
}
