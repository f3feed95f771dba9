import { describe, expect, it } from 'vitest';
import type { SpoolFolder, TaskResult, TaskRow } from '../../../electron/contract/background-model.ts';
import { hexRows } from './hex-rows.ts';
import { dueWords, filterTasks, folderCounts, orderTasks, resultWords, runCounts } from './task-rows.ts';

function task(name: string, change: Partial<TaskRow> = {}): TaskRow {
  return {
    place: '',
    name: `uwsgi_spoolfile_on_${name}`,
    state: 'waiting',
    sizeBytes: 10,
    dueAtMs: 1_000,
    queuedAtMs: null,
    host: null,
    pid: null,
    runningPid: null,
    failures: 0,
    ...change,
  };
}

const FOLDER: SpoolFolder = {
  path: '/q',
  processes: [{ pid: 1, tasks: 2, respawns: 0, isRunning: true }],
  tasks: 2,
  tasksPerSec: null,
  counted: null,
};

describe('rows of tasks', () => {
  it('begin with what runs, then go by the time at which they are due', () => {
    const tasks = [task('c', { dueAtMs: 9 }), task('a', { dueAtMs: 3 }), task('b', { state: 'running', dueAtMs: 7 })];
    expect(orderTasks(tasks).map(({ name }) => name.at(-1))).toEqual(['b', 'a', 'c']);
  });

  it('are found by their words and their state', () => {
    const tasks = [task('web_77'), task('db_5', { place: '5', state: 'later' })];
    expect(filterTasks(tasks, 'all', 'priority 5')).toHaveLength(1);
    expect(filterTasks(tasks, 'waiting', '')).toHaveLength(1);
    expect(filterTasks(tasks, 'waiting', 'db')).toHaveLength(0);
  });

  it('say since when they wait, when they come, and who runs them', () => {
    expect(dueWords(task('a'), 61_000)).toBe('for 1 m');
    expect(dueWords(task('a', { state: 'later', dueAtMs: 3_600_000 }), 0)).toBe('in 1 h');
    expect(dueWords(task('a', { state: 'running', runningPid: 7 }), 0)).toBe('now, pid 7');
  });

  it('are counted by the folder, or by the server while the folder was not read', () => {
    expect(folderCounts(FOLDER, undefined, 0)).toMatchObject({ waiting: null, running: 1 });
    const counted = { waiting: 3, later: 1, running: 1, failed: 2, oldestAgeMs: 5_000, attempts: 9, failures: 4 };
    expect(folderCounts({ ...FOLDER, counted }, undefined, 0)).toMatchObject({
      waiting: 3,
      failed: 2,
      oldestMs: 5_000,
    });
  });

  it('are told as runs, with those that failed where the server knows them', () => {
    expect(runCounts(FOLDER)).toEqual({ runs: 2, words: '' });
    const counted = { waiting: 0, later: 0, running: 0, failed: 0, oldestAgeMs: null, attempts: 9, failures: 4 };
    expect(runCounts({ ...FOLDER, counted })).toEqual({ runs: 9, words: '4 of them failed' });
  });
});

function of(status: TaskResult['status'], reason: string | null = null): TaskResult {
  return { place: '', name: 'uwsgi_spoolfile_on_a', status, reason };
}

describe('what came of a change', () => {
  it('is told in a sentence', () => {
    expect(resultWords('delete', [of('done'), of('done')])).toBe('2 tasks deleted.');
    expect(resultWords('retry', [of('done')])).toBe('1 task is due now.');
    expect(resultWords('delete', [of('running'), of('gone')])).toBe(
      '1 task left alone: a process holds it; 1 task was done meanwhile.',
    );
    expect(resultWords('delete', [of('failed', 'This user may not change files there.')])).toBe(
      '1 task not changed: This user may not change files there.',
    );
  });
});

it('bytes stand in rows of eight with their letters', () => {
  expect(hexRows('80044142434445464748', '..ABCDEFGH')).toEqual([
    { at: '0000', hex: '80 04 41 42 43 44 45 46', text: '..ABCDEF' },
    { at: '0008', hex: '47 48'.padEnd(23), text: 'GH' },
  ]);
});
