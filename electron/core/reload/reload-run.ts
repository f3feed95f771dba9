/**
 * What a reload is made of when it begins: its report, what is expected of its workers, and its line on the record of
 * actions.
 */
import { randomUUID } from 'node:crypto';
import type { ReloadMethod, ReloadPlan, ReloadRun } from '../../contract/reload-model.ts';
import { type AuditRecord, hostKeyOf } from '../audit/audit-log.ts';
import { DEFAULT_MERCY_MS, type EffectiveConfig } from '../config/effective-config.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine, MachineId } from '../machine/machine.ts';
import { onMachine, parseStatsTarget, type StatsTarget } from '../stats/target.ts';
import { isChain, isFull, letterOf, type MethodId } from './reload-methods.ts';
import { startupMsOf } from './reload-plan.ts';
import type { WatchPlan } from './watch-workers.ts';

/** Workers are not given time; so long it takes until they are seen to be gone. */
const BRUTAL_MERCY_MS = 2_000;

export function watchPlanOf(
  instance: Instance,
  id: MethodId,
  config: EffectiveConfig | null,
  startedAtMs: number,
): WatchPlan {
  const isUwsgi = !instance.isReeveEngine;
  const full = isUwsgi && isFull(id, config);
  const brutal = id === 'fifo-force';
  return {
    startedAtMs,
    full,
    restarts: full && config !== null,
    chain: isChain(id),
    brutal,
    router: isUwsgi && config?.router === true,
    harakiriMs: config?.harakiriMs ?? null,
    clockAheadMs: instance.machine.isLocal ? 0 : null,
    mercyMs: brutal ? BRUTAL_MERCY_MS : (config?.mercyMs ?? DEFAULT_MERCY_MS),
    startupMs: startupMsOf(instance),
    mayActAtMercy: isUwsgi,
    canResend: letterOf(id) !== null,
  };
}

/** `error`: why nothing was done; null: the command was given, or there is a verdict. */
export function auditOf(instance: Instance, { method, verdict }: ReloadRun, error: string | null): AuditRecord {
  const failed = error !== null || (verdict !== null && verdict.status !== 'done' && verdict.status !== 'done-with');
  return {
    action: 'reload',
    instance: instance.record.name,
    machine: instance.machine.id,
    hostKey: hostKeyOf(instance.machine),
    detail: `${method.title} (${method.option}): ${method.action.join('; ')}`,
    result: failed ? 'failed' : verdict === null ? 'begun' : 'done',
    reason: error ?? verdict?.title ?? null,
  };
}

/** null: an address that can't be asked, e.g. one with port 0. */
export function targetOf(statsAddress: string, machine: MachineId): StatsTarget | null {
  try {
    return onMachine(machine, parseStatsTarget(statsAddress, ''));
  } catch (error) {
    if (error instanceof CoreError) return null;
    throw error;
  }
}

/** The way to the machine, and not the server, is what does not answer. */
export function isLinkDown({ way }: Machine, code: string): boolean {
  return way !== null && (way.state.status !== 'ready' || code.startsWith('ssh-'));
}

/** Before anything is done. */
export function makeRun(instance: Instance, method: ReloadMethod, plan: ReloadPlan, startedAtMs: number): ReloadRun {
  return {
    id: randomUUID(),
    instanceId: instance.id,
    subject: subjectOf(instance),
    method,
    checks: plan.checks,
    startedAtMs,
    finishedAtMs: null,
    phase: 'acting',
    verdict: null,
    workers: [],
    answered: 0,
    cutOff: 0,
    exceptions: 0,
    queuePeak: 0,
    forecast: plan.forecast,
    series: [],
    log: [],
    logTail: [],
  };
}

function subjectOf(instance: Instance): ReloadRun['subject'] {
  const { name, statsAddress, hostName, version } = instance.row();
  return { name, statsAddress, hostName, version };
}
