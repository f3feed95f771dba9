/**
 * The engine as the vassal of an emperor, uWSGI's or its own: reads what the emperor says on the pipe of UWSGI_EMPEROR_FD
 * and tells it how the engine stands. The end of the pipe is the end of the emperor, and the engine's.
 */
import { fstatSync, readSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ReadResult } from '../config/host.ts';
import type { EngineSettings } from '../config/settings.ts';
import { waitable } from '../longest-wait.ts';
import { errorCode } from '../master/engine-log.ts';
import type { MasterState } from '../master/machine-state.ts';
import {
  CONFIG_HEAD_BYTES,
  configLength,
  EMPEROR_FD,
  EMPEROR_FD_CONFIG,
  type EmperorWord,
  TO_EMPEROR,
  TO_VASSAL,
} from './words.ts';

export interface VassalOrders {
  log: (text: string) => void;
  command: (command: 'reload' | 'stop' | 'graceful-stop') => void;
}

export class VassalLink {
  readonly #fd: number;
  readonly #configFd: number | null;
  #socket: Socket | null = null;
  #hasAskedForConfig = false;
  #heartbeat: NodeJS.Timeout | null = null;
  #seen = { isReady: false, isAccepting: false, isLoyal: false, isReloading: false, isStopping: false };
  /** The pipe is closed, or about to be: its number may be another file's. */
  #isGone = false;

  private constructor(fd: number, configFd: number | null) {
    this.#fd = fd;
    this.#configFd = configFd;
  }

  /** null: no emperor has started this engine. */
  static of(env: NodeJS.ProcessEnv): VassalLink | null {
    const fd = socketFd(env[EMPEROR_FD]);
    return fd === null ? null : new VassalLink(fd, socketFd(env[EMPEROR_FD_CONFIG]));
  }

  /** The environment for everything else: children do not have the pipes. */
  static without(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const { [EMPEROR_FD]: _, [EMPEROR_FD_CONFIG]: __, ...rest } = env;
    return rest;
  }

  /** The emperor holds a socket for this vassal, and gave it as standard input. */
  get hasSocket(): boolean {
    return isSocket(0);
  }

  /** `emperor://NAME`: waits for the packet. Asks for it when it was read before. */
  readConfig(): ReadResult {
    if (this.#configFd === null) return { ok: false, reason: 'not found' };
    try {
      if (this.#hasAskedForConfig) this.#say('ask-config');
      this.#hasAskedForConfig = true;
      const length = configLength(readExactly(this.#configFd, CONFIG_HEAD_BYTES));
      return length === null
        ? { ok: false, reason: 'failed' }
        : { ok: true, bytes: readExactly(this.#configFd, length) };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { ok: false, reason: 'failed' };
    }
  }

  /** From here on the emperor is obeyed. */
  listen({ command, log }: VassalOrders): void {
    const socket = new Socket({ fd: this.#fd, readable: true, writable: false });
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const byte of bytes) {
        log(`received message ${byte} from emperor`);
        if (byte === TO_VASSAL.reload) command('reload');
        else if (byte === TO_VASSAL.stop) command('stop');
        else if (byte === TO_VASSAL.stopGracefully) command('graceful-stop');
      }
    });
    const gone = (): void => {
      if (this.#isGone) return;
      this.#isGone = true;
      log('lost connection with my emperor !!!');
      command('stop');
    };
    socket.on('error', gone);
    socket.on('end', gone);
    socket.on('close', gone);
  }

  /** Called after every step of the master. */
  observe(state: MasterState, settings: EngineSettings): void {
    const seen = this.#seen;
    if (state.stop !== null) return this.#observeStop(state, settings);
    if (!seen.isReady && (state.phase === 'serving' || hasLoaded(state))) {
      seen.isReady = true;
      this.#say('ready');
      // An emperor of its own is all the loyalty there is.
      if (settings.emperor.monitors.length > 0) this.#beLoyal();
    }
    if (!seen.isAccepting && state.phase === 'serving') {
      seen.isAccepting = true;
      this.#say('accepting');
    }
    if (!seen.isLoyal && state.activity.requests > 0) this.#beLoyal();
    const isReloading = state.reload !== null;
    if (seen.isAccepting && seen.isReloading && !isReloading) {
      // As uWSGI says it after a reload; one that failed has changed nothing, and the engine takes requests.
      this.#say('ready');
      this.#say('accepting');
    }
    seen.isReloading = isReloading;
    this.#beat(settings.emperor.heartbeatSeconds);
  }

  dispose(): void {
    if (this.#heartbeat !== null) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
    this.#isGone = true;
    this.#socket?.destroy();
  }

  #observeStop({ activity }: MasterState, { sleep }: EngineSettings): void {
    if (this.#seen.isStopping) return;
    this.#seen.isStopping = true;
    const isIdle = sleep.stopsWhenIdle && Date.now() - activity.lastMs >= sleep.idleSeconds * 1000;
    if (isIdle) this.#say('stop-me');
  }

  #beLoyal(): void {
    this.#seen.isLoyal = true;
    this.#say('loyal');
  }

  #beat(seconds: number): void {
    if (seconds === 0 || this.#heartbeat !== null || !this.#seen.isReady) return;
    this.#say('heartbeat');
    this.#heartbeat = setInterval(() => this.#say('heartbeat'), waitable(seconds * 1000));
  }

  #say(word: EmperorWord): void {
    if (this.#isGone) return;
    try {
      writeSync(this.#fd, Buffer.from([TO_EMPEROR[word]]));
    } catch (error) {
      // The end of the pipe is told to `listen`, and a full one has enough to read.
      const code = errorCode(error);
      if (code !== 'EPIPE' && code !== 'EAGAIN' && code !== 'ECONNRESET' && code !== 'EBADF') throw error;
    }
  }
}

function hasLoaded(state: MasterState): boolean {
  return state.generations.get(state.active)?.hasLoaded === true;
}

function socketFd(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return null;
  return isSocket(Number(text)) ? Number(text) : null;
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    // Not open: the variable is left over from somebody else.
    return false;
  }
}

function readExactly(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const got = readSync(fd, bytes, at, length - at, null);
    if (got === 0) throw new Error('the emperor has ended in the middle of it');
    at += got;
  }
  return bytes;
}
