/**
 * Reloads with proof: acts once, then watches every worker at four polls a second until there is a verdict, and
 * keeps the report. Watching can be given up; the reload itself can't be taken back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { EventPayload } from '../../contract/api.ts';
import type { ReloadPlan, ReloadRun } from '../../contract/reload-model.ts';
import type { AuditRecord } from '../audit/audit-log.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { clockAheadMs } from '../config/machine-clock.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { Clock } from '../ports.ts';
import { sampleValue } from '../samples/figures.ts';
import { plainEvent } from '../samples/poll-events.ts';
import { pollStats } from '../stats/stats-client.ts';
import { seconds } from '../words.ts';
import { type Act, act } from './act.ts';
import { type LogEvidence, noteLog, readEvidence } from './log-evidence.ts';
import { requireName } from './read-only.ts';
import { isFull } from './reload-methods.ts';
import { makeReloadPlan } from './reload-plan.ts';
import type { ReloadReports } from './reload-reports.ts';
import { auditOf, isLinkDown, makeRun, targetOf, watchPlanOf } from './reload-run.ts';
import { verdictOf } from './verdict.ts';
import {
  beginWatch,
  observeAlive,
  observeDeath,
  observeDocument,
  observeGap,
  observeLinkGivenUp,
  observeLinkLoss,
  observeRefusal,
  observeResend,
  type WatchState,
} from './watch-machine.ts';
import { info } from './watch-words.ts';

export interface ReloadFlowOptions {
  clock: Clock;
  reports: ReloadReports;
  /** Reads the instance's configuration as it is on disk now. */
  readConfig: (instance: Instance) => Promise<EffectiveConfig | null>;
  /** Onto the record of actions. */
  record: (record: AuditRecord) => void;
  emitRun: (run: ReloadRun) => void;
  emitNotice: (notice: EventPayload<'notice'>) => void;
  onTrouble: (text: string) => void;
}

export interface StartOptions {
  /** What was typed for a read-only instance. */
  confirmedName?: string | undefined;
  /** Through `sudo -n`; undefined: as the last time. */
  sudo?: boolean | undefined;
}

const WATCH_INTERVAL_MS = 250;
/** So often is looked whether a master that does not answer still exists. */
const LIFE_CHECK_MS = 1_000;
const SETTLE_MS = 2_500;
/** So long an ended master is waited for: a supervisor that is known starts it anew. */
const DEAD_AFTER_MS = 3_000;
const SUPERVISED_DEAD_AFTER_MS = 15_000;
/** A link that is down for so long is not waited for any longer. */
const LINK_PATIENCE_MS = 600_000;
const MOST_POINTS = 900;
const MOST_ERROR_LINES = 20;
/** What the bundled engine logs when the new generation of a reload could not be loaded. */
const REFUSAL =
  /reload (was )?(refused|failed|given up|cancelled)|old generation (goes on|serves on|keeps)|old workers (go on|serve on|keep)/i;

interface Active {
  instance: Instance;
  run: ReloadRun;
  watch: WatchState;
  stopListening: () => void;
  /** To do it once more. */
  doing: Act;
  /** Stats address of the configuration on disk; null once it is followed, or when there is none. */
  nextAddress: string | null;
  /** The engine's last traceback or error, for a refusal. */
  lastError: string[];
  log: LogEvidence;
  lifeCheckedAtMs: number;
  /** Ends the waiting for a link that is down. */
  cancelPatience: (() => void) | null;
}

export class ReloadFlow {
  readonly #options: ReloadFlowOptions;
  readonly #active = new Map<string, Active>();
  readonly #starting = new Set<string>();

  constructor(options: ReloadFlowOptions) {
    this.#options = options;
  }

  /** `sudo` undefined: as the last time. */
  async plan(instance: Instance, sudo?: boolean): Promise<ReloadPlan> {
    const config = await this.#options.readConfig(instance);
    return this.#planWith(instance, config, sudo ?? instance.record.sudo === true);
  }

