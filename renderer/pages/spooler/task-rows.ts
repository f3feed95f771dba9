/** Tasks of a spooler's folder as rows: their key, filter, order, counts and words. Pure. */
import type {
  SpoolFolder,
  SpoolList,
  TaskName,
  TaskResult,
  TaskRow,
  TaskState,
} from '../../../electron/contract/background-model.ts';
import { formatCount } from '../../format/quantity.ts';
import { formatLongTime } from '../../format/time.ts';

export type StateFilter = TaskState | 'all';

export const TASK_STATES: readonly TaskState[] = ['running', 'waiting', 'later', 'failed', 'ignored'];

export type ReadList = Extract<SpoolList, { status: 'read' }>;

export function taskKey({ place, name }: TaskName): string {
  return `${place}/${name}`;
}

/** What runs, then by the time at which it is due. */
export function orderTasks(tasks: readonly TaskRow[]): TaskRow[] {
  return [...tasks].sort((a, b) => rank(a) - rank(b) || a.dueAtMs - b.dueAtMs || (taskKey(a) < taskKey(b) ? -1 : 1));
}

function rank({ state }: TaskRow): number {
  return state === 'running' ? 0 : 1;
}

/** All words have to stand in the name, the place, or the writer of a task. */
export function filterTasks(tasks: readonly TaskRow[], state: StateFilter, text: string): readonly TaskRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return tasks.filter((task) => {
    if (state !== 'all' && task.state !== state) return false;
    const all = `${task.name} ${placeWords(task.place)} ${task.state}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

export function countAll(list: ReadList): number {
  return TASK_STATES.reduce((sum, state) => sum + list[state], 0);
}

/** `priority 5`, `failed`; empty in the folder itself. */
export function placeWords(place: string): string {
  return /^\d+$/.test(place) ? `priority ${place}` : place;
}

/** The part of a name that tells tasks of one host apart. */
export function shortName(name: string): string {
  return name.replace(/^uwsgi_spoolfile_on_/, '');
}

/** `due for 4 m 12 s`, `in 3 h`, `running`. */
export function dueWords(task: TaskRow, nowMs: number): string {
  if (task.state === 'running') return task.runningPid === null ? 'now' : `now, pid ${task.runningPid}`;
  const byMs = task.dueAtMs - nowMs;
  if (task.state === 'later') return `in ${formatLongTime(Math.max(0, byMs))}`;
  return `for ${formatLongTime(Math.max(0, -byMs))}`;
}

export interface FolderCounts {
  waiting: number | null;
  later: number | null;
  failed: number | null;
  running: number;
  oldestMs: number | null;
}

/** By the server itself where it counts, otherwise by what the folder has. */
export function folderCounts(folder: SpoolFolder, list: SpoolList | undefined, nowMs: number): FolderCounts {
  const running = folder.processes.filter(({ isRunning }) => isRunning).length;
  if (list?.status === 'read') {
    const { waiting, later, failed, oldestDueAtMs } = list;
    const oldestMs = oldestDueAtMs === null ? null : Math.max(0, nowMs - oldestDueAtMs);
    return { waiting, later, failed, running: Math.max(running, list.running), oldestMs };
  }
  const { counted } = folder;
  if (counted === null) return { waiting: null, later: null, failed: null, running, oldestMs: null };
  const { waiting, later, failed, oldestAgeMs } = counted;
  return { waiting, later, failed, running: Math.max(running, counted.running), oldestMs: oldestAgeMs };
}

/** How often its processes ran a task, and in words how many of these runs failed; of uWSGI that is not known. */
export function runCounts({ tasks, counted }: SpoolFolder): { runs: number; words: string } {
  if (counted === null) return { runs: tasks, words: '' };
  return {
    runs: counted.attempts,
    words: counted.failures === 0 ? '' : `${formatCount(counted.failures)} of them failed`,
  };
}

/** What came of a change of tasks, in a sentence. */
export function resultWords(what: 'retry' | 'delete', results: readonly TaskResult[]): string {
  const of = (status: TaskResult['status']): number => results.filter((result) => result.status === status).length;
  const [changed, running, gone] = [of('done'), of('running'), of('gone')];
  const failed = results.find(({ status }) => status === 'failed');
  const parts = [
    changed > 0
      ? `${tasks(changed)} ${what === 'delete' ? 'deleted' : changed === 1 ? 'is due now' : 'are due now'}`
      : '',
    running > 0 ? `${tasks(running)} left alone: a process holds ${running === 1 ? 'it' : 'them'}` : '',
    gone > 0 ? `${tasks(gone)} ${gone === 1 ? 'was' : 'were'} done meanwhile` : '',
    failed === undefined ? '' : `${tasks(of('failed'))} not changed: ${failed.reason ?? ''}`,
  ].filter((part) => part !== '');
  const begun = results.some(({ status, reason }) => status === 'done' && reason !== null);
  const sentence = parts.join('; ').replace(/\.$/, '');
  return `${sentence}.${begun ? ' A process had just taken one of them: it runs to its end.' : ''}`;
}

function tasks(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'task' : 'tasks'}`;
}
