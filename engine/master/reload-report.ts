/** What the statistics say of the last reload: how it was asked for, and what became of it. */
import type { Draft } from './draft.ts';
import type { ReloadReport } from './machine-state.ts';

export function beginReport({ state, nowMs }: Draft, kind: ReloadReport['kind']): void {
  state.lastReload = { kind, status: 'running', startedMs: nowMs, endedMs: null, reason: null };
}

/** `reason`: why it failed; null: it did not. */
export function endReport({ state, nowMs }: Draft, reason: string | null): void {
  if (state.lastReload?.status !== 'running') return;
  const status = reason === null ? 'done' : 'failed';
  state.lastReload = { ...state.lastReload, status, endedMs: nowMs, reason };
}