  async #planWith(instance: Instance, config: EffectiveConfig | null, sudo: boolean): Promise<ReloadPlan> {
    const full = this.list(instance.id).find(({ method, verdict }) => {
      return isFull(method.id, config) && (verdict?.status === 'done' || verdict?.status === 'done-with');
    });
    const loadedAtMs = full?.startedAtMs ?? null;
    return makeReloadPlan(instance, config, { now: this.#options.clock.now(), sudo, loadedAtMs });
  }

  /** Checks once more, acts, and begins to watch. Throws when nothing was done. */
  async start(instance: Instance, methodId: string, options: StartOptions = {}): Promise<ReloadRun> {
    requireName(instance, options.confirmedName);
    if (this.#activeOf(instance) !== null || this.#starting.has(instance.id)) {
      throw new CoreError('reload-running', { name: instance.record.name });
    }
    this.#starting.add(instance.id);
    try {
      return await this.#start(instance, methodId, options.sudo ?? instance.record.sudo === true);
    } finally {
      this.#starting.delete(instance.id);
    }
  }

  /** Throws `reload-unknown`. */
  get(id: string): ReloadRun {
    const run = this.#active.get(id)?.run ?? this.#options.reports.get(id);
    if (run === undefined) throw new CoreError('reload-unknown', { id });
    return run;
  }

  /** Newest first. */
  list(instanceId: string): ReloadRun[] {
    const active = [...this.#active.values()].map(({ run }) => run).filter((run) => run.instanceId === instanceId);
    return [...active, ...this.#options.reports.list(instanceId)];
  }

  stopWatching(id: string): ReloadRun {
    const active = this.#active.get(id);
    if (active === undefined) return this.get(id);
    const now = this.#options.clock.now();
    const fresh = active.watch.workers.filter((worker) => worker.state === 'new').length;
    const title = `Watching stopped after ${seconds(now - active.run.startedAtMs)}.`;
    const detail = `${fresh} of ${active.watch.workers.length} workers were new by then; the reload itself goes on.`;
    this.#finish(active, { status: 'stuck', title, detail }, now);
    return active.run;
  }

  async forget(instanceId: string): Promise<void> {
    this.#starting.delete(instanceId);
    for (const active of this.#active.values()) {
      if (active.instance.id === instanceId) this.#end(active);
    }
    await this.#options.reports.forget(instanceId);
  }

  dispose(): void {
    this.#starting.clear();
    for (const active of this.#active.values()) this.#end(active);
  }

  async #start(instance: Instance, methodId: string, sudo: boolean): Promise<ReloadRun> {
    // Planned and carried out by one reading of the configuration: what was checked is what is done.
    const config = await this.#options.readConfig(instance);
    const plan = await this.#planWith(instance, config, sudo);
    const method = plan.methods.find((candidate) => candidate.id === methodId);
    if (method === undefined || !method.enabled) {
      const reason = method?.whyNot ?? 'There is no such way.';
      throw new CoreError('reload-method', { title: method?.title ?? methodId, reason });
    }
    const before = await this.#look(instance);
    const [log, aheadMs] = await Promise.all([
      noteLog(instance, config, before, this.#options.clock.now()),
      clockAheadMs(instance.machine),
    ]);
    await this.#letSettle(instance, before, aheadMs);
    // What is new is told by what was there in the last moment before.
    const document = await this.#look(instance);
    // It was removed meanwhile, or Reeve is about to end.
    if (!this.#starting.has(instance.id)) throw new CoreError('instance-unknown', { id: instance.id });
    const startedAtMs = this.#options.clock.now();
    const watch = beginWatch(
      watchPlanOf(instance, method.id, config, startedAtMs),
      document,
      instance.monitor.requests,
    );
    const active: Active = {
      instance,
      watch,
      run: makeRun(instance, method, plan, startedAtMs),
      stopListening: () => {},
      doing: { instance, method, config, document, sudo },
      nextAddress: config?.statsAddress ?? null,
      lastError: [],
      log,
      lifeCheckedAtMs: 0,
      cancelPatience: null,
    };
    active.stopListening = this.#listenTo(active);
    this.#active.set(active.run.id, active);
    instance.monitor.reloadRunning = true;
    instance.monitor.setInterval(WATCH_INTERVAL_MS);
    instance.monitor.setEager(true);
    let done: string;
    try {
      done = await act(active.doing);
    } catch (error) {
      if (!(error instanceof CoreError) || error.code !== 'control-unsure') {
        this.#options.record(auditOf(instance, active.run, toErrorData(error).message));
        this.#end(active);
        throw error;
      }
      // The workers tell; a second command could be a second reload.
      done = error.message;
      active.watch = { ...active.watch, resend: 'never' };
    }
    this.#options.record(auditOf(instance, active.run, null));
    const accepted = new Set([...instance.record.acceptedMethods, method.id]);
    instance.updateRecord({ acceptedMethods: [...accepted], sudo });
    active.watch = {
      ...active.watch,
      log: [info(startedAtMs, done), ...active.watch.log],
    };
    this.#update(active, startedAtMs);
    return active.run;
  }

  async #look(instance: Instance): Promise<StatsDocument> {
    const poll = await pollStats(instance.target(), undefined, instance.machine);
    if (poll.ok) return poll.document;
    throw new CoreError('reload-no-figures', { name: instance.record.name }, { cause: poll.error });
  }

  /** A worker of uWSGI that has not set up its signals yet misses the command, and is only killed after mercy. */
  async #letSettle(instance: Instance, document: StatsDocument, aheadMs: number): Promise<void> {
    if (instance.isReeveEngine) return;
    const youngestMs = Math.max(0, ...document.workers.map((worker) => worker.last_spawn)) * 1000;
    const waitMs = youngestMs + SETTLE_MS - (this.#options.clock.now() + aheadMs);
    if (waitMs > 0 && waitMs <= SETTLE_MS) await sleep(waitMs);
  }

  #listenTo(active: Active): () => void {
    const { instance } = active;
    return instance.listen({
      onDocument: (document, atMs) => {
        active.cancelPatience?.();
        active.cancelPatience = null;
        active.watch = observeDocument(active.watch, document, instance.monitor.requests, atMs);
        if (active.watch.resend === 'due') void this.#resend(active, atMs);
        this.#update(active, atMs);
      },
      onGap: (reason, code, atMs) => {
        if (isLinkDown(instance.machine, code)) {
          this.#waitForLink(active, reason, atMs);
          return;
        }
        active.watch = observeGap(active.watch, reason, code !== 'stats-timeout', atMs);
        this.#update(active, atMs);
        void this.#followAddress(active);
        if (code !== 'stats-timeout') void this.#checkLife(active, atMs);
      },
      onSample: ({ atMs, row }) => {
        if (row === null) return;
        const point: ReloadRun['series'][number] = [
          atMs - active.run.startedAtMs,
          sampleValue(row, 'reqPerSec'),
          sampleValue(row, 'listenQueue'),
          sampleValue(row, 'slowestRtMs'),
        ];
        active.run = { ...active.run, series: [...active.run.series, point].slice(-MOST_POINTS) };
      },
      onLines: (lines) => {
        for (const line of lines) {
          if (line.level === 'error') active.lastError = [...active.lastError, line.text].slice(-MOST_ERROR_LINES);
          if (!REFUSAL.test(line.text)) continue;
          const text = [...active.lastError, line.text].join('\n');
          active.watch = observeRefusal(active.watch, text, line.atMs);
          this.#update(active, line.atMs);
        }
      },
    });
  }

  /** The command was accepted and nobody acted on it, so it was lost: it is given once more, and no third time. */
  async #resend(active: Active, atMs: number): Promise<void> {
    active.watch = observeResend(active.watch, 'No worker shows that the command arrived; it is sent again', atMs);
    let text: string;
    try {
      text = await act(active.doing);
    } catch (error) {
      text = toErrorData(error).message;
    }
    const nowMs = this.#options.clock.now();
    active.watch = { ...active.watch, log: [...active.watch.log, info(nowMs, text)] };
    this.#update(active, nowMs);
  }

  /** Nothing answers. Where the master could be seen before and is gone now, it has died. */
  async #checkLife(active: Active, atMs: number): Promise<void> {
    if (!active.log.isMasterSeen || atMs - active.lifeCheckedAtMs < LIFE_CHECK_MS) return;
    active.lifeCheckedAtMs = atMs;
    const pid = active.watch.masterPid;
    // A link that is down tells nothing about the process; the next look may.
    const master = await active.instance.machine.readProcess(pid).catch(() => undefined);
    if (master !== null && master !== undefined && active.doing.config?.statsAddress != null) {
      active.watch = observeAlive(active.watch, this.#options.clock.now());
    }
    const deadAfterMs = active.log.isSupervised ? SUPERVISED_DEAD_AFTER_MS : DEAD_AFTER_MS;
    const silentForMs = atMs - (active.watch.silentSinceMs ?? atMs);
    if (master !== null || silentForMs < deadAfterMs || !this.#active.has(active.run.id)) return;
    active.watch = observeDeath(active.watch, atMs);
    this.#update(active, atMs);
  }

  /** Nothing is seen until the link is back, and nothing is guessed. */
  #waitForLink(active: Active, reason: string, atMs: number): void {
    active.watch = observeLinkLoss(active.watch, reason, atMs);
    active.cancelPatience ??= this.#options.clock.setTimer(() => {
      const nowMs = this.#options.clock.now();
      active.watch = observeLinkGivenUp(active.watch, nowMs);
      this.#update(active, nowMs);
    }, LINK_PATIENCE_MS);
    this.#update(active, atMs);
  }

