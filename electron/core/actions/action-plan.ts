/**
 * The small actions on one server: what each does, exactly what would be done, why it can't be used, and what shows
 * that it was carried out. Pure; what had to be looked at comes in as ActionFacts.
 */
import type { EmperorStats } from '../../../engine/api/emperor-stats.ts';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { ActionKind } from '../../contract/actions-model.ts';
import type { ControlSignal } from '../control/control.ts';
import { fifoLines, onMachine, signalLines } from '../control/control-words.ts';
import { workersOf } from '../samples/worker-rows.ts';

export interface ActionFacts {
  document: StatsDocument;
  /** What it rules; null: it is no emperor. */
  emperor: EmperorStats | null;
  /** Of this machine, for the exact action; null: this one. */
  machineName: string | null;
  sudo: boolean;
  /** The first `master-fifo`; null: none is configured. `trouble`: why it can't be used. */
  fifo: { path: string; trouble: string | null } | null;
  /** null: the master can be signalled. */
  signalTrouble: string | null;
  /** A file that takes the log; null: none is known. */
  logPath: string | null;
  /** The console runs it itself. */
  isOwnEngine: boolean;
  /** false: this uWSGI has no `cheaper`, and then ignores `+` and `-`. */
  canScale: boolean;
  /** For `respawn-worker`. */
  wid: number | null;
}

/** What would be done: letters into the FIFO, or a signal to a process. */
export type ActionWay =
  | { type: 'fifo'; path: string; letter: string }
  | { type: 'signal'; pid: number; signal: ControlSignal; isWorker: boolean };

export interface Planned {
  title: string;
  explanation: string;
  /** null: it can't be done, and `whyNot` says why. */
  way: ActionWay | null;
  whyNot: string | null;
  action: string[];
}

interface Kind {
  letter: string | null;
  signal: ControlSignal | null;
}

const KINDS: Record<ActionKind, Kind> = {
  stop: { letter: 'q', signal: 'INT' },
  'scale-up': { letter: '+', signal: null },
  'scale-down': { letter: '-', signal: null },
  pause: { letter: 'p', signal: 'TSTP' },
  'log-rotate': { letter: 'L', signal: null },
  'log-reopen': { letter: 'l', signal: null },
  'respawn-worker': { letter: null, signal: 'HUP' },
  'clear-blacklist': { letter: null, signal: 'URG' },
};

const NO_CHEAPER = "uWSGI changes the number of its workers only with 'cheaper' in its configuration.";

export function planAction(kind: ActionKind, facts: ActionFacts): Planned {
  const { way, whyNot } = chooseWay(kind, facts);
  const trouble = troubleOf(kind, facts) ?? whyNot;
  return {
    title: titleOf(kind, facts),
    explanation: explain(kind, facts, way),
    way: trouble === null ? way : null,
    whyNot: trouble,
    action: way === null ? [] : linesOf(way, facts),
  };
}

/** What has to be seen in the figures before it counts as done. null: the figures can't show it. */
export function isProven(
  kind: ActionKind,
  wid: number | null,
  before: StatsDocument,
  now: StatsDocument,
): boolean | null {
  switch (kind) {
    case 'scale-up':
      return runningCount(now) > runningCount(before);
    case 'scale-down':
      return runningCount(now) < runningCount(before);
    case 'pause':
      return isPaused(now) !== isPaused(before);
    case 'respawn-worker': {
      const [old, fresh] = [workerOf(before, wid), workerOf(now, wid)];
      return fresh !== null && fresh.pid > 0 && fresh.pid !== old?.pid && fresh.accepting !== 0;
    }
    case 'stop':
    case 'log-rotate':
    case 'log-reopen':
    case 'clear-blacklist':
      return null;
  }
}

/** Those that were on the blacklist are off it, or failed once more since. */
export function isForgiven(before: EmperorStats, now: EmperorStats): boolean {
  return before.blacklist.every(({ id, attempt, first_attempt }) => {
    const entry = now.blacklist.find((other) => other.id === id);
    return entry === undefined || entry.attempt < attempt || entry.first_attempt > first_attempt;
  });
}

export function isPaused(document: StatsDocument): boolean {
  const running = workersOf(document).filter(({ pid }) => pid > 0);
  return running.length > 0 && running.every(({ status }) => status === 'pause');
}

export function runningCount(document: StatsDocument): number {
  return workersOf(document).filter(({ pid, status }) => pid > 0 && status !== 'cheap').length;
}

export function workerOf(document: StatsDocument, wid: number | null) {
  return workersOf(document).find(({ id }) => id === wid) ?? null;
}

