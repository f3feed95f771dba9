/**
 * A full reload, step by step: read the configuration, bind what is new, load a new generation beside the old one,
 * switch when all its workers are connected. Until the switch every failure leaves the old generation as it was.
 */
import { addGeneration, type Draft, killWorker, killZygote, log } from './draft.ts';
import type { Plan } from './events.ts';
import { workersOf } from './machine-state.ts';
import { beginReport, endReport } from './reload-report.ts';
import { dropRenewal } from './renewal.ts';
import { beginStop } from './stop.ts';

/** A reload that takes this long is mentioned in the log. */
const REMIND_MS = 60_000;

export function requestReload(draft: Draft, isBrutal: boolean): void {
  const { state } = draft;
  if (state.reload !== null) {
    if (state.reload.stage !== 'loading' || !isBrutal) {
      log(draft, 'a reload is running; the next one follows when it has ended (a brutal one would end its loading)');
      state.nextReload = isBrutal ? 'brutal-reload' : 'reload';
      return;
    }
    abandonReload(draft, 'a brutal reload was asked for');
  }
  log(draft, `*** ${isBrutal ? 'brutal' : 'graceful'} reload: reading the configuration again ***`);
  dropRenewal(draft);
  beginReport(draft, isBrutal ? 'brutal' : 'graceful');
  state.nextReload = null;
  state.reload = { stage: 'reading', isBrutal, startedMs: draft.nowMs };
  draft.effects.push({ type: 'read-config' });
}

export function configReady(draft: Draft, plan: Plan): void {
  const { reload } = draft.state;
  if (reload?.stage !== 'reading') return;
  draft.state.reload = { ...reload, stage: 'binding', plan };
  draft.effects.push({ type: 'bind-listeners' });
}

export function listenersReady(draft: Draft): void {
  const { state } = draft;
  if (state.reload?.stage !== 'binding') return;
  const { plan, isBrutal, startedMs } = state.reload;
  if (state.active === 0) {
    // The first start: requests that come before a worker is there wait in the queue.
    const generation = addGeneration(draft, plan, 'active');
    state.active = generation.number;
    state.desired = plan.processes;
    state.reload = null;
    draft.effects.push({ type: 'adopt-config', generation: generation.number });
    draft.effects.push({ type: 'use-generation', generation: generation.number });
    return;
  }
  const generation = addGeneration(draft, plan, 'incoming');
  const deadlineMs = plan.reloadTimeoutMs === 0 ? null : startedMs + plan.reloadTimeoutMs;
  const remindMs = draft.nowMs + REMIND_MS;
  state.reload = { stage: 'loading', isBrutal, startedMs, generation: generation.number, deadlineMs, remindMs };
  log(draft, `generation ${generation.number} is loading beside generation ${state.active}`);
}

/** The new generation is complete: it serves from now on, the old one ends. */
export function completeReload(draft: Draft): void {
  const { state } = draft;
  if (state.reload?.stage !== 'loading') return;
  const { generation: number, isBrutal, startedMs } = state.reload;
  const incoming = state.generations.get(number);
  const old = state.generations.get(state.active);
  if (incoming === undefined || old === undefined) return;
  incoming.role = 'active';
  old.role = 'outgoing';
  // Brutal: no mercy for what the old workers still do.
  if (isBrutal) old.plan = { ...old.plan, mercyMs: 0 };
  state.active = number;
  state.desired = incoming.plan.processes;
  state.reload = null;
  endReport(draft, null);
  draft.effects.push({ type: 'adopt-config', generation: number });
  draft.effects.push({ type: 'use-generation', generation: number });
  const seconds = ((draft.nowMs - startedMs) / 1000).toFixed(1);
  log(draft, `*** reload done after ${seconds} s: generation ${number} serves, generation ${old.number} finishes ***`);
}

/** Ends a reload without a trace but the log's: the old generation and its configuration serve on. */
export function abandonReload(draft: Draft, reason: string): void {
  const { state } = draft;
  const { reload } = state;
  if (reload === null) return;
  state.reload = null;
  draft.effects.push({ type: 'discard-config' });
  if (state.active === 0) return failStart(draft, 1, reason);
  endReport(draft, reason);
  if (reload.stage === 'loading') {
    const incoming = state.generations.get(reload.generation);
    if (incoming !== undefined) {
      incoming.role = 'outgoing';
      killZygote(draft, incoming);
      for (const worker of workersOf(state, incoming.number)) killWorker(draft, worker);
    }
  }
  log(draft, `*** reload failed: ${reason}; generation ${state.active} serves on unchanged ***`);
}

/** The clock: a reload that takes too long is given up (`reload-timeout`), or at least said to be under way. */
export function watchReload(draft: Draft): void {
  const { reload } = draft.state;
  if (reload?.stage !== 'loading') return;
  if (reload.deadlineMs !== null && draft.nowMs >= reload.deadlineMs) {
    const seconds = (reload.deadlineMs - reload.startedMs) / 1000;
    return abandonReload(draft, `its workers were not ready after ${seconds} s (reload-timeout)`);
  }
  if (draft.nowMs < reload.remindMs) return;
  reload.remindMs = draft.nowMs + REMIND_MS;
  const seconds = Math.round((draft.nowMs - reload.startedMs) / 1000);
  log(draft, `generation ${reload.generation} is still loading after ${seconds} s; a brutal reload begins it anew`);
}

/** There is nothing to fall back on: ends the engine. */
export function failStart(draft: Draft, exitCode: number, message: string): void {
  if (draft.state.stop !== null) return;
  log(draft, `*** ${message} ***`);
  beginStop(draft, 'immediate', exitCode);
}
