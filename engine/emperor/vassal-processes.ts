/**
 * The processes of the vassals: started with uWSGI's arguments, environment and pipes, told bytes, heard, buried. Which
 * program they run is the engine's own, or what `emperor-wrapper` names; both sides speak uWSGI's protocol (words.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { withCompileCache } from '../compile-cache.ts';
import type { EmperorSettings } from '../config/emperor-settings.ts';
import { formatByExtension } from '../config/sources.ts';
import { type EngineLog, errorCode } from '../master/engine-log.ts';
import { findOnPath } from '../master/interpreter.ts';
import { smallProgram } from '../own-program.ts';
import { runHelper } from './helpers.ts';
import type { VassalEvent } from './vassal-draft.ts';
import type { FoundVassal } from './vassal-state.ts';
import { EMPEROR_FD, EMPEROR_FD_CONFIG, encodeConfig, MAX_CONFIG_BYTES } from './words.ts';

const PIPE_FD = 3;
const CONFIG_FD = 4;

export interface VassalHost {
  log: EngineLog;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** The engine's own program with its first arguments; null: it can not be started from here. */
  program: readonly string[] | null;
  settings: () => EmperorSettings;
  /** Puts the socket that the emperor holds onto standard input: words before the command, and their own input. */
  fetchSocket: (key: string) => { words: string[]; input: string };
  emit: (event: VassalEvent) => void;
}

interface Running {
  child: ChildProcess;
  pipe: Socket | null;
  configPipe: Socket | null;
}

export class VassalProcesses {
  readonly #host: VassalHost;
  readonly #running = new Map<string, Running>();

  constructor(host: VassalHost) {
    this.#host = host;
  }

