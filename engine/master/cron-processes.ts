/**
 * Runs what the schedule (schedule.ts) says: commands in a shell of their own, and requests for URLs. As in uWSGI a
 * command goes on through a reload and when the server ends; unlike there its run is still known after a reload, and
 * one whose master is killed ends with it, so that nothing runs that nobody watches.
 */
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { StatsCron, StatsCronRun } from '../api/stats.ts';
import type { CronSetting, CronSettings } from '../config/cron-settings.ts';
import { waitable } from '../longest-wait.ts';
import { type EngineLog, errorCode } from './engine-log.ts';
import {
  emptySchedule,
  nextScheduleMs,
  runningCommands,
  type Schedule,
  type ScheduleEffect,
  type ScheduleEvent,
  scheduleStats,
  stepSchedule,
} from './schedule.ts';

export interface CronHost {
  log: EngineLog;
  /** What commands get, as the configuration in effect says. */
  place: () => { shell: string; env: NodeJS.ProcessEnv; cwd: string };
  nowMs?: () => number;
}

/**
 * The shell that waits for the command, with one beside it that reads from the pipe at descriptor 3: a line there lets
 * the command go on alone, the pipe's end without one is the master's death and ends the group.
 */
const TIED_COMMAND = `(trap '' 1 2 3 10 12 15; read _ <&3 || kill -9 -$$) & exec 3<&-; "$0" -c "$1"; code=$?; kill -9 $!; exit $code`;
/** A URL that does not answer is given up after this time where 'cron-harakiri' says nothing. */
const URL_SECONDS = 60;

export class CronProcesses {
  readonly #host: CronHost;
  #schedule: Schedule = emptySchedule();
  #timer: NodeJS.Timeout | null = null;
  #settings: CronSettings | null = null;
  #isStarted = false;
  /** Lifelines of the commands that run, by pid. */
  readonly #lifelines = new Map<number, Socket>();
  readonly #requests = new Set<AbortController>();

  constructor(host: CronHost) {
    this.#host = host;
  }

  get stats(): { crons: StatsCron[]; runs: StatsCronRun[] } {
    return scheduleStats(this.#schedule, this.#nowMs());
  }

  /** Goes over to these settings; those that are as before keep their runs. */
  configure(settings: CronSettings): void {
    const before = JSON.stringify(this.#settings?.crons ?? []);
    if (JSON.stringify(settings.crons) !== before) {
      for (const { command } of settings.crons) {
        this.#host.log.write(`[uwsgi-cron] command "${command}" registered as cron task`);
      }
    }
    this.#settings = settings;
    this.#handle({ type: 'configure', ...settings });
  }

  /** From here on what is due runs; the present minute counts. */
  start(): void {
    this.#isStarted = true;
    this.tick();
  }

  /** Looks at the clock. */
  tick(): void {
    this.#handle({ type: 'tick' });
  }

  /** Nothing more is started; what runs goes on. */
  stop(): void {
    this.#handle({ type: 'stop' });
  }

  /** The server ends: commands that still run are let go. */
  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isStarted = false;
    for (const { pid, command } of runningCommands(this.#schedule)) {
      this.#host.log.write(`[uwsgi-cron] command "${command}" (pid ${pid}) still runs and is left to end by itself`);
    }
    for (const lifeline of this.#lifelines.values()) lifeline.end('\n');
    this.#lifelines.clear();
    for (const request of this.#requests) request.abort();
  }

  #nowMs(): number {
    return this.#host.nowMs?.() ?? Date.now();
  }

  #handle(event: ScheduleEvent): void {
    const { schedule, effects } = stepSchedule(this.#schedule, event, this.#nowMs());
    this.#schedule = schedule;
    for (const effect of effects) this.#perform(effect);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#isStarted || this.#schedule.crons.length === 0) return;
    const nowMs = this.#nowMs();
    this.#timer = setTimeout(() => this.tick(), Math.max(1, nextScheduleMs(this.#schedule, nowMs) - nowMs));
  }

  #perform(effect: ScheduleEffect): void {
    switch (effect.type) {
      case 'log':
        return this.#host.log.write(effect.text);
      case 'kill':
        return this.#kill(effect.pid);
      case 'start':
        if (effect.setting.kind === 'url') void this.#ask(effect.id, effect.setting);
        else this.#start(effect.id, effect.setting);
    }
  }

  #start(id: number, { command, harakiriSeconds }: CronSetting): void {
    const { log, place } = this.#host;
    const { shell, env, cwd } = place();
    const isTied = process.platform !== 'win32';
    try {
      const child = spawn(shell, isTied ? ['-c', TIED_COMMAND, shell, command] : ['-c', command], {
        cwd,
        env,
        stdio: ['ignore', log.outputFd, log.errorFd, isTied ? 'pipe' : 'ignore'],
        detached: isTied,
      });
      const { pid } = child;
      child.on('error', (error) => {
        if (pid === undefined) this.#handle({ type: 'not-started', id, message: errorCode(error) });
      });
      if (pid === undefined) return;
      child.unref();
      const lifeline = child.stdio[3];
      if (lifeline instanceof Socket) {
        lifeline.unref();
        // Its end is told by the exit.
        lifeline.on('error', () => lifeline.destroy());
        this.#lifelines.set(pid, lifeline);
      }
      this.#handle({ type: 'started', id, pid, harakiriSeconds: harakiriSeconds ?? 0 });
      child.on('exit', (code, signal) => {
        this.#lifelines.get(pid)?.destroy();
        this.#lifelines.delete(pid);
        this.#handle({ type: 'ended', id, pid, code: code ?? -(signal === null ? 0 : constants.signals[signal]) });
      });
    } catch (error) {
      this.#handle({ type: 'not-started', id, message: errorCode(error) });
    }
  }

  /** The exit code of a request is its HTTP status when that is no success, 1 when there was no answer. */
  async #ask(id: number, { command: url, harakiriSeconds }: CronSetting): Promise<void> {
    const limitSeconds = harakiriSeconds === null || harakiriSeconds === 0 ? URL_SECONDS : harakiriSeconds;
    const abort = new AbortController();
    this.#requests.add(abort);
    const timer = setTimeout(() => abort.abort(), waitable(limitSeconds * 1000));
    this.#handle({ type: 'started', id, pid: 0, harakiriSeconds: 0 });
    let code = 0;
    try {
      const answer = await fetch(url, { signal: abort.signal });
      if (!answer.ok) code = answer.status;
      await answer.body?.cancel();
    } catch (error) {
      code = 1;
      const reason = error instanceof Error && error.cause instanceof Error ? errorCode(error.cause) : errorCode(error);
      this.#host.log.write(`[uwsgi-cron] "${url}" gives no answer: ${reason}`);
    }
    clearTimeout(timer);
    this.#requests.delete(abort);
    this.#handle({ type: 'ended', id, pid: 0, code });
  }

  #kill(pid: number): void {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended at this very moment; its exit tells.
      return;
    }
  }
}