  /** The configuration that was loaded may name another stats address: the server then answers there. */
  async #followAddress(active: Active): Promise<void> {
    const { instance, nextAddress } = active;
    if (nextAddress === null) return;
    active.nextAddress = null;
    const target = targetOf(nextAddress, instance.machine.id);
    if (target === null || target.text === instance.record.statsAddress) return;
    const poll = await pollStats(target, undefined, instance.machine);
    if (!this.#active.has(active.run.id)) return;
    if (!poll.ok) {
      active.nextAddress = nextAddress;
      return;
    }
    instance.updateRecord({ statsAddress: target.text });
    instance.attach({ eager: true });
    instance.monitor.setInterval(WATCH_INTERVAL_MS);
  }

  #update(active: Active, atMs: number): void {
    if (!this.#active.has(active.run.id)) return;
    active.instance.monitor.setEager(true);
    const { watch } = active;
    const verdict = verdictOf(watch, atMs);
    active.run = {
      ...active.run,
      phase: 'watching',
      verdict,
      workers: watch.workers.map(({ wid, oldPid, newPid, served, spans }) => ({ wid, oldPid, newPid, served, spans })),
      answered: watch.answered,
      cutOff: watch.cutOff,
      exceptions: watch.exceptions,
      queuePeak: watch.queuePeak,
      log: watch.log,
    };
    if (watch.outcome.status === 'finished' && verdict !== null) this.#finish(active, verdict, atMs);
    else this.#options.emitRun(active.run);
  }

