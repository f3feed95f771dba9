/**
 * The folders of an instance's spoolers: what is in them, what a task says, and changes of tasks, by the fixed scripts
 * of spool-scripts.ts on the machine of the instance. Only folders that the instance has are looked into.
 */
import {
  MOST_LISTED_TASKS,
  type SpoolList,
  type SpoolTask,
  type TaskName,
  type TaskResult,
} from '../../contract/background-model.ts';
import { clockAheadMs } from '../config/machine-clock.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import type { CommandResult, Machine } from '../machine/machine.ts';
import { closedBy, GIVEN_UP, parseListing, taskLine } from './spool-listing.ts';
import { parseSpoolPacket } from './spool-packet.ts';
import { CHANGE_SCRIPT, LIST_SCRIPT, READ_SCRIPT } from './spool-scripts.ts';
import { parseFailures } from './task-failures.ts';
import { showKey, showValue } from './task-values.ts';

const DEADLINE_MS = 12_000;
const MOST_LIST_BYTES = 2 * 1024 * 1024;
/** Of a task's file: its variables and the beginning of its body. */
const MOST_TASK_BYTES = 128 * 1024;
const MOST_ANSWER_BYTES = 256 * 1024;

/** Throws `spool-unknown` for a folder that is none of its own. */
export async function listSpool(instance: Instance, folder: string, nowMs: () => number): Promise<SpoolList> {
  const { machine } = instance;
  requireFolder(instance, folder);
  const ordered = instance.config?.background.ordered ?? null;
  const argv = ['sh', '-c', LIST_SCRIPT, 'reeve-spool', folder, String(MOST_LISTED_TASKS)] as const;
  const result = await machine.run(argv, { deadlineMs: DEADLINE_MS, mostBytes: MOST_LIST_BYTES });
  const atMs = nowMs();
  const answer = parseListing(result.stdout.toString('utf8'), ordered);
  if (answer === null) throw noAnswer(machine, `listing ${folder}`, result);
  if (answer.status !== 'read') return { atMs, ...unreadable(folder, answer) };
  const { counts, tasks, knowsLocks } = answer;
  const ahead = await clockAheadMs(machine);
  return {
    status: 'read',
    atMs,
    ...counts,
    oldestDueAtMs: answer.oldestDueAtMs === null ? null : answer.oldestDueAtMs - ahead,
    tasks: tasks.map((task) =>
      Object.assign(task, {
        dueAtMs: task.dueAtMs - ahead,
        queuedAtMs: task.queuedAtMs === null ? null : task.queuedAtMs - ahead,
      }),
    ),
    knowsLocks,
  };
}

/** `untilMs`: until when its secrets are shown; 0: they are hidden. */
export async function readTask(
  instance: Instance,
  folder: string,
  { place, name }: TaskName,
  untilMs: number,
): Promise<SpoolTask> {
  const { machine } = instance;
  requireFolder(instance, folder);
  const argv = ['sh', '-c', READ_SCRIPT, 'reeve-spool', folder, place, name, String(MOST_TASK_BYTES)] as const;
  const options = { deadlineMs: DEADLINE_MS, mostBytes: MOST_TASK_BYTES + 4_096 };
  const result = await machine.run(argv, options);
  const { stdout } = result;
  const cut = stdout.indexOf(0x0a);
  const line = stdout.toString('utf8', 0, cut < 0 ? undefined : cut);
  const [status, holder = '', mtime = '', size = '', ...record] = line.split(' ');
  if (status === 'gone' || status === 'missing') return { status: 'gone' };
  if (status === 'closed') return { status: 'unreadable', reason: closedWords(closedBy(stdout.toString('utf8'))) };
  if (status === 'link' || status === 'other') return { status: 'unreadable', reason: 'It is no plain file.' };
  if (status !== 'read' || ![holder, size].every((text) => /^\d+$/.test(text))) {
    throw noAnswer(machine, `reading ${name}`, result);
  }
  const shows = untilMs > 0;
  const packet = parseSpoolPacket(stdout.subarray(cut + 1), Number(size));
  const vars = packet.vars.map(({ key, value }) => {
    const shown = showKey(key);
    return { key: shown, ...showValue(shown, value, value.length, shows) };
  });
  const body = packet.bodySizeBytes === 0 ? null : showValue('body', packet.body, packet.bodySizeBytes, shows);
  const ahead = await clockAheadMs(machine);
  return {
    status: 'read',
    sizeBytes: Number(size),
    dueAtMs: Number(mtime) * 1000 - ahead,
    runningPid: holder === '0' ? null : Number(holder),
    vars: vars.map(({ key, value }) => ({ key, value })),
    body: body?.value ?? null,
    damage: packet.damage,
    failures: parseFailures(record.join(' '), ahead),
    hasSecrets: vars.some(({ isSecret }) => isSecret) || (body?.isSecret ?? false),
    untilMs,
  };
}

