/**
 * Turns the difference between wanted and actual into spawns and retirements. Called at the end of every step, so no
 * handler starts or ends a worker for the sake of the numbers.
 */
import { cutWorker, type Draft, KILL_DELAY_MS, killZygote, log, retireWorker, spawnWorker } from './draft.ts';
import { type Generation, isLive, seatOf, type Worker, workersOf } from './machine-state.ts';
import { completeReload, requestReload } from './reload.ts';
import { noteRenewed } from './renewal.ts';
import { seatCount, wantedWids } from './roster.ts';
import { settleStop } from './stop.ts';
import { wearOut } from './wear.ts';

export function settle(draft: Draft): void {
  const { state } = draft;
  if (state.stop !== null) {
    settleStop(draft);
  } else {
    for (const generation of state.generations.values()) {
      if (generation.role === 'outgoing') continue;
      wearOut(draft, generation);
      fill(draft, generation);
    }
    noteComplete(draft);
    if (state.reload === null && state.nextReload !== null && state.phase === 'serving') {
      requestReload(draft, state.nextReload === 'brutal-reload');
    }
  }
  for (const generation of state.generations.values()) {
    if (generation.role === 'outgoing') wind(draft, generation);
  }
}

/** Gives every worker number its worker, and replaces those of an older round. */
function fill(draft: Draft, generation: Generation): void {
  const seats = seatCount(draft.state, generation);
  if (generation.plan.spawn === 'fork' && generation.zygote === 'none' && draft.nowMs >= generation.zygoteNotBeforeMs) {
    generation.zygote = 'loading';
    draft.effects.push({ type: 'start-zygote', generation: generation.number });
  }
  const canSpawn = generation.plan.spawn === 'fresh' || generation.zygote === 'ready';
  const live = workersOf(draft.state, generation.number).filter(isLive);
  const current = new Map<number, Worker>();
  const stale = new Map<number, Worker>();
  for (const worker of live) (worker.round === generation.round ? current : stale).set(worker.wid, worker);
  let isReplacing = [...current.values()].some((worker) => worker.phase !== 'ready' && stale.has(worker.wid));
  for (const wid of wantedWids(draft.state, generation)) {
    const worker = current.get(wid);
    const old = stale.get(wid);
    if (worker !== undefined) {
      if (old !== undefined && worker.phase === 'ready') retireWorker(draft, old, generation.plan.mercyMs);
      continue;
    }
    if (!canSpawn || draft.nowMs < seatOf(generation, wid).notBeforeMs) continue;
    if (old !== undefined && generation.renewal?.kind === 'chain' && isReplacing) continue;
    spawnWorker(draft, generation, wid, seats);
    isReplacing ||= old !== undefined;
  }
  for (const worker of live) {
    if (worker.wid > seats || generation.resting.has(worker.wid)) retireWorker(draft, worker, generation.plan.mercyMs);
  }
}

/** Notices that all workers of a generation are there: the end of the start, of a reload, of a reload of the workers. */
function noteComplete(draft: Draft): void {
  const { state } = draft;
  for (const generation of state.generations.values()) {
    if (generation.role === 'outgoing') continue;
    // Where no worker is wanted yet (`cheap`), the app must be loadable all the same.
    if (generation.plan.spawn === 'fork' && !generation.hasLoaded) continue;
    const wanted = wantedWids(state, generation);
    const ready = new Set<number>();
    for (const worker of workersOf(state, generation.number)) {
      if (worker.phase === 'ready' && worker.round === generation.round) ready.add(worker.wid);
    }
    if (wanted.some((wid) => !ready.has(wid))) continue;
    noteRenewed(draft, generation);
    const isFirst = !generation.wasComplete;
    generation.wasComplete = true;
    if (generation.role === 'incoming') {
      completeReload(draft);
    } else if (isFirst && state.phase === 'booting') {
      state.phase = 'serving';
      log(draft, `*** Reeve is ready: ${wanted.length} ${wanted.length === 1 ? 'worker' : 'workers'} ***`);
      if (generation.isAsleep) log(draft, 'cheap mode enabled: waiting for socket connection...');
    }
  }
}

/** Ends a generation that is no longer wanted: its workers finish, then its zygote leaves, then it is forgotten. */
function wind(draft: Draft, generation: Generation): void {
  const workers = workersOf(draft.state, generation.number);
  for (const worker of workers) {
    if (generation.plan.mercyMs > 0) retireWorker(draft, worker, generation.plan.mercyMs);
    else cutWorker(draft, worker, 'SIGKILL');
  }
  if (generation.zygote === 'loading') killZygote(draft, generation);
  if (generation.zygote === 'ready') {
    generation.zygote = 'leaving';
    draft.effects.push({ type: 'stop-zygote', generation: generation.number });
  }
  if (workers.length > 0) return;
  if (generation.zygote === 'leaving') generation.zygoteDeadlineMs ??= draft.nowMs + KILL_DELAY_MS;
  if (generation.zygote === 'none') {
    draft.state.generations.delete(generation.number);
    draft.effects.push({ type: 'forget-generation', generation: generation.number });
  }
}
