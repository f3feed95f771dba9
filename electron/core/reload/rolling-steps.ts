/**
 * The steps of a rolling reload over many instances, as pure changes of its record: waves, what is next, what stops
 * it, and how it is taken up again. Who carries them out is rolling.ts.
 */
import type { RollingMember, RollingOptions, RollingRun } from '../../contract/actions-model.ts';
import type { ReloadRun } from '../../contract/reload-model.ts';
import { count, shortTime } from '../words.ts';

/** Figures of one instance over a span of time. */
export interface GateFigures {
  exceptionsPerMin: number;
  /** null: no request was answered. */
  avgRtMs: number | null;
  listenQueue: number;
  /** null: not known. */
  listenMax: number | null;
  queueErrors: number;
}

export function makeRolling(
  id: string,
  options: RollingOptions,
  nameOf: (instanceId: string) => string,
  nowMs: number,
): RollingRun {
  const ids = [...new Set(options.instanceIds)];
  const members = ids.map((instanceId, index): RollingMember => {
    const wave = waveOf(index, options);
    return { instanceId, name: nameOf(instanceId), wave, status: 'waiting', ...NOTHING_YET };
  });
  return { id, options, startedAtMs: nowMs, finishedAtMs: null, status: 'running', reason: null, members };
}

const NOTHING_YET = { method: null, reloadId: null, progress: null, text: null };

/** Members to reload now, together; empty: all are done. */
export function nextWave(run: RollingRun): RollingMember[] {
  const waiting = run.members.filter(({ status }) => status === 'waiting');
  const first = Math.min(...waiting.map(({ wave }) => wave));
  return waiting.filter(({ wave }) => wave === first);
}

export function withMember(
  run: RollingRun,
  instanceId: string,
  change: Partial<Omit<RollingMember, 'instanceId'>>,
): RollingRun {
  const members = run.members.map((member) => (member.instanceId === instanceId ? { ...member, ...change } : member));
  return { ...run, members };
}

/** What a member shows while its reload is watched. */
export function progressOf({ workers, verdict }: ReloadRun): Pick<RollingMember, 'progress' | 'text'> {
  const fresh = workers.filter((worker) => worker.spans.at(-1)?.state === 'new').length;
  const of = workers.filter((worker) => {
    const state = worker.spans.at(-1)?.state;
    return state !== 'down' && state !== 'cheap';
  }).length;
  return { progress: { fresh, of }, text: verdict?.title ?? null };
}

/** A verdict that lets the next wave begin, as far as the reload itself is concerned. */
export function hasWorked({ verdict }: ReloadRun): boolean {
  return verdict?.status === 'done' || verdict?.status === 'done-with';
}

export function finishRolling(run: RollingRun, nowMs: number): RollingRun {
  return { ...run, status: 'done', reason: null, finishedAtMs: nowMs };
}

export function stopRolling(run: RollingRun, reason: string, nowMs: number): RollingRun {
  return { ...run, status: 'stopped', reason, finishedAtMs: nowMs };
}

/** All that is not done waits again. */
export function resumeRolling(run: RollingRun, confirmedNames: readonly string[]): RollingRun {
  const members = run.members.map((member) =>
    member.status === 'done' ? member : { ...member, status: 'waiting' as const, ...NOTHING_YET },
  );
  const options = { ...run.options, confirmedNames: [...confirmedNames] };
  return { ...run, options, status: 'running', reason: null, finishedAtMs: null, members };
}

/** As found at the start of the console: what ran then is not watched any more. */
export function interruptRolling(run: RollingRun, nowMs: number): RollingRun {
  if (run.status !== 'running') return run;
  const members = run.members.map((member) =>
    member.status === 'reloading' || member.status === 'gate'
      ? { ...member, status: 'failed' as const, text: 'Reeve ended while it was watched.' }
      : member,
  );
  return stopRolling({ ...run, members }, 'Reeve ended before it was over.', nowMs);
}

/**
 * Whether an instance is worse after its reload than in the minute before it, in a sentence; null: it is not.
 * `slowerTimes`: how many times the average response time may grow; null: any.
 */
export function judgeGate(before: GateFigures, after: GateFigures, slowerTimes: number | null): string | null {
  if (after.queueErrors > 0) {
    return `${count(after.queueErrors, 'connection was', 'connections were')} refused: the listen queue was full.`;
  }
  if (after.exceptionsPerMin >= 1 && after.exceptionsPerMin > 2 * before.exceptionsPerMin) {
    const [now, then] = [after.exceptionsPerMin, before.exceptionsPerMin].map((rate) => rate.toFixed(1));
    return `${now} exceptions a minute, ${then} before.`;
  }
  const most = after.listenMax ?? 0;
  if (most > 0 && after.listenQueue > most / 2 && after.listenQueue > 2 * before.listenQueue) {
    return `${after.listenQueue} of ${most} places of the listen queue are taken, ${before.listenQueue} before.`;
  }
  if (slowerTimes === null || before.avgRtMs === null || after.avgRtMs === null || before.avgRtMs <= 0) return null;
  // Some milliseconds more are no sign, however many times they are.
  if (after.avgRtMs > before.avgRtMs * slowerTimes && after.avgRtMs - before.avgRtMs > 20) {
    return `A response takes ${shortTime(after.avgRtMs)}, ${shortTime(before.avgRtMs)} before.`;
  }
  return null;
}

function waveOf(index: number, { canary, waveSize }: RollingOptions): number {
  if (!canary) return Math.floor(index / waveSize);
  return index === 0 ? 0 : 1 + Math.floor((index - 1) / waveSize);
}
