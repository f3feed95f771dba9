/**
 * Carries out the hooks of the master (config/hooks.ts says what they may be). Commands run by the shell as children of
 * the master and are waited for; everything else is done here. A hook that fails fails the start, as in uWSGI.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hooksOf } from '../config/hooks.ts';
import type { EngineSettings } from '../config/settings.ts';
import type { HookPhase, HookSetting } from '../config/system-settings.ts';
import { EngineError } from '../errors.ts';
import type { Alarms } from './alarms.ts';
import { LIFELINE } from './daemon-processes.ts';
import { type EngineLog, errorCode } from './engine-log.ts';
import { childEnv, type RuntimePlace } from './runtimes.ts';
import { findGroup, findUser } from './system-names.ts';

/** uWSGI's words for the moments where they are not the phase's name. */
const LABELS: Partial<Record<HookPhase, string>> = {
  'as-root': 'as root',
  'as-user': 'as user',
  'as-user-atexit': 'atexit',
};

/** Ends with the master, even when that is killed. */
const TIED_COMMAND = `${LIFELINE}; "$0" -c "$1"; code=$?; kill -9 $!; exit $code`;

/** `exit:5`: the engine ends at once and without an error. */
export class ExitRequested extends Error {}

export class HookRunner {
  readonly #log: EngineLog;
  readonly #place: RuntimePlace;
  readonly #alarms: Alarms;
  #child: ChildProcess | null = null;

  /** `putenv` and `chdir` change the place, so that all that is started afterwards has them. */
  constructor(log: EngineLog, place: RuntimePlace, alarms: Alarms) {
    this.#log = log;
    this.#place = place;
    this.#alarms = alarms;
  }

  /** The hooks of a moment, one after the other. Throws EngineError at the first that fails. */
  async runAll(phase: HookPhase, settings: EngineSettings): Promise<void> {
    for (const hook of hooksOf(settings.system.hooks, phase)) await this.run(hook, settings);
  }

  async run(hook: HookSetting, settings: EngineSettings): Promise<void> {
    this.#log.write(`running "${hook.text}" (${LABELS[hook.phase] ?? hook.phase})...`);
    const reason = await this.#attempt(hook, settings);
    if (reason === null) return;
    const message = `The ${hook.isOldForm ? 'exec' : 'hook'}-${hook.phase} '${hook.text}' has failed (${reason}).`;
    throw new EngineError('hook-failed', message, hook.origin);
  }

  /** Ends a command that runs. */
  dispose(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
      return;
    }
  }

  /** null: done. */
  async #attempt({ action, argument }: HookSetting, settings: EngineSettings): Promise<string | null> {
    if (action === 'exec') return this.#execute(argument, settings);
    if (action === 'safeexec') {
      const reason = await this.#execute(argument, settings);
      if (reason !== null) this.#log.write(`command "${argument}" ${reason}`);
      return null;
    }
    if (action === 'exit') throw new ExitRequested();
    try {
      this.#act(action, argument, this.#folder(settings));
      return null;
    } catch (error) {
      return errorCode(error);
    }
  }

  #act(action: string, argument: string, cwd: string): void {
    const [first = '', ...rest] = argument.split(' ');
    const path = resolve(cwd, first);
    const text = rest.join(' ');
    switch (action) {
      case 'print':
      case 'log':
        return this.#log.write(argument);
      case 'alarm':
        if (this.#alarms.raise(first, text)) return;
        throw new Error(`there is no alarm '${first}'`);
      case 'putenv': {
        const equals = argument.indexOf('=');
        this.#place.env[argument.slice(0, equals)] = argument.slice(equals + 1);
        return;
      }
      case 'chdir':
      case 'cd': {
        const folder = resolve(cwd, argument);
        if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
        this.#place.folder = folder;
        return;
      }
      case 'mkdir':
        mkdirSync(resolve(cwd, argument));
        return;
      case 'unlink':
        return unlinkSync(resolve(cwd, argument));
      case 'creat':
      case 'create':
        return writeFileSync(resolve(cwd, argument), '');
      case 'write':
        return writeFileSync(path, text);
      case 'writen':
        return writeFileSync(path, `${text}\n`);
      case 'append':
        return appendFileSync(path, text);
      case 'appendn':
        return appendFileSync(path, `${text}\n`);
      case 'chmod':
        return chmodSync(path, Number.parseInt(text, 8));
      case 'chown': {
        const [user = '', group = ''] = rest;
        const uid = findUser(user)?.uid;
        const gid = findGroup(group);
        if (uid === undefined || gid === null) throw new Error(`there is no user ${user} or no group ${group}`);
        return chownSync(path, uid, gid);
      }
      // `unix_signal` is in effect since the configuration was read (config/hooks.ts).
      default:
        return;
    }
  }

  #folder(settings: EngineSettings): string {
    return this.#place.folder ?? settings.chdir ?? this.#place.cwd;
  }

  async #execute(command: string, settings: EngineSettings): Promise<string | null> {
    const log = this.#log;
    return new Promise((done) => {
      const { shell } = settings.system;
      const isTied = process.platform !== 'win32';
      const child = spawn(shell, isTied ? ['-c', TIED_COMMAND, shell, command] : ['-c', command], {
        cwd: this.#folder(settings),
        env: childEnv(settings, this.#place),
        stdio: ['ignore', log.outputFd, log.errorFd, isTied ? 'pipe' : 'ignore'],
        detached: isTied,
      });
      this.#child = child;
      const ended = (reason: string | null): void => {
        this.#child = null;
        child.stdio[3]?.destroy();
        done(reason);
      };
      child.on('error', (error) => ended(errorCode(error)));
      child.on('exit', (code, signal) => {
        if (code === 0) ended(null);
        else ended(signal === null ? `exited with code ${code}` : `was killed by ${signal}`);
      });
    });
  }
}