  #finish(active: Active, verdict: NonNullable<ReloadRun['verdict']>, atMs: number): void {
    const { instance } = active;
    const workers = active.run.workers.map((worker) => ({
      ...worker,
      spans: worker.spans.map((span) => (span.toMs === null ? { ...span, toMs: atMs } : span)),
    }));
    const level = verdict.status === 'failed' ? ('error' as const) : ('info' as const);
    const log = [...active.run.log, { atMs, level, text: verdict.title }];
    active.run = { ...active.run, phase: 'finished', finishedAtMs: atMs, verdict, workers, log };
    this.#end(active);
    if (verdict.status === 'failed' || verdict.status === 'died') void this.#addLog(active);
    const worked = verdict.status === 'done' || verdict.status === 'done-with';
    if (worked) instance.updateRecord({ lastReloadAtMs: active.run.startedAtMs });
    instance.addEvent(
      plainEvent(
        active.run.startedAtMs,
        'reload',
        active.run.method.title,
        `${verdict.title} ${verdict.detail}`,
        active.run.id,
      ),
    );
    this.#options.record(auditOf(instance, active.run, null));
    this.#options.reports.keep(active.run);
    this.#options.emitRun(active.run);
    this.#options.emitNotice({
      level,
      text: `${instance.record.name}: ${verdict.title}`,
      instanceId: instance.id,
      reloadId: active.run.id,
    });
    void this.#refreshConfig(instance);
  }

  /** The log of the server says why; its report gets the last lines of it, a moment later. */
  async #addLog(active: Active): Promise<void> {
    const logTail = await readEvidence(active.instance, active.log);
    // Its instance may have been removed meanwhile.
    if (logTail.length === 0 || this.#options.reports.get(active.run.id) === undefined) return;
    active.run = { ...active.run, logTail };
    this.#options.reports.keep(active.run);
    this.#options.emitRun(active.run);
  }

  async #refreshConfig(instance: Instance): Promise<void> {
    try {
      instance.setConfig(await this.#options.readConfig(instance));
    } catch (error) {
      this.#options.onTrouble(toErrorData(error).message);
    }
  }

  #end(active: Active): void {
    active.stopListening();
    active.cancelPatience?.();
    this.#active.delete(active.run.id);
    const { monitor } = active.instance;
    monitor.reloadRunning = false;
    monitor.setInterval(null);
    monitor.setEager(false);
  }

  #activeOf(instance: Instance): Active | null {
    return [...this.#active.values()].find((active) => active.instance === instance) ?? null;
  }
}
