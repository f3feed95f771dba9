/** What the scripts of spool-scripts.ts print, as rows and counts. Pure. */
import { MOST_LISTED_TASKS, type TaskName, type TaskRow, type TaskState } from '../../contract/background-model.ts';

/** Folder in a spooler's folder into which the bundled engine puts tasks that failed too often. */
export const GIVEN_UP = 'failed';

export type SpoolAnswer =
  | {
      status: 'read';
      /** By the clock there. */
      nowMs: number;
      knowsLocks: boolean;
      counts: Record<TaskState, number>;
      oldestDueAtMs: number | null;
      tasks: TaskRow[];
    }
  | { status: 'missing' | 'other' }
  /** `user` may not read it; `listing`: as `ls -ld` shows it. */
  | { status: 'closed'; user: string; listing: string };

/** `ordered`: places of priorities are run, too; null: it is not known. Returns null for what is no answer. */
export function parseListing(text: string, ordered: boolean | null): SpoolAnswer | null {
  const lines = text.split('\n');
  const [status, now = '', knows] = (lines[0] ?? '').split(' ');
  if (status === 'missing' || status === 'other') return { status };
  if (status === 'closed') return { status, ...closedBy(text) };
  if (status !== 'read' || !/^\d+$/.test(now)) return null;
  const nowMs = Number(now) * 1000;
  const counts: Record<TaskState, number> = { running: 0, waiting: 0, later: 0, failed: 0, ignored: 0 };
  const tasks: TaskRow[] = [];
  let oldestDueAtMs: number | null = null;
  for (const line of lines.slice(1)) {
    const sum = /^sum (\d+) (\d+) (\d+) (\d+) \.\/?(.*)$/.exec(line);
    if (sum !== null) {
      const [later = 0, held = 0, due = 0, oldest = 0] = sum.slice(1, 5).map(Number);
      const waits = stateIn(sum[5] ?? '', ordered);
      counts.running += held;
      counts[waits === 'waiting' ? 'later' : waits] += later;
      counts[waits] += due;
      if (waits === 'waiting' && due > 0) oldestDueAtMs = Math.min(oldestDueAtMs ?? Infinity, oldest * 1000);
      continue;
    }
    const row = tasks.length < MOST_LISTED_TASKS ? taskRow(line, nowMs, ordered) : null;
    if (row !== null) tasks.push(row);
  }
  return { status, nowMs, knowsLocks: knows === '1', counts, oldestDueAtMs, tasks };
}

/** Of a task in this place that nobody holds and whose time has come. */
function stateIn(place: string, ordered: boolean | null): 'waiting' | 'failed' | 'ignored' {
  if (place === '') return 'waiting';
  if (place === GIVEN_UP || place.startsWith(`${GIVEN_UP}/`)) return 'failed';
  if (ordered === null) return 'waiting';
  return ordered && /^\d+$/.test(place) ? 'waiting' : 'ignored';
}

function taskRow(line: string, nowMs: number, ordered: boolean | null): TaskRow | null {
  const [, holder, failures, mtime, size, place = '', name] =
    /^(\d+) (\d+) (-?\d+) (\d+) \d+ \.\/(?:(.*)\/)?(uwsgi_spoolfile_on_.+)$/.exec(line) ?? [];
  if (name === undefined) return null;
  const dueAtMs = Number(mtime) * 1000;
  const waits = stateIn(place, ordered);
  const state: TaskState = holder !== '0' ? 'running' : waits === 'waiting' && dueAtMs > nowMs ? 'later' : waits;
  return {
    place,
    name,
    state,
    sizeBytes: Number(size),
    dueAtMs,
    ...writerOf(name),
    runningPid: holder === '0' ? null : Number(holder),
    failures: Number(failures),
  };
}

/** `uwsgi_spoolfile_on_HOST_PID_COUNTER_RAND_EPOCH_MICROS`. */
export function writerOf(name: string): Pick<TaskRow, 'queuedAtMs' | 'host' | 'pid'> {
  const [, host = null, pid, seconds, micros] =
    /^uwsgi_spoolfile_on_(.+)_(\d{1,10})_\d+_\d+_(\d{9,11})_(\d{1,6})$/.exec(name) ?? [];
  if (pid === undefined) return { queuedAtMs: null, host: null, pid: null };
  return { queuedAtMs: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000), host, pid: Number(pid) };
}

/** `closed USER` and the line of `ls`. */
export function closedBy(text: string): { user: string; listing: string } {
  const [first = '', listing = ''] = text.split('\n');
  return { user: first.slice('closed '.length).trim(), listing };
}

/** A task as the scripts are told of it. */
export function taskLine({ place, name }: TaskName): string {
  return `${place}/${name}\n`;
}