  /** Runs the hook of the start, then the vassal; what comes of it is an event. */
  async start(key: string, found: FoundVassal): Promise<void> {
    const { startHook } = this.#host.settings();
    if (startHook !== null) await this.#hook('start', startHook, found);
    try {
      this.#spawn(key, found);
    } catch (error) {
      this.#host.emit({
        type: 'not-spawned',
        key,
        message: error instanceof VassalError ? error.message : errorCode(error),
      });
    }
  }

  tell(key: string, byte: number): void {
    this.#running.get(key)?.pipe?.write(Buffer.from([byte]));
  }

  sendConfig(key: string, { config, id }: FoundVassal): void {
    const text = Buffer.from(config ?? '');
    if (text.length > MAX_CONFIG_BYTES) {
      this.#host.log.write(`[emperor] the configuration of ${id} is too large (${text.length} bytes)`);
    } else {
      this.#running.get(key)?.configPipe?.write(encodeConfig(text));
    }
  }

  kill(pid: number): void {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (errorCode(error) !== 'ESRCH')
        this.#host.log.write(`[emperor] pid ${pid} can not be killed: ${errorCode(error)}`);
    }
  }

  /** Its process has ended: the hook of the end. */
  ended(found: Pick<FoundVassal, 'id' | 'folder'>): void {
    const { stopHook } = this.#host.settings();
    if (stopHook !== null) void this.#hook('stop', stopHook, found);
  }

  /** What is left goes with the emperor: an end of the pipe is the end of a vassal, too. */
  dispose(): void {
    for (const { child, pipe, configPipe } of this.#running.values()) {
      if (child.pid !== undefined) this.kill(child.pid);
      pipe?.destroy();
      configPipe?.destroy();
    }
  }

  #spawn(key: string, found: FoundVassal): void {
    const { emit, env, fetchSocket, log, settings } = this.#host;
    const { isTyrant } = settings();
    const chosen = this.#program();
    const isOwn = chosen === this.#host.program;
    const [program = '', ...words] = isOwn ? smallProgram(chosen) : chosen;
    const fetch = found.onDemand === '' ? null : fetchSocket(key);
    const [file = '', ...args] = [...(fetch?.words ?? []), program, ...words, ...this.#arguments(found)];
    const child = spawn(file, args, {
      cwd: found.folder,
      env: isOwn ? withCompileCache(vassalEnv(env, found)) : vassalEnv(env, found),
      stdio: [
        fetch === null ? 'ignore' : 'pipe',
        log.outputFd,
        log.errorFd,
        'pipe',
        ...(found.config === null ? [] : ['pipe' as const]),
      ],
      // Signals of the terminal are the emperor's business.
      detached: true,
      ...(isTyrant ? { uid: found.uid, gid: found.gid } : {}),
    });
    const { pid } = child;
    if (pid === undefined) {
      child.on('error', (error) => emit({ type: 'not-spawned', key, message: errorCode(error) }));
      return;
    }
    child.on('error', (error) => log.write(`[emperor] vassal ${found.id}: ${errorCode(error)}`));
    const running: Running = {
      child,
      pipe: socketOf(child.stdio[PIPE_FD]),
      configPipe: socketOf(child.stdio[CONFIG_FD]),
    };
    this.#running.set(key, running);
    if (fetch !== null && child.stdin !== null) {
      child.stdin.on('error', () => child.stdin?.destroy());
      child.stdin.end(fetch.input);
    }
    running.configPipe?.on('error', () => running.configPipe?.destroy());
    const { pipe } = running;
    pipe?.on('data', (bytes: Buffer) => {
      for (const byte of bytes) emit({ type: 'said', key, pid, byte });
    });
    // It resets when the vassal ends with something unread; the end of the vassal tells all.
    pipe?.on('error', () => pipe.destroy());
    pipe?.on('close', () => emit({ type: 'pipe-closed', key, pid }));
    child.on('exit', (code, signal) => {
      if (this.#running.get(key) === running) this.#running.delete(key);
      pipe?.destroy();
      running.configPipe?.destroy();
      emit({ type: 'exited', key, pid, code, signal });
    });
    emit({ type: 'spawned', key, pid });
  }

  /** The first program that can be run. */
  #program(): readonly string[] {
    const { cwd, env, program, settings } = this.#host;
    const { wrapper, wrapperFallbacks, wrapperOverrides } = settings();
    const find = (name: string): string[] => {
      const path = name.includes('/') ? (isAbsolute(name) ? name : resolve(cwd, name)) : findOnPath([name], env);
      return path !== null && (!name.includes('/') || isProgram(path)) ? [path] : [];
    };
    const override = wrapperOverrides.flatMap(find)[0];
    if (override !== undefined) return [override];
    const [main] = wrapper === null ? [] : find(wrapper);
    if (main !== undefined) return [main];
    if (wrapper === null && program !== null) return program;
    const fallback = wrapperFallbacks.flatMap(find)[0];
    if (fallback !== undefined) return [fallback];
    throw new VassalError(
      wrapper === null
        ? "here the engine can not start itself; name a program in 'emperor-wrapper'"
        : `the program '${wrapper}' of 'emperor-wrapper' is not there`,
    );
  }

  #arguments({ id, config }: FoundVassal): string[] {
    const { vassalArguments: common } = this.#host.settings();
    const format = formatByExtension(id);
    const isOwn = this.#program() === this.#host.program;
    const option = format === null ? (isOwn ? '--ini' : '--config') : `--${format.toLowerCase()}`;
    return [
      ...each('--inherit', common.inheritBefore),
      ...each('--include', common.includeBefore),
      ...each('--set', common.set),
      option,
      config === null ? id : `emperor://${id}`,
      ...each('--inherit', common.inherit),
      ...each('--include', common.include),
    ];
  }

  async #hook(
    kind: 'start' | 'stop',
    command: string,
    { id, folder }: Pick<FoundVassal, 'id' | 'folder'>,
  ): Promise<void> {
    const { env, log } = this.#host;
    log.write(`[emperor] running vassal ${kind}-hook: ${command} ${id}`);
    const place = { env: { ...env, UWSGI_VASSALS_DIR: folder }, cwd: folder };
    const result = await runHelper(['/bin/sh', '-c', `${command} "$1"`, 'sh', id], place, [log.outputFd, log.errorFd]);
    log.write(`[emperor] ${id} ${kind}-hook ${result.ok ? 'returned 0' : `failed: ${result.reason}`}`);
  }
}

class VassalError extends Error {}

function each(option: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [option, value]);
}

function isProgram(path: string): boolean {
  return (
    findOnPath([path.slice(path.lastIndexOf('/') + 1)], { PATH: path.slice(0, path.lastIndexOf('/')) || '/' }) !== null
  );
}

function socketOf(stream: unknown): Socket | null {
  return stream instanceof Socket ? stream : null;
}

/** As uWSGI: its own words of the environment stay behind, `UWSGI_VASSAL_X` becomes `UWSGI_X`. */
function vassalEnv(env: NodeJS.ProcessEnv, { config, folder }: FoundVassal): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('UWSGI_'));
  const given = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith('UWSGI_VASSAL_') ? [[name.replace('_VASSAL', ''), value] as const] : [],
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(given),
    UWSGI_VASSALS_DIR: folder,
    [EMPEROR_FD]: String(PIPE_FD),
    ...(config === null ? {} : { [EMPEROR_FD_CONFIG]: String(CONFIG_FD) }),
  };
}
