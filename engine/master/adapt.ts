/**
 * The number of workers over time: once a cycle `cheaper` decides how many run (cheaper.ts), `idle` whether any does;
 * waiting requests bring workers at once where that is better. Here it is only said which numbers rest
 * (roster.ts): `settle` starts and retires.
 */
import { decide, NO_MEMORY, type Observation, type Room } from './cheaper.ts';
import { type Draft, log } from './draft.ts';
import { type Generation, isLive, type MasterState, workersOf } from './machine-state.ts';
import { isComplete, restingAtFirst, seatCount, wantedWids } from './roster.ts';
import { beginStop } from './stop.ts';

/** A cycle has ended. */
export function endCycle(draft: Draft, seen: Observation): void {
  const { state } = draft;
  const generation = state.generations.get(state.active);
  if (generation === undefined || state.stop !== null) return;
  const isServing = state.phase === 'serving' && !state.paused;
  noteActivity(draft, generation, seen, isServing && state.reload === null);
  if (!isServing) return;
  if (generation.isAsleep) {
    if (seen.backlog > 0) wake(draft, generation);
    return;
  }
  const { idleMs } = generation.plan;
  if (idleMs > 0 && draft.nowMs - state.activity.lastMs >= idleMs) return nothingToDo(draft, generation);
  adapt(draft, generation, seen);
}

/** Requests wait, `count` of them, and no worker serves or too many wait already: gateways say so at once. */
export function answerDemand(draft: Draft, count: number): void {
  const { state } = draft;
  const generation = state.generations.get(state.active);
  if (generation === undefined || state.stop !== null || state.paused) return;
  if (generation.isAsleep) return wake(draft, generation);
  const { cheaper } = generation.plan;
  if (cheaper === null || cheaper.algorithm === 'manual' || !isComplete(state, generation)) return;
  const added = add(generation, Math.min(cheaper.step, roomOf(state, generation).above));
  if (added > 0) log(draft, `${count} requests wait: ${added} more ${added === 1 ? 'worker starts' : 'workers start'}`);
}

/** FIFO `C`: no worker until the next request. What runs is answered first. */
export function goCheap(draft: Draft): void {
  const { state } = draft;
  const generation = state.generations.get(state.active);
  if (generation === undefined || state.stop !== null || generation.isAsleep) return;
  log(draft, 'going cheap...');
  fallAsleep(draft, generation);
}

/** FIFO `+` and `-`. Without `cheaper` the number of workers itself changes. */
export function resize(draft: Draft, by: 1 | -1): void {
  const { state } = draft;
  const generation = state.generations.get(state.active);
  if (generation === undefined || state.stop !== null) return;
  if (generation.isAsleep) {
    if (by > 0) wake(draft, generation);
    return;
  }
  const { cheaper } = generation.plan;
  if (cheaper === null) {
    state.desired = Math.max(1, state.desired + by);
  } else if (by > 0) {
    add(generation, 1);
  } else {
    const least = cheaper.algorithm === 'manual' ? 1 : cheaper.least;
    if (wantedWids(state, generation).length > least) restOne(draft, generation);
  }
  const wanted = wantedWids(state, generation).length;
  log(draft, `${wanted} ${wanted === 1 ? 'worker is' : 'workers are'} wanted now`);
}

function noteActivity(draft: Draft, generation: Generation, seen: Observation, mayRest: boolean): void {
  const { state } = draft;
  const { activity } = state;
  const busy = new Set(seen.workers.filter((worker) => worker.isBusy).map((worker) => worker.spawnId));
  const isActive = !mayRest || busy.size > 0 || seen.backlog > 0 || seen.requests !== activity.requests;
  const { rssSoftLimitBytes: soft = 0, rssHardLimitBytes: hard = 0 } = generation.plan.cheaper ?? {};
  const isAbove = (limit: number): boolean => limit > 0 && seen.rssBytes > limit;
  const memory = isAbove(hard) ? 'hard' : isAbove(soft) ? 'soft' : 'below';
  if (memory !== activity.memory) {
    const what = memory === 'below' ? 'below the limits of cheaper again' : `above cheaper-rss-limit-${memory}`;
    log(draft, `the memory of all workers, ${seen.rssBytes} bytes, is ${what}`);
  }
  const lastMs = isActive ? draft.nowMs : activity.lastMs;
  state.activity = { requests: seen.requests, lastMs, busy, memory };
}

function nothingToDo(draft: Draft, generation: Generation): void {
  const { idleMs, stopsWhenIdle } = generation.plan;
  const { lastMs } = draft.state.activity;
  const times = `${Math.floor(draft.nowMs / 1000)}-${Math.floor(lastMs / 1000)}`;
  log(draft, `workers have been inactive for more than ${idleMs / 1000} seconds (${times})`);
  if (stopsWhenIdle) beginStop(draft, 'graceful', 0);
  else fallAsleep(draft, generation);
}

function fallAsleep(draft: Draft, generation: Generation): void {
  generation.isAsleep = true;
  generation.resting = restingAtFirst(generation.plan, true, seatCount(draft.state, generation));
  log(draft, 'cheap mode enabled: waiting for socket connection...');
}

function wake(draft: Draft, generation: Generation): void {
  const { state } = draft;
  generation.isAsleep = false;
  generation.resting = restingAtFirst(generation.plan, false, seatCount(state, generation));
  generation.cheaper = NO_MEMORY;
  state.activity = { ...state.activity, lastMs: draft.nowMs };
  const wanted = wantedWids(state, generation).length;
  log(draft, `a request waits: ${wanted} ${wanted === 1 ? 'worker starts' : 'workers start'}`);
}

function adapt(draft: Draft, generation: Generation, seen: Observation): void {
  const { cheaper } = generation.plan;
  if (cheaper === null) return;
  const room = roomOf(draft.state, generation);
  const { state, delta, notes } = decide(cheaper, generation.cheaper, seen, room);
  generation.cheaper = state;
  for (const note of notes) log(draft, note);
  if (draft.state.activity.memory === 'hard') {
    if (room.below > 0) restOne(draft, generation);
  } else if (delta > 0) {
    add(generation, Math.min(delta, room.above));
  } else {
    for (let i = 0; i < Math.min(-delta, room.below); i++) restOne(draft, generation);
  }
}

function roomOf(state: MasterState, generation: Generation): Room {
  const running = wantedWids(state, generation).length;
  const isFull = state.activity.memory !== 'below';
  return {
    above: isFull ? 0 : generation.resting.size,
    below: Math.max(0, running - (generation.plan.cheaper?.least ?? running)),
  };
}

/** Wakes the lowest numbers that rest; returns how many. */
function add(generation: Generation, count: number): number {
  const woken = [...generation.resting].sort((a, b) => a - b).slice(0, Math.max(0, count));
  for (const wid of woken) generation.resting.delete(wid);
  return woken.length;
}

/** Retires the oldest idle worker, or the oldest when none is idle. */
function restOne(draft: Draft, generation: Generation): void {
  const { state } = draft;
  const { busy } = state.activity;
  const candidates = workersOf(state, generation.number).filter(
    (worker) => isLive(worker) && !generation.resting.has(worker.wid),
  );
  const [chosen] = candidates.sort(
    (a, b) => Number(busy.has(a.spawnId)) - Number(busy.has(b.spawnId)) || a.startedMs - b.startedMs || a.wid - b.wid,
  );
  const wid = chosen?.wid ?? wantedWids(state, generation).at(-1);
  if (wid === undefined) return;
  generation.resting.add(wid);
  log(draft, `worker ${wid} (pid: ${chosen?.pid ?? 0}) cheaped.`);
}
