/**
 * Reloads many instances, wave after wave: starts the reloads of a wave, waits for their verdicts, looks at their
 * figures for a while, and stops at the first that got worse. The record outlives the console and can be resumed.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  type RollingMember,
  type RollingOptions,
  type RollingPlan,
  type RollingRun,
  rollingRunSchema,
} from '../../contract/actions-model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';
import type { Instance } from '../instances/instance.ts';
import type { Registry } from '../instances/registry.ts';
import type { Clock } from '../ports.ts';
import { checkText, hindrances } from './plan-trouble.ts';
import { requireName } from './read-only.ts';
import type { ReloadFlow } from './reload-flow.ts';
import {
  finishRolling,
  type GateFigures,
  hasWorked,
  interruptRolling,
  judgeGate,
  makeRolling,
  nextWave,
  progressOf,
  resumeRolling,
  stopRolling,
  withMember,
} from './rolling-steps.ts';

export const rollingFileSchema = z.object({ version: z.literal(1), runs: z.array(rollingRunSchema) });
export type RollingFile = z.infer<typeof rollingFileSchema>;

export interface RollingReloadsOptions {
  clock: Clock;
  store: DocumentStore<RollingFile>;
  registry: Registry;
  reloads: ReloadFlow;
  emit: (run: RollingRun) => void;
  onTrouble: (text: string) => void;
}

const KEPT = 20;
const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;

interface Watched {
  instance: Instance;
  before: GateFigures;
  sinceMs: number;
}

export class RollingReloads {
  readonly #options: RollingReloadsOptions;
  /** Newest last. */
  #runs: RollingRun[];
  /** Ids whose loop goes on. */
  readonly #going = new Set<string>();
  readonly #verdicts = new Map<string, (run: ReloadRun) => void>();
  readonly #cancelTimers = new Set<() => void>();
  #isClosed = false;

  constructor(options: RollingReloadsOptions) {
    this.#options = options;
    this.#runs = options.store.value.runs.map((run) => interruptRolling(run, options.clock.now()));
  }

  async plan(instanceIds: readonly string[]): Promise<RollingPlan> {
    const instances = [...new Set(instanceIds)].map((id) => this.#options.registry.get(id));
    return { members: await Promise.all(instances.map(async (instance) => this.#planOne(instance))) };
  }

  /** Throws `name-needed`, or `rolling-running` while one of them is part of another. */
  start(options: RollingOptions): RollingRun {
    const { registry, clock } = this.#options;
    for (const id of options.instanceIds) {
      const instance = registry.get(id);
      requireName(instance, typedFor(instance, options.confirmedNames));
    }
    const run = makeRolling(randomUUID(), options, (id) => registry.get(id).record.name, clock.now());
    this.#refuseOverlap(run);
    this.#runs.push(run);
    this.#runs = this.#runs.slice(-KEPT);
    return this.#begin(run);
  }

  /** Nothing further is begun. Throws `rolling-unknown`. */
  stop(id: string): RollingRun {
    const run = this.#get(id);
    if (run.status !== 'running') return run;
    return this.#keep(stopRolling(run, 'Stopped by hand.', this.#options.clock.now()));
  }

  /** Throws `name-needed`: what was typed when it was begun does not count any more. */
  resume(id: string, confirmedNames: readonly string[]): RollingRun {
    const run = this.#get(id);
    if (run.status !== 'stopped') return run;
    // The loop of a run that was just stopped still waits for its last verdict.
    if (this.#going.has(id)) throw new CoreError('rolling-running', { name: run.members[0]?.name ?? '' });
    const resumed = resumeRolling(run, confirmedNames);
    for (const { instanceId, status } of resumed.members) {
      const instance = this.#options.registry.find((record) => record.id === instanceId);
      if (status === 'waiting' && instance !== null) requireName(instance, typedFor(instance, confirmedNames));
    }
    this.#refuseOverlap(resumed);
    return this.#begin(resumed);
  }

  /** Newest first. */
  list(): RollingRun[] {
    return this.#runs.toReversed();
  }

  /** A reload changed. */
  see(reload: ReloadRun): void {
    const run = this.#runs.findLast(({ members }) => members.some(({ reloadId }) => reloadId === reload.id));
    if (run !== undefined && this.#going.has(run.id) && reload.phase !== 'finished') {
      this.#keep(withMember(run, reload.instanceId, progressOf(reload)), 'not stored');
    }
    if (reload.phase === 'finished') this.#verdicts.get(reload.id)?.(reload);
  }

  dispose(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancelTimers) cancel();
  }

  async #planOne(instance: Instance): Promise<RollingPlan['members'][number]> {
    const { id: instanceId, isReadOnly: needsName } = instance;
    const { name } = instance.record;
    try {
      const plan = await this.#options.reloads.plan(instance);
      const method = plan.methods.find(({ id }) => id === plan.recommended) ?? null;
      const troubles: RollingPlan['members'][number]['troubles'] = plan.checks.flatMap((check) =>
        check.status === 'warn' ? [{ status: 'warn' as const, text: checkText(check) }] : [],
      );
      const failed = hindrances(plan, method).map((text) => ({ status: 'fail' as const, text }));
      const action = method?.action ?? [];
      return { instanceId, name, method: method?.title ?? null, action, troubles: [...failed, ...troubles], needsName };
    } catch (error) {
      const { message } = toErrorData(error);
      return {
        instanceId,
        name,
        method: null,
        action: [],
        troubles: [{ status: 'fail', text: message }],
        needsName,
      };
    }
  }

  #begin(run: RollingRun): RollingRun {
    const kept = this.#keep(run);
    this.#going.add(run.id);
    this.#go(run.id)
      .catch((error: unknown) => {
        const { message } = toErrorData(error);
        this.#options.onTrouble(message);
        this.#keep(stopRolling(this.#get(run.id), message, this.#options.clock.now()));
      })
      .finally(() => this.#going.delete(run.id));
    return kept;
  }

  async #go(id: string): Promise<void> {
    for (;;) {
      const run = this.#get(id);
      if (run.status !== 'running' || this.#isClosed) return;
      const wave = nextWave(run);
      if (wave.length === 0) {
        this.#keep(finishRolling(run, this.#options.clock.now()));
        return;
      }
      const done = await Promise.all(wave.map(async (member) => this.#reloadOne(id, member)));
      if (this.#isClosed) return;
      const watched = done.filter((one) => one !== null);
      if (watched.length > 0) await this.#holdGate(id, watched);
    }
  }

  /** Figures to compare with when it worked; otherwise the run is stopped. */
  async #reloadOne(id: string, member: RollingMember): Promise<Watched | null> {
    const { registry, reloads, clock } = this.#options;
    try {
      const instance = registry.get(member.instanceId);
      const before = figuresSince(instance, clock.now() - MINUTE_MS, clock.now());
      this.#change(id, member, { status: 'reloading', text: null });
      const plan = await reloads.plan(instance);
      const method = plan.methods.find((candidate) => candidate.id === plan.recommended) ?? null;
      const [hindrance] = hindrances(plan, method);
      if (method === null || hindrance !== undefined)
        throw new CoreError('rolling-blocked', { reason: hindrance ?? '' });
      if (this.#get(id).status !== 'running') {
        this.#change(id, member, { status: 'waiting', text: null });
        return null;
      }
      const sinceMs = clock.now();
      const { confirmedNames } = this.#get(id).options;
      const started = await reloads.start(instance, method.id, { confirmedName: typedFor(instance, confirmedNames) });
      this.#change(id, member, { method: method.title, reloadId: started.id });
      const reload = await this.#verdictOf(started);
      const { verdict } = reload;
      if (!hasWorked(reload)) {
        this.#fail(id, member, [verdict?.title, verdict?.detail].filter((text) => text).join(' '), reload);
        return null;
      }
      this.#change(id, member, { ...progressOf(reload), status: 'gate' });
      return { instance, before, sinceMs };
    } catch (error) {
      if (!this.#isClosed) this.#fail(id, member, toErrorData(error).message, null);
      return null;
    }
  }

  /** Looks at the instances of a wave each second; the first that is worse stops the run. */
  async #holdGate(id: string, watched: readonly Watched[]): Promise<void> {
    const { clock } = this.#options;
    const { gateMs, slowerTimes } = this.#get(id).options;
    const endsAtMs = clock.now() + gateMs;
    const worse = new Set<string>();
    do {
      for (const { instance, before, sinceMs } of watched) {
        if (gateMs === 0 || worse.has(instance.id)) continue;
        const reason = judgeNow(instance, before, sinceMs, clock.now(), slowerTimes);
        if (reason === null) continue;
        worse.add(instance.id);
        this.#fail(id, { instanceId: instance.id, name: instance.record.name }, reason, null);
      }
      if (this.#get(id).status !== 'running') break;
      const waitMs = Math.min(LOOK_EVERY_MS, endsAtMs - clock.now());
      if (waitMs > 0) await this.#wait(waitMs);
    } while (clock.now() < endsAtMs && !this.#isClosed);
    if (this.#isClosed) return;
    for (const { instance } of watched) {
      if (!worse.has(instance.id)) this.#change(id, { instanceId: instance.id }, { status: 'done' });
    }
  }

  async #verdictOf(started: ReloadRun): Promise<ReloadRun> {
    const now = this.#options.reloads.get(started.id);
    if (now.phase === 'finished') return now;
    const { promise, resolve } = Promise.withResolvers<ReloadRun>();
    this.#verdicts.set(started.id, resolve);
    try {
      return await promise;
    } finally {
      this.#verdicts.delete(started.id);
    }
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.setTimer(resolve, ms);
    const end = (): void => {
      cancel();
      resolve();
    };
    this.#cancelTimers.add(end);
    await promise;
    this.#cancelTimers.delete(end);
  }

  #fail(id: string, member: { instanceId: string; name: string }, text: string, reload: ReloadRun | null): void {
    const progress = reload === null ? {} : { progress: progressOf(reload).progress };
    this.#change(id, member, { ...progress, status: 'failed', text });
    const run = this.#get(id);
    if (run.status !== 'running') return;
    this.#keep(stopRolling(run, `${member.name}: ${text}`, this.#options.clock.now()));
  }

  #change(id: string, { instanceId }: { instanceId: string }, change: Partial<RollingMember>): void {
    this.#keep(withMember(this.#get(id), instanceId, change));
  }

  #get(id: string): RollingRun {
    const run = this.#runs.find((candidate) => candidate.id === id);
    if (run === undefined) throw new CoreError('rolling-unknown', { id });
    return run;
  }

  #refuseOverlap(run: RollingRun): void {
    const mine = new Set(run.members.map(({ instanceId }) => instanceId));
    for (const other of this.#runs) {
      if (other.id === run.id || !this.#going.has(other.id)) continue;
      const shared = other.members.find(({ instanceId }) => mine.has(instanceId));
      if (shared !== undefined) throw new CoreError('rolling-running', { name: shared.name });
    }
  }

  #keep(run: RollingRun, how: 'stored' | 'not stored' = 'stored'): RollingRun {
    this.#runs = this.#runs.map((other) => (other.id === run.id ? run : other));
    this.#options.emit(run);
    if (how === 'stored') {
      this.#options.store
        .set({ version: 1, runs: this.#runs })
        .catch((error: unknown) => this.#options.onTrouble(toErrorData(error).message));
    }
    return run;
  }
}

/** A name that was typed counts until the run stops; what became read-only since then was not. */
function typedFor({ record }: Instance, confirmedNames: readonly string[]): string | undefined {
  return confirmedNames.find((name) => name.trim() === record.name);
}

function judgeNow(
  instance: Instance,
  before: GateFigures,
  sinceMs: number,
  nowMs: number,
  slowerTimes: number | null,
): string | null {
  if (instance.monitor.link.status !== 'attached') return 'It does not answer any more.';
  return judgeGate(before, figuresSince(instance, sinceMs, nowMs), slowerTimes);
}

function figuresSince({ monitor }: Instance, sinceMs: number, nowMs: number): GateFigures {
  const minutes = Math.max((nowMs - sinceMs) / MINUTE_MS, 1 / 60);
  return {
    exceptionsPerMin: monitor.ring.sumSince('exceptions', sinceMs) / minutes,
    avgRtMs: monitor.ring.meanSince('avgRtMs', sinceMs),
    listenQueue: monitor.figures?.listenQueue ?? 0,
    listenMax: monitor.figures?.listenMax ?? null,
    queueErrors: monitor.queueErrorsSince(sinceMs),
  };
}