/** What became of each task. Throws when nothing was done. */
export async function changeTasks(
  instance: Instance,
  what: 'delete' | 'retry',
  folder: string,
  tasks: readonly TaskName[],
): Promise<TaskResult[]> {
  const { machine } = instance;
  requireFolder(instance, folder);
  const argv = ['sh', '-c', CHANGE_SCRIPT, 'reeve-spool', what, folder, GIVEN_UP] as const;
  const input = Buffer.from(tasks.map(taskLine).join(''));
  const result = await machine.run(argv, { input, deadlineMs: DEADLINE_MS, mostBytes: MOST_ANSWER_BYTES });
  const text = result.stdout.toString('utf8');
  if (/^(missing|other|closed)\b/.test(text)) {
    const answer = parseListing(text, null);
    const { reason } = answer === null || answer.status === 'read' ? { reason: text } : unreadable(folder, answer);
    throw new CoreError('spool-closed', { path: folder, reason });
  }
  const answers = text.split('\n').filter((line) => line !== '');
  if (answers.length === 0) throw noAnswer(machine, `changing tasks in ${folder}`, result);
  return tasks.map(({ place, name }, i): TaskResult => ({ place, name, ...outcomeOf(answers[i]) }));
}

function outcomeOf(line: string | undefined): Pick<TaskResult, 'status' | 'reason'> {
  switch (line) {
    case 'done':
    case 'running':
    case 'gone':
      return { status: line, reason: null };
    case 'begun':
      return { status: 'done', reason: 'A process had just taken it: it runs to its end, for the last time.' };
    case undefined:
      return { status: 'failed', reason: 'The connection was lost before it was told.' };
    default:
      return { status: 'failed', reason: systemWords(line.replace(/^failed /, '')) };
  }
}

/** `rm: cannot remove 'x': Permission denied` as pages say it. */
function systemWords(line: string): string {
  if (/permission denied|not permitted/i.test(line)) return 'This user may not change files there.';
  if (/read-only file system/i.test(line)) return 'The file system is read-only.';
  if (/no space left/i.test(line)) return 'The disk is full.';
  return line.trim().slice(0, 300);
}

function unreadable(
  folder: string,
  answer: { status: 'missing' | 'other' } | { status: 'closed'; user: string; listing: string },
): { status: 'unreadable'; reason: string; hint: string } {
  switch (answer.status) {
    case 'missing':
      return {
        status: 'unreadable',
        reason: `There is no folder ${folder}.`,
        hint: 'The server makes or needs it at its start: it may run in a container, or the folder was removed.',
      };
    case 'other':
      return { status: 'unreadable', reason: `${folder} is no folder.`, hint: "Check the value of 'spooler'." };
    case 'closed':
      return {
        status: 'unreadable',
        reason: `${folder}: ${closedWords(answer)}`,
        hint: 'Sign in as its owner, or give this user’s group the right to read it (chmod g+rx), and its tasks (their mode is 0600).',
      };
  }
}

function closedWords({ user, listing }: { user: string; listing: string }): string {
  const [mode = '', , owner = ''] = listing.split(/\s+/);
  return owner === '' ? `${user} may not read it.` : `${user} may not read it: it belongs to ${owner} (${mode}).`;
}

function requireFolder({ config, monitor, record }: Instance, folder: string): void {
  const isTold = monitor.document?.spoolers?.some(({ dir }) => dir === folder) ?? false;
  if (isTold || (config?.background.spools.some(({ path }) => path === folder) ?? false)) return;
  throw new CoreError('spool-unknown', { path: folder.slice(0, 200), name: record.name });
}

function noAnswer(machine: Machine, what: string, { code, stderr }: CommandResult): CoreError {
  if (code === null && !machine.isLocal) {
    return new CoreError('ssh-lost', { host: machine.name, reason: `it ended while ${what}` });
  }
  const said = stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  return new CoreError('command-failed', { command: what, reason: said === '' ? 'the shell gave no answer' : said });
}
