/**
 * Carries out the small actions on one server with the care of a reload: looks first, acts once, one at a time for
 * each server, and then looks at the figures whether it was carried out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { ActionKind, ActionPlan, ActionResult } from '../../contract/actions-model.ts';
import { type AuditRecord, hostKeyOf } from '../audit/audit-log.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { type Control, type ControlSignal, checkFifo, sendSignal, writeFifo } from '../control/control.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { FileStat } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { findMaster, findSignalTrouble } from '../reload/master-check.ts';
import { requireName } from '../reload/read-only.ts';
import { plainEvent } from '../samples/poll-events.ts';
import { pollStats } from '../stats/stats-client.ts';
import { Turns } from '../turns.ts';
import { seconds } from '../words.ts';
import {
  type ActionFacts,
  isForgiven,
  isProven,
  type Planned,
  planAction,
  runningCount,
  workerOf,
} from './action-plan.ts';

export interface ActionsOptions {
  clock: Clock;
  readConfig: (instance: Instance) => Promise<EffectiveConfig | null>;
  /** Onto the record of actions. */
  record: (record: AuditRecord) => void;
}

/** A call of the contract ends after 15 s. */
const PROOF_MS = 8_000;
const LOOK_EVERY_MS = 300;

interface Prepared {
  facts: ActionFacts;
  planned: Planned;
  control: Control;
}

export class Actions {
  readonly #options: ActionsOptions;
  readonly #turns = new Turns();

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Throws `reload-no-figures` while the instance does not answer. */
  async plan(instance: Instance, kind: ActionKind, wid: number | null): Promise<ActionPlan> {
    const { planned } = await this.#prepare(instance, kind, wid);
    const { title, explanation, whyNot, action } = planned;
    return {
      kind,
      title,
      explanation,
      enabled: planned.way !== null,
      whyNot,
      action,
      needsName: instance.isReadOnly,
      acceptedBefore: instance.record.acceptedMethods.includes(kind),
    };
  }

