/**
 * The end: graceful (what runs is answered, within mercy), immediate (idle workers end by themselves, busy ones and late
 * ones by SIGTERM, then SIGKILL) or forced (SIGKILL).
 * A stop only ever gets harder. It is over when no process and no gateway is left.
 */
import { cutWorker, type Draft, dismissWorker, KILL_DELAY_MS, killWorker, killZygote, log } from './draft.ts';
import { type Stop, workersOf } from './machine-state.ts';

const SEVERITY: Record<Stop['how'], number> = { graceful: 0, immediate: 1, forced: 2 };

export function beginStop(draft: Draft, how: Stop['how'], exitCode: number): void {
  const { state } = draft;
  if (state.stop === null) {
    const mercyMs = state.generations.get(state.active)?.plan.mercyMs ?? 0;
    const deadlineMs = draft.nowMs + (how === 'graceful' ? mercyMs : KILL_DELAY_MS);
    state.stop = { how, exitCode, deadlineMs, gateways: 'up' };
    state.phase = 'stopping';
    if (state.reload !== null) draft.effects.push({ type: 'discard-config' });
    state.reload = null;
    state.nextReload = null;
    log(draft, how === 'graceful' ? 'stopping when all requests are answered' : 'stopping');
  } else if (SEVERITY[how] > SEVERITY[state.stop.how]) {
    state.stop.how = how;
    state.stop.deadlineMs = draft.nowMs + KILL_DELAY_MS;
  }
}

/** Brings the stop one step on, as far as it can go now. */
export function settleStop(draft: Draft): void {
  const { state } = draft;
  const { stop } = state;
  if (stop === null || state.phase === 'stopped') return;
  if (stop.how === 'graceful' && (draft.nowMs >= stop.deadlineMs || isStranded(draft))) {
    log(draft, '*** not all requests were answered in time (worker-reload-mercy); stopping now ***');
    beginStop(draft, 'immediate', stop.exitCode);
  } else if (stop.how === 'immediate' && draft.nowMs >= stop.deadlineMs) {
    stop.how = 'forced';
  }
  if (stop.how === 'graceful') settleGraceful(draft, stop);
  else settleHard(draft, stop);
  const isEmpty =
    state.workers.size === 0 && [...state.generations.values()].every((generation) => generation.zygote === 'none');
  if (isEmpty && stop.gateways === 'stopped') {
    state.phase = 'stopped';
    draft.effects.push({ type: 'finish', exitCode: stop.exitCode });
  }
}

/** Requests wait, but no worker is left to answer them. */
function isStranded(draft: Draft): boolean {
  return draft.state.stop?.gateways === 'draining' && draft.state.workers.size === 0;
}

function settleGraceful(draft: Draft, stop: Stop): void {
  const { state } = draft;
  if (stop.gateways === 'up') {
    stop.gateways = 'draining';
    draft.effects.push({ type: 'drain-gateways' });
  }
  if (stop.gateways === 'draining') return;
  stopGateways(draft, stop);
  for (const worker of state.workers.values()) {
    if (worker.phase === 'ready' || worker.phase === 'retiring') dismissWorker(draft, worker, KILL_DELAY_MS);
    else if (worker.phase === 'requested' || worker.phase === 'starting') killWorker(draft, worker);
  }
  for (const generation of state.generations.values()) {
    if (generation.zygote === 'ready') {
      generation.zygote = 'leaving';
      generation.zygoteDeadlineMs = null;
      draft.effects.push({ type: 'stop-zygote', generation: generation.number });
    } else if (generation.zygote === 'loading') {
      killZygote(draft, generation);
    }
  }
}

function settleHard(draft: Draft, stop: Stop): void {
  // First the workers: the scoreboard still says which of them are busy.
  for (const worker of draft.state.workers.values()) {
    if (stop.how === 'forced') killWorker(draft, worker);
    else cutWorker(draft, worker, 'SIGTERM');
  }
  stopGateways(draft, stop);
  for (const generation of draft.state.generations.values()) {
    // A zygote that is ready reports the ends of its workers: it goes after them.
    const isNeeded = generation.zygote === 'ready' && workersOf(draft.state, generation.number).length > 0;
    if (stop.how === 'forced' || !isNeeded) killZygote(draft, generation);
  }
}

function stopGateways(draft: Draft, stop: Stop): void {
  if (stop.gateways === 'stopping' || stop.gateways === 'stopped') return;
  stop.gateways = 'stopping';
  draft.effects.push({ type: 'stop-gateways' });
}