function chooseWay(kind: ActionKind, facts: ActionFacts): { way: ActionWay | null; whyNot: string | null } {
  const { letter, signal } = KINDS[kind];
  const { fifo, document } = facts;
  if (letter !== null && fifo !== null && fifo.trouble === null) {
    return { way: { type: 'fifo', path: fifo.path, letter }, whyNot: null };
  }
  if (signal === null) {
    const add = `Add "master-fifo = /run/…" to its configuration.`;
    return { way: null, whyNot: fifo?.trouble ?? `The configuration has no 'master-fifo'. ${add}` };
  }
  if (facts.signalTrouble !== null) return { way: null, whyNot: facts.signalTrouble };
  const worker = workerOf(document, facts.wid);
  if (kind !== 'respawn-worker') {
    return { way: { type: 'signal', pid: document.pid, signal, isWorker: false }, whyNot: null };
  }
  if (worker === null || worker.pid <= 0) return { way: null, whyNot: `Worker ${facts.wid ?? ''} does not run.` };
  return { way: { type: 'signal', pid: worker.pid, signal, isWorker: true }, whyNot: null };
}

function troubleOf(kind: ActionKind, facts: ActionFacts): string | null {
  const { document, emperor, logPath, isOwnEngine, canScale } = facts;
  if (emperor !== null && !['clear-blacklist', 'log-rotate', 'log-reopen'].includes(kind)) {
    return 'It is an emperor: it has vassals and no workers of its own.';
  }
  const workers = workersOf(document);
  switch (kind) {
    case 'clear-blacklist':
      if (emperor === null) return 'It is no emperor.';
      return emperor.blacklist.length === 0 ? 'Nothing is on its blacklist.' : null;
    case 'stop':
      return isOwnEngine ? 'Reeve runs it: stop it with Stop in its head.' : null;
    case 'scale-up':
      if (!canScale) return NO_CHEAPER;
      return runningCount(document) >= workers.length
        ? `All ${workers.length} workers run; more takes a higher 'processes'.`
        : null;
    case 'scale-down':
      if (!canScale) return NO_CHEAPER;
      return runningCount(document) <= 1 ? 'Only one worker runs: nobody would serve.' : null;
    case 'log-rotate':
    case 'log-reopen':
      return logPath === null ? 'It has no log file that is known: no logto, no daemonize.' : null;
    case 'pause':
    case 'respawn-worker':
      return null;
  }
}

function titleOf(kind: ActionKind, { document, wid }: ActionFacts): string {
  switch (kind) {
    case 'stop':
      return 'Stop';
    case 'scale-up':
      return 'One worker more';
    case 'scale-down':
      return 'One worker less';
    case 'pause':
      return isPaused(document) ? 'Resume' : 'Pause';
    case 'log-rotate':
      return 'Rotate the log';
    case 'log-reopen':
      return 'Reopen the log';
    case 'respawn-worker':
      return `Respawn worker ${wid ?? ''}`.trim();
    case 'clear-blacklist':
      return 'Clear the blacklist';
  }
}

function explain(kind: ActionKind, { document, logPath }: ActionFacts, way: ActionWay | null): string {
  switch (kind) {
    case 'stop':
      return way?.type === 'signal'
        ? 'The master ends at once and running requests are cut off: without a FIFO there is no graceful stop. What started it may start it again.'
        : 'Workers finish their requests, then the master ends. What started it, such as systemd or an emperor, may start it again.';
    case 'scale-up':
      return "Starts one of the cheap workers. The 'cheaper' algorithm may stop it again.";
    case 'scale-down':
      return "Makes one worker cheap. It needs 'cheaper', whose algorithm may start it again.";
    case 'pause':
      return isPaused(document)
        ? 'Workers accept requests again.'
        : 'Workers finish their requests and accept no more; new ones wait in the listen queue.';
    case 'log-rotate':
      return `Renames ${logPath ?? 'the log file'} and begins a new one.`;
    case 'log-reopen':
      return `Opens ${logPath ?? 'the log file'} anew, as after a rotation by another program.`;
    case 'respawn-worker':
      return 'The worker finishes its request and ends; the master starts a new one in its place.';
    case 'clear-blacklist':
      return 'The emperor forgets who died early and starts them again with its next look; those that fail once more are listed anew.';
  }
}

function linesOf(way: ActionWay, facts: ActionFacts): string[] {
  const head = onMachine(facts.machineName, facts.sudo);
  if (way.type === 'fifo') return [...head, ...fifoLines(way.path, way.letter)];
  const master = facts.emperor === null ? 'the master' : 'the emperor';
  const what = way.isWorker ? `a worker of master ${facts.document.pid}` : master;
  return [...head, ...signalLines(way.pid, way.signal, what)];
}
