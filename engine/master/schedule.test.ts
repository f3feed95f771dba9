import { describe, expect, test } from 'vitest';
import type { CronSetting } from '../config/cron-settings.ts';
import {
  emptySchedule,
  nextScheduleMs,
  runningCommands,
  type ScheduleEffect,
  type ScheduleEvent,
  scheduleStats,
  stepSchedule,
} from './schedule.ts';

const ANY = { minute: -1, hour: -1, day: -1, month: -1, week: -1 };
/** A full minute. */
const START_MS = Date.UTC(2026, 10, 23, 4, 10);

function job(changes: Partial<CronSetting> = {}): CronSetting {
  return { time: ANY, kind: 'command', command: 'x', isUnique: false, harakiriSeconds: null, ...changes };
}

/** Runs the machine with a clock that the test sets. */
class Bench {
  schedule = emptySchedule();
  nowMs = START_MS;
  readonly logged: string[] = [];

  constructor(...jobs: CronSetting[]) {
    this.configure(...jobs);
  }

  configure(...jobs: CronSetting[]): void {
    this.take({ type: 'configure', crons: jobs, harakiriSeconds: 0 });
  }

  take(event: ScheduleEvent): string[] {
    const { schedule, effects } = stepSchedule(this.schedule, event, this.nowMs);
    this.schedule = schedule;
    for (const effect of effects) if (effect.type === 'log') this.logged.push(effect.text);
    return effects.flatMap((effect) => (effect.type === 'log' ? [] : [brief(effect)]));
  }

  /** The clock now shows so many seconds after the start. */
  at(seconds: number): string[] {
    this.nowMs = START_MS + seconds * 1000;
    return this.take({ type: 'tick' });
  }
}

function brief(effect: Exclude<ScheduleEffect, { type: 'log' }>): string {
  return effect.type === 'start' ? `start ${effect.setting.command}` : `kill ${effect.pid}`;
}

