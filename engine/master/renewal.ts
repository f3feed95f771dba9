/**
 * A reload of the workers alone: new processes of the same generation, all at once, without mercy, or one after the
 * other. New code comes with `lazy-apps` only. The old ones serve until their replacements are ready (settle.ts); when
 * those do not come up, what is left of the old ones stays.
 */
import { cutWorker, type Draft, killWorker, log } from './draft.ts';
import { type Generation, isLive, type ReloadReport, type Renewal, workersOf } from './machine-state.ts';
import { beginReport, endReport } from './reload-report.ts';

const BEGINS: Record<Renewal['kind'], string> = {
  workers: 'reload of the workers',
  brutal: 'brutal reload of the workers',
  chain: 'chain reload',
};
const REPORTED: Record<Renewal['kind'], ReloadReport['kind']> = {
  workers: 'workers',
  brutal: 'brutal workers',
  chain: 'chain',
};

export function renewWorkers(draft: Draft, kind: Renewal['kind']): void {
  const { state } = draft;
  const generation = state.generations.get(state.active);
  if (generation === undefined || state.stop !== null) return;
  if (state.reload !== null) return log(draft, 'a reload is running; the workers are about to be replaced anyway');
  const { reloadTimeoutMs } = generation.plan;
  generation.round += 1;
  generation.renewal = { kind, deadlineMs: reloadTimeoutMs === 0 ? null : draft.nowMs + reloadTimeoutMs };
  beginReport(draft, REPORTED[kind]);
  log(draft, `*** ${BEGINS[kind]}${kind === 'chain' ? ': one worker after the other' : ''} ***`);
  if (kind !== 'brutal') return;
  for (const worker of workersOf(state, generation.number)) cutWorker(draft, worker, 'SIGKILL');
}

/** Called when every worker number has a worker: is it over? */
export function noteRenewed(draft: Draft, generation: Generation): void {
  const { renewal } = generation;
  if (renewal === null) return;
  const workers = workersOf(draft.state, generation.number);
  if (workers.some((worker) => isLive(worker) && worker.round < generation.round)) return;
  generation.renewal = null;
  endReport(draft, null);
  log(draft, `*** ${BEGINS[renewal.kind]} done: every worker is new ***`);
}

/** The new workers fail: those of the round before that are left stay. */
export function giveUpRenewal(draft: Draft, generation: Generation, reason: string): void {
  const { renewal } = generation;
  if (renewal === null) return;
  endReport(draft, reason);
  log(draft, `*** ${BEGINS[renewal.kind]} given up: new workers do not start; the remaining old ones serve on ***`);
  endRenewal(draft, generation);
}

/** A full reload replaces them all anyway: the old ones serve until then. */
export function dropRenewal(draft: Draft): void {
  const generation = draft.state.generations.get(draft.state.active);
  if (generation !== undefined && generation.renewal !== null) endRenewal(draft, generation);
}

function endRenewal(draft: Draft, generation: Generation): void {
  generation.renewal = null;
  const workers = workersOf(draft.state, generation.number);
  const kept = new Set(workers.filter((one) => one.phase === 'ready').map((one) => one.wid));
  for (const worker of workers) {
    const isPending = worker.phase === 'requested' || worker.phase === 'starting';
    if (isPending && kept.has(worker.wid)) killWorker(draft, worker);
    worker.round = generation.round;
  }
}
