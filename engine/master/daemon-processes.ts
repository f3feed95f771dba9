/**
 * Starts, signals and watches the daemons that daemons.ts decides on. One that lives with the server ends even when the
 * master is killed: a shell beside it reads from a pipe on which nothing is ever said, and when the pipe's other end is
 * gone, it kills the daemon's process group.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { StatsDaemon } from '../api/stats.ts';
import type { DaemonSetting } from '../config/system-settings.ts';
import { waitable } from '../longest-wait.ts';
import {
  areDaemonsOver,
  type DaemonEffect,
  type DaemonEvent,
  type DaemonsState,
  initialDaemons,
  nextDaemonMs,
  stepDaemons,
} from './daemons.ts';
import { type EngineLog, errorCode } from './engine-log.ts';
import { findGroup, findUser } from './system-names.ts';

/** In front of a command whose descriptor 3 is that pipe. */
export const LIFELINE = "(trap '' 1 2 3 10 12 15; read _ <&3; kill -9 -$$) & exec 3<&-";
/** What processes that a daemon leaves behind may take for their own end. */
const FAREWELL_MS = 5000;

export interface DaemonHost {
  log: EngineLog;
  shell: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** A control daemon has ended. */
  stopServer: () => void;
}

export class DaemonProcesses {
  readonly #host: DaemonHost;
  #state: DaemonsState;
  #timer: NodeJS.Timeout | null = null;
  readonly #whenOver: (() => void)[] = [];

  constructor(settings: readonly DaemonSetting[], host: DaemonHost) {
    this.#host = host;
    this.#state = initialDaemons(settings, Date.now());
  }

  get reports(): StatsDaemon[] {
    return this.#state.daemons.map(({ setting, pid, starts }) => ({
      cmd: setting.command,
      pid,
      respawns: Math.max(0, starts - 1),
    }));
  }

  /** These settings are those it was made with. */
  isFor(settings: readonly DaemonSetting[]): boolean {
    return JSON.stringify(this.#state.daemons.map(({ setting }) => setting)) === JSON.stringify(settings);
  }

  start(): void {
    this.#handle({ type: 'tick' });
  }

  /** Those without a pidfile start anew. */
  reload(): void {
    this.#handle({ type: 'reload' });
  }

  /** Resolves when those that end with the server have ended; they are killed after `mercyMs`. */
  async stop(mercyMs: number): Promise<void> {
    return new Promise((done) => {
      this.#whenOver.push(done);
      this.#handle({ type: 'stop', mercyMs });
    });
  }

  /** Those that name this file start anew. */
  touched(path: string): void {
    for (const [index, { setting }] of this.#state.daemons.entries()) {
      if (setting.touch.includes(path)) this.#handle({ type: 'touched', index, path });
    }
  }

  /** Kills what is left. */
  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { setting, status, pid } of this.#state.daemons) {
      if (setting.pidfile === null && (status === 'running' || status === 'stopping')) this.#signal(pid, 9);
    }
  }

  #handle(event: DaemonEvent): void {
    const { state, effects } = stepDaemons(this.#state, event, Date.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const nextMs = nextDaemonMs(this.#state);
    if (nextMs !== null)
      this.#timer = setTimeout(() => this.#handle({ type: 'tick' }), waitable(Math.max(0, nextMs - Date.now())));
    if (areDaemonsOver(this.#state)) for (const done of this.#whenOver.splice(0)) done();
  }

  #perform(effect: DaemonEffect): void {
    switch (effect.type) {
      case 'log':
        return this.#host.log.write(effect.text);
      case 'stop-server':
        return this.#host.stopServer();
      case 'signal':
        return this.#signal(effect.pid, effect.signal);
      case 'start':
        return this.#start(effect.index);
      case 'read-pidfile': {
        const { index } = effect;
        const pid = livingPidOf(this.#state.daemons[index]?.setting.pidfile ?? '');
        return this.#handle({ type: 'pidfile-read', index, pid });
      }
    }
  }

  #start(index: number): void {
    const setting = this.#state.daemons[index]?.setting;
    if (setting === undefined) return;
    const { log } = this.#host;
    try {
      const isTied = setting.pidfile === null && process.platform !== 'win32';
      const command = isTied ? `${LIFELINE}; ${replacingShell(setting.command)}` : setting.command;
      const child = spawn(this.#host.shell, ['-c', command], {
        cwd: setting.chdir ?? this.#host.cwd,
        env: this.#host.env,
        stdio: [setting.hasStdin ? 'inherit' : 'ignore', log.outputFd, log.errorFd, isTied ? 'pipe' : 'ignore'],
        detached: process.platform !== 'win32',
        ...rightsOf(setting),
      });
      const { pid } = child;
      // Spawn errors are thrown where the caller can see them only as a missing pid.
      child.on('error', (error) => {
        if (pid === undefined) this.#handle({ type: 'not-started', index, message: errorCode(error) });
      });
      if (pid === undefined) return;
      const lifeline = child.stdio[3];
      // It is there to end with the master, not to keep it.
      if (lifeline instanceof Socket) lifeline.unref();
      child.on('exit', () => {
        // What it has left running ends with the lifeline; it may still be saying goodbye.
        const farewellMs = this.#state.daemons[index]?.status === 'stopping' ? FAREWELL_MS : 0;
        setTimeout(() => lifeline?.destroy(), farewellMs).unref();
        this.#handle({ type: 'exited', index, pid });
      });
      if (setting.pidfile !== null) child.unref();
      this.#handle({ type: 'started', index, pid });
    } catch (error) {
      this.#handle({ type: 'not-started', index, message: errorCode(error) });
    }
  }

  #signal(pid: number, signal: number): void {
    try {
      // Its whole group: the command may be a shell that has started something.
      process.kill(-pid, signal);
    } catch (error) {
      if (errorCode(error) !== 'ESRCH')
        this.#host.log.write(`signal ${signal} to pid ${pid} failed: ${errorCode(error)}`);
    }
  }
}

/** A single command takes the shell's place: signals and the end are then its own. */
function replacingShell(command: string): string {
  const isSingle = /^[\w./-]+(\s|$)/.test(command) && !/[;&|(){}\n]/.test(command);
  const isOfShell = /^(exec|if|for|while|until|case|cd|\.|eval|export|set|trap|echo|ulimit|umask|command)\b/.test(
    command,
  );
  return isSingle && !isOfShell ? `exec ${command}` : command;
}

/** Only root can give rights to others; an unknown name is an error. */
function rightsOf({ user, group }: DaemonSetting): { uid?: number; gid?: number } {
  const found = user === null ? null : findUser(user);
  if (user !== null && found === null) throw new Error(`there is no user '${user}'`);
  const gid = group === null ? found?.gid : findGroup(group);
  if (gid === null) throw new Error(`there is no group '${group ?? ''}'`);
  return { ...(found === null ? {} : { uid: found.uid }), ...(gid === undefined ? {} : { gid }) };
}

/** null: there is no such file, or its process is gone. */
function livingPidOf(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1'), 10);
    if (!(pid > 1)) return null;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // EPERM: it lives and is somebody else's.
    return errorCode(error) === 'EPERM' ? Number.parseInt(readFileSync(path, 'latin1'), 10) : null;
  }
}