describe('crons', () => {
  test('run in the minute of the start and then once in each minute that is theirs', () => {
    const bench = new Bench(job(), job({ command: 'odd', time: { ...ANY, minute: 11 } }));
    expect(bench.at(30)).toEqual(['start x']);
    expect(bench.at(31)).toEqual([]);
    expect(bench.at(59)).toEqual([]);
    expect(bench.at(60)).toEqual(['start x', 'start odd']);
    expect(bench.at(61)).toEqual([]);
    expect(bench.at(120)).toEqual(['start x']);
  });

  test('are made up for when the master was busy over their minute, once', () => {
    const bench = new Bench(job({ time: { ...ANY, minute: 11 } }), job({ command: 'each' }));
    bench.at(0);
    expect(bench.at(185)).toEqual(['start x', 'start each']);
  });

  test('are not made up for when the clock was put forward', () => {
    const bench = new Bench(job({ time: { ...ANY, minute: 11 } }));
    bench.at(0);
    expect(bench.at(3600)).toEqual([]);
  });

  test('do not run again when the clock goes back a little; when it was put back for good they follow it', () => {
    const bench = new Bench(job());
    expect(bench.at(0)).toEqual(['start x']);
    expect(bench.at(-1)).toEqual([]);
    expect(bench.at(0)).toEqual([]);
    expect(bench.at(60)).toEqual(['start x']);
    expect(bench.at(-3600)).toEqual(['start x']);
    expect(bench.at(-3540)).toEqual(['start x']);
  });

  test('that are unique wait for the run before, and start when it ends within the minute', () => {
    const bench = new Bench(job({ isUnique: true }));
    expect(bench.at(0)).toEqual(['start x']);
    bench.take({ type: 'started', id: 1, pid: 7, harakiriSeconds: 0 });
    expect(bench.at(60)).toEqual([]);
    bench.nowMs += 5000;
    expect(bench.take({ type: 'ended', id: 1, pid: 7, code: 0 })).toEqual(['start x']);
    bench.take({ type: 'started', id: 1, pid: 8, harakiriSeconds: 0 });
    expect(bench.take({ type: 'ended', id: 1, pid: 8, code: 0 })).toEqual([]);
    expect(bench.at(120)).toEqual(['start x']);
  });

  test('that take too long are killed once', () => {
    const bench = new Bench(job({ harakiriSeconds: 3 }));
    bench.at(0);
    bench.take({ type: 'started', id: 1, pid: 7, harakiriSeconds: 3 });
    expect(nextScheduleMs(bench.schedule, bench.nowMs)).toBe(START_MS + 3000);
    expect(bench.at(3)).toEqual(['kill 7']);
    expect(bench.at(4)).toEqual([]);
    expect(nextScheduleMs(bench.schedule, bench.nowMs)).toBe(START_MS + 60_000);
    bench.take({ type: 'ended', id: 1, pid: 7, code: -9 });
    expect(bench.logged).toEqual([
      '[uwsgi-cron] running "x" (pid 7)',
      '*** HARAKIRI ON CRON "x" (pid: 7) ***',
      '[uwsgi-cron] command "x" running with pid 7 exited after 4 second(s), signal 9',
    ]);
  });

  test('that a reload leaves as they are do not run again and keep their runs; others are forgotten when they end', () => {
    const bench = new Bench(job({ isUnique: true }), job({ command: 'old', harakiriSeconds: 9 }));
    bench.at(0);
    bench.take({ type: 'started', id: 1, pid: 7, harakiriSeconds: 0 });
    bench.take({ type: 'started', id: 2, pid: 8, harakiriSeconds: 9 });
    bench.configure(job({ command: 'new' }), job({ isUnique: true }));
    expect(bench.at(1)).toEqual([]);
    expect(scheduleStats(bench.schedule, bench.nowMs).crons.map(({ command, pid }) => [command, pid])).toEqual([
      ['new', -1],
      ['x', 7],
    ]);
    expect(bench.at(9)).toEqual(['kill 8']);
    bench.take({ type: 'ended', id: 2, pid: 8, code: -9 });
    expect(bench.schedule.crons).toHaveLength(2);
    expect(bench.at(60)).toEqual(['start new']);
  });

  test('are not started any more when the server stops, and those that run are named', () => {
    const bench = new Bench(job());
    bench.at(0);
    bench.take({ type: 'started', id: 1, pid: 7, harakiriSeconds: 0 });
    bench.take({ type: 'stop' });
    expect(bench.at(60)).toEqual([]);
    expect(runningCommands(bench.schedule)).toEqual([{ pid: 7, command: 'x' }]);
  });

  test('show as in uWSGI, and their last and next run beside it', () => {
    const bench = new Bench(job({ time: { ...ANY, minute: -5 }, isUnique: true, command: '/bin/true nightly' }));
    expect(scheduleStats(bench.schedule, bench.nowMs).runs).toEqual([
      { last_started: 0, last_ended: 0, last_code: 0, next: START_MS / 1000 + 300, runs: 0 },
    ]);
    bench.at(2);
    bench.take({ type: 'started', id: 1, pid: 7, harakiriSeconds: 0 });
    expect(scheduleStats(bench.schedule, bench.nowMs).crons).toEqual([
      {
        ...ANY,
        minute: -5,
        command: '/bin/true nightly',
        unique: 1,
        legion: '',
        pid: 7,
        started_at: START_MS / 1000 + 2,
      },
    ]);
    bench.at(4);
    bench.take({ type: 'ended', id: 1, pid: 7, code: 3 });
    const { crons, runs } = scheduleStats(bench.schedule, bench.nowMs);
    expect(crons[0]).toMatchObject({ pid: -1, started_at: 0 });
    expect(runs[0]).toMatchObject({
      last_started: START_MS / 1000 + 2,
      last_ended: START_MS / 1000 + 4,
      last_code: 3,
      runs: 1,
    });
  });
});
