/**
 * The master as a pure state machine: `step(state, event, now)` gives the next state and what is to be done. Handlers
 * change what is wanted or note what is; `settle` makes one out of the other. No clock, no process, no socket here.
 */
import { answerDemand, endCycle, goCheap, resize } from './adapt.ts';
import { type Draft, killWorker, killZygote, log } from './draft.ts';
import type { Effect } from './effects.ts';
import type { Command, MasterEvent, Plan } from './events.ts';
import { copyState, initialState, isLive, type MasterState, workersOf } from './machine-state.ts';
import { abandonReload, configReady, listenersReady, requestReload, watchReload } from './reload.ts';
import { giveUpRenewal, renewWorkers } from './renewal.ts';
import { wantedWids } from './roster.ts';
import { settle } from './settle.ts';
import { beginStop } from './stop.ts';
import { endOfLifeMs } from './wear.ts';
import { handleDeadline, handleWorkerEvent } from './worker-events.ts';
import { handleZygoteEvent } from './zygote-events.ts';

export interface Step {
  state: MasterState;
  effects: Effect[];
}

/** The beginning: the listeners are bound before anything is loaded. */
export function boot(plan: Plan, nowMs: number): Step {
  return { state: initialState(plan, nowMs), effects: [{ type: 'bind-listeners' }] };
}

export function step(before: MasterState, event: MasterEvent, nowMs: number): Step {
  const draft: Draft = { state: copyState(before), nowMs, effects: [] };
  if (before.phase !== 'stopped') {
    handle(draft, event);
    settle(draft);
  }
  return { state: draft.state, effects: draft.effects };
}

/** When the machine wants its next `tick` at the latest; null: nothing waits for a time. */
export function nextDeadlineMs(state: MasterState): number | null {
  let next = state.stop === null || state.stop.how === 'forced' ? Number.POSITIVE_INFINITY : state.stop.deadlineMs;
  for (const worker of state.workers.values()) next = Math.min(next, worker.deadlineMs ?? next);
  if (state.reload?.stage === 'loading') next = Math.min(next, state.reload.remindMs, state.reload.deadlineMs ?? next);
  for (const generation of state.generations.values()) {
    next = Math.min(next, generation.zygoteDeadlineMs ?? next);
    if (state.stop !== null || generation.role === 'outgoing') continue;
    if (generation.zygote === 'none' && generation.plan.spawn === 'fork') {
      next = Math.min(next, generation.zygoteNotBeforeMs);
    }
    next = Math.min(next, generation.renewal?.deadlineMs ?? next);
    const live = workersOf(state, generation.number).filter(isLive);
    for (const worker of live) next = Math.min(next, endOfLifeMs(generation.plan, worker) ?? next);
    const taken = new Set(live.map((worker) => worker.wid));
    for (const wid of wantedWids(state, generation)) {
      const notBeforeMs = generation.seats.get(wid)?.notBeforeMs ?? 0;
      if (notBeforeMs > 0 && !taken.has(wid)) next = Math.min(next, notBeforeMs);
    }
  }
  return next === Number.POSITIVE_INFINITY ? null : next;
}

function handle(draft: Draft, event: MasterEvent): void {
  const { state } = draft;
  switch (event.type) {
    case 'worker-started':
    case 'worker-not-started':
    case 'worker-load-failed':
    case 'worker-connected':
    case 'worker-recycling':
    case 'worker-worn':
    case 'worker-too-large':
    case 'worker-drained':
    case 'request-late':
    case 'request-overdue':
    case 'handler-overdue':
    case 'worker-unreachable':
    case 'worker-exited': {
      const worker = state.workers.get(event.spawnId);
      if (worker !== undefined) handleWorkerEvent(draft, worker, event);
      return;
    }
    case 'zygote-loaded':
    case 'zygote-load-failed':
    case 'zygote-exited': {
      const generation = state.generations.get(event.generation);
      if (generation !== undefined) handleZygoteEvent(draft, generation, event);
      return;
    }
    case 'command':
      return obey(draft, event.command);
    case 'config-ready':
      return configReady(draft, event.plan);
    case 'config-failed':
      if (state.reload?.stage === 'reading') abandonReload(draft, event.message);
      return;
    case 'listeners-ready':
      return listenersReady(draft);
    case 'listeners-failed':
      if (state.reload?.stage === 'binding') abandonReload(draft, event.message);
      return;
    case 'gateways-drained':
      if (state.stop?.gateways === 'draining') state.stop.gateways = 'drained';
      return;
    case 'gateways-stopped':
      if (state.stop !== null) state.stop.gateways = 'stopped';
      return;
    case 'gateway-restarted':
      for (const worker of state.workers.values()) killWorker(draft, worker);
      return;
    case 'cycle':
      return endCycle(draft, event.seen);
    case 'demand':
      return answerDemand(draft, event.count);
    case 'tick':
      for (const worker of state.workers.values()) handleDeadline(draft, worker);
      watchReload(draft);
      for (const generation of state.generations.values()) {
        if (draft.nowMs >= (generation.renewal?.deadlineMs ?? Number.POSITIVE_INFINITY)) {
          giveUpRenewal(draft, generation, 'its workers were not ready in time (reload-timeout)');
        }
        if (generation.zygoteDeadlineMs !== null && draft.nowMs >= generation.zygoteDeadlineMs) {
          generation.zygoteDeadlineMs = null;
          killZygote(draft, generation);
        }
      }
      return;
  }
}

function obey(draft: Draft, command: Command): void {
  const { state } = draft;
  switch (command) {
    case 'stop':
      return beginStop(draft, state.stop !== null && state.stop.how !== 'graceful' ? 'forced' : 'immediate', 0);
    case 'graceful-stop':
      return beginStop(draft, 'graceful', 0);
    case 'reload':
    case 'brutal-reload':
      return reload(draft, command);
    case 'reload-workers':
      return renewWorkers(draft, 'workers');
    case 'brutal-reload-workers':
      return renewWorkers(draft, 'brutal');
    case 'chain-reload':
      return renewWorkers(draft, 'chain');
    case 'pause':
      if (state.stop !== null) return;
      state.paused = !state.paused;
      draft.effects.push({ type: 'pause', paused: state.paused });
      return log(draft, state.paused ? '*** paused: no requests are taken ***' : '*** resumed ***');
    case 'add-worker':
    case 'remove-worker':
      return resize(draft, command === 'add-worker' ? 1 : -1);
    case 'cheap':
      return goCheap(draft);
  }
}

function reload(draft: Draft, command: 'reload' | 'brutal-reload'): void {
  const { state } = draft;
  if (state.stop !== null) return;
  const plan = state.generations.get(state.active)?.plan;
  if (plan?.exitOnReload === true) {
    log(draft, 'exit-on-reload: stopping instead');
    return beginStop(draft, command === 'reload' ? 'graceful' : 'immediate', 0);
  }
  if (state.phase === 'booting') {
    log(draft, 'the engine is still starting; the reload follows when it has started');
    state.nextReload = command;
    return;
  }
  if (plan?.isLazy === true && command === 'reload') return renewWorkers(draft, 'workers');
  requestReload(draft, command === 'brutal-reload');
}