  /** Throws when nothing was done. */
  async run(
    instance: Instance,
    kind: ActionKind,
    wid: number | null,
    confirmedName: string | undefined,
  ): Promise<ActionResult> {
    requireName(instance, confirmedName);
    return this.#turns.take(instance.id, async () => {
      const { facts, planned, control } = await this.#prepare(instance, kind, wid);
      const { way, title } = planned;
      if (way === null) throw new CoreError('action-not-possible', { title, reason: planned.whyNot ?? '' });
      const startedAtMs = this.#options.clock.now();
      const logBefore = await logOf(instance, facts);
      try {
        if (way.type === 'fifo') await writeFifo(control, way.path, way.letter);
        else await this.#signal(instance, control, facts.document, way.pid, way.signal, way.isWorker);
      } catch (error) {
        this.#record(instance, kind, planned, 'failed', toErrorData(error).message);
        throw error;
      }
      const accepted = new Set([...instance.record.acceptedMethods, kind]);
      instance.updateRecord({ acceptedMethods: [...accepted] });
      const detail = await this.#prove(instance, kind, facts, logBefore);
      const result: ActionResult = {
        status: detail === null ? 'unclear' : 'done',
        title: detail === null ? `${title}: sent, and not seen yet.` : `${title}: done.`,
        detail: detail ?? unclearWords(kind),
      };
      this.#record(instance, kind, planned, result.status === 'done' ? 'done' : 'begun', result.detail);
      const text = `${planned.action.join('; ')}. ${result.detail}`;
      instance.addEvent(plainEvent(startedAtMs, 'reload', title, text, null));
      return result;
    });
  }

  #record(
    instance: Instance,
    kind: ActionKind,
    { title, action }: Planned,
    result: AuditRecord['result'],
    reason: string,
  ): void {
    this.#options.record({
      action: kind,
      instance: instance.record.name,
      machine: instance.machine.id,
      hostKey: hostKeyOf(instance.machine),
      detail: `${title}: ${action.join('; ')}`,
      result,
      reason,
    });
  }

  async #prepare(instance: Instance, kind: ActionKind, wid: number | null): Promise<Prepared> {
    const { document, link } = instance.monitor;
    if (document === null || link.status !== 'attached') {
      throw new CoreError('reload-no-figures', { name: instance.record.name });
    }
    const { machine } = instance;
    const control = { machine, sudo: instance.record.sudo === true };
    const config = await this.#options.readConfig(instance);
    const path = config?.masterFifos[0];
    const [check, signalTrouble] = await Promise.all([
      path === undefined ? null : checkFifo(control, path, document.pid),
      findSignalTrouble(instance, document, control.sudo),
    ]);
    const facts: ActionFacts = {
      document,
      emperor: instance.monitor.emperor,
      machineName: machine.isLocal ? null : machine.name,
      sudo: control.sudo,
      fifo:
        path === undefined || check === null
          ? null
          : { path, trouble: check.status === 'unusable' ? check.error.message : null },
      signalTrouble,
      logPath: config?.logto ?? null,
      isOwnEngine: instance.record.kind === 'engine',
      // The bundled engine needs no `cheaper` for it.
      canScale: instance.isReeveEngine || config?.cheaper !== false,
      wid,
    };
    return { facts, planned: planAction(kind, facts), control };
  }

  async #signal(
    instance: Instance,
    control: Control,
    document: StatsDocument,
    pid: number,
    signal: ControlSignal,
    isWorker: boolean,
  ): Promise<void> {
    const { args } = await findMaster(instance, document);
    await sendSignal(control, { pid, masterArgs: args, masterPid: isWorker ? document.pid : null }, signal);
  }

  /** What was seen of it; null: nothing in time. */
  async #prove(
    instance: Instance,
    kind: ActionKind,
    facts: ActionFacts,
    logBefore: FileStat | null,
  ): Promise<string | null> {
    const { clock } = this.#options;
    const sinceMs = clock.now();
    while (clock.now() - sinceMs < PROOF_MS) {
      await sleep(LOOK_EVERY_MS);
      const took = seconds(clock.now() - sinceMs);
      if (kind === 'log-rotate' || kind === 'log-reopen') {
        const log = await logOf(instance, facts);
        if (logChanged(kind, logBefore, log)) return `${facts.logPath ?? 'The log'} shows it after ${took}.`;
        continue;
      }
      const poll = await pollStats(instance.target(), undefined, instance.machine);
      if (kind === 'stop') {
        const gone = !poll.ok && (await instance.machine.readProcess(facts.document.pid)) === null;
        if (gone) return `The master ended after ${took}; its stats address is closed.`;
      } else if (kind === 'clear-blacklist') {
        const fresh = poll.ok ? poll.emperor : null;
        if (facts.emperor !== null && fresh !== null && isForgiven(facts.emperor, fresh)) {
          return `The blacklist is empty or begun anew after ${took}.`;
        }
      } else if (poll.ok && isProven(kind, facts.wid, facts.document, poll.document) === true) {
        return `${provenWords(kind, facts, poll.document)} after ${took}.`;
      }
    }
    return null;
  }
}

async function logOf(instance: Instance, { logPath }: ActionFacts): Promise<FileStat | null> {
  if (logPath === null) return null;
  // A log that can't be looked at shows nothing, which is what is told then.
  return instance.machine.files.stat(logPath).catch(() => null);
}

/** A rotated log begins anew; one that was opened anew says so in a line. */
function logChanged(kind: ActionKind, before: FileStat | null, now: FileStat | null): boolean {
  if (now === null) return false;
  if (before === null) return true;
  return kind === 'log-rotate' ? now.sizeBytes < before.sizeBytes : now.sizeBytes !== before.sizeBytes;
}

function provenWords(kind: ActionKind, facts: ActionFacts, now: StatsDocument): string {
  if (kind === 'respawn-worker') {
    const [old, fresh] = [workerOf(facts.document, facts.wid), workerOf(now, facts.wid)];
    return `Worker ${facts.wid ?? ''} is new, pid ${old?.pid ?? 0} → ${fresh?.pid ?? 0},`;
  }
  if (kind === 'pause') return 'All workers changed their state';
  return `${runningCount(now)} workers run, ${runningCount(facts.document)} before,`;
}

function unclearWords(kind: ActionKind): string {
  const waited = `Nothing of it was seen within ${seconds(PROOF_MS)}.`;
  switch (kind) {
    case 'stop':
      return `${waited} Its workers may still finish their requests.`;
    case 'respawn-worker':
      return `${waited} The worker may still be in a request; it ends after that.`;
    case 'scale-up':
    case 'scale-down':
      return `${waited} It takes 'cheaper' in the configuration; the algorithm may also have undone it.`;
    case 'pause':
      return `${waited} Workers in a request pause after it.`;
    case 'clear-blacklist':
      return `${waited} The log of the emperor says whether the signal arrived.`;
    case 'log-rotate':
    case 'log-reopen':
      return `${waited} The log of the server says whether the command arrived.`;
  }
}
