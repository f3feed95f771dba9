/**
 * The engine's log: its own lines, what workers print, the requests. Plainly it is standard error or the file of `logto`,
 * whose descriptor gateways and workers write to themselves. With loggers, filters or encoders everything goes through the
 * master (engine/log). Never blocks for long and never throws while it serves: a log that can not be written must not
 * stop the server.
 */
import { fstatSync } from 'node:fs';
import { bytesOf } from '../byte-text.ts';
import type { LogSettings } from '../config/log-settings.ts';
import type { EngineSettings } from '../config/settings.ts';
import { strftime } from '../config/strftime.ts';
import type { RequestLogTarget } from '../gateway/messages.ts';
import { ByteQueue } from '../log/byte-queue.ts';
import { OpenChannel } from '../log/channel.ts';
import { LogFile } from '../log/log-file.ts';
import { type SinkPlace, SYSTEM_SOCKETS } from '../log/sinks.ts';
import { WorkerOutput } from '../log/worker-output.ts';

export type LogPlace = Pick<SinkPlace, 'env' | 'cwd' | 'resourcesFolder'>;

interface Channels {
  server: OpenChannel;
  requests: OpenChannel;
}

export class EngineLog {
  /** The engine is in the background: the file of `daemonize` is its log. */
  isInBackground = false;
  /** Is told of each line, as bytes in a string, where the configuration has something to say about lines (`log-alarm`). */
  watcher: ((line: string) => void) | null = null;
  readonly #standardOutputFd: number;
  readonly #standard: ByteQueue;
  #file: LogFile | null = null;
  #channels: Channels | null = null;
  #output: WorkerOutput | null = null;
  /** What workers print goes through the master. */
  #isThroughMaster = false;
  #settings: LogSettings | null = null;
  #isWatched = false;
  /** Privileges have been dropped, if there were any: `logto2` counts from here on. */
  #isDropped = false;

  constructor(outputFd: number, errorFd: number) {
    this.#standardOutputFd = outputFd;
    this.#standard = new ByteQueue(errorFd);
  }

  /** The file of the log; null: standard error. */
  get path(): string | null {
    return this.#file?.options.path ?? null;
  }

  /** What workers open to write there themselves: the FIFO to the master, or the file; null: standard error. */
  get workerPath(): string | null {
    return this.#isThroughMaster && this.#output !== null ? this.#output.path : this.path;
  }

  /** Standard error of processes that the engine starts. */
  get errorFd(): number {
    return this.#workerFd ?? this.#file?.fd ?? this.#standard.fd;
  }

  /** Their standard output. */
  get outputFd(): number {
    return this.#workerFd ?? this.#file?.fd ?? this.#standardOutputFd;
  }

  /** Where request lines go. */
  get requestTarget(): RequestLogTarget {
    return this.#channels === null && !this.#isWatched
      ? { type: 'descriptor', fd: this.#file?.fd ?? this.#standard.fd }
      : { type: 'master' };
  }

  get #workerFd(): number | null {
    return this.#isThroughMaster && this.#output !== null ? this.#output.fd : null;
  }

  /** Goes over to these settings. Throws EngineError when a file can not be opened; the log is then as it was before. */
  configure(settings: EngineSettings, place: LogPlace): void {
    const { log } = settings;
    const standard = this.isInBackground ? settings.system.daemonizeLog : null;
    const path = (this.#isDropped ? log.logto2 : null) ?? settings.logto ?? standard;
    const file = this.#fileFor(path, log);
    let channels: Channels | null;
    try {
      channels = this.#openChannels(settings, place);
    } catch (error) {
      if (file !== this.#file) file?.dispose();
      throw error;
    }
    this.#useFile(file);
    this.#channels?.server.dispose();
    this.#channels?.requests.dispose();
    this.#channels = channels;
    this.#settings = log;
    this.#isWatched = settings.alarms.rules.length > 0;
    const isUnreadable = settings.app.language === 'javascript' && file !== null;
    this.#isThroughMaster =
      log.throughMaster ||
      this.#isWatched ||
      channels !== null ||
      isUnreadable ||
      (file === null && isPipe(this.#standard.fd));
  }

  /** Opens the way of what workers print; `folder` is the engine's own. */
  openWorkerOutput(folder: string): void {
    if (process.platform === 'win32') return;
    try {
      this.#output = new WorkerOutput(`${folder}/output`, (line) => {
        this.#put(line);
        this.#watch(line);
      });
    } catch (error) {
      this.write(`workers write to the log themselves: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** `logto2`: privileges, if there were any, are dropped. True: the log is another file now. Throws EngineError. */
  privilegesDropped(): boolean {
    this.#isDropped = true;
    const settings = this.#settings;
    if (settings === null || settings.logto2 === null) return false;
    this.#useFile(this.#fileFor(settings.logto2, settings));
    return true;
  }

  /** Lines of the engine's own. */
  write(text: string): void {
    this.#output?.drain();
    for (const line of this.#linesOf(text)) {
      this.#put(line);
      this.#watch(line);
    }
  }

  /** Lines that the watcher is not told of: its own. */
  writeUnwatched(text: string): void {
    for (const line of this.#linesOf(text)) this.#put(line);
  }

  /** Request lines of a gateway, as latin-1 strings of bytes, each with its line end. */
  requestLines(text: string): void {
    const channel = this.#channels?.requests;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end + 1);
      if (channel === undefined) this.#toLog(line);
      else channel.write(line);
      this.#watch(line);
      start = end + 1;
    }
  }

  /** Opens files anew that were moved away. */
  reopen(): void {
    this.#file?.reopen();
    this.#channels?.server.reopen();
    this.#channels?.requests.reopen();
  }

  /** Renames files and begins new ones. */
  rotate(): void {
    this.#file?.rotate();
    this.#channels?.server.rotate();
    this.#channels?.requests.rotate();
  }

  /** Called once a second. True: the log's file is another one now. */
  tick(): boolean {
    this.#channels?.server.tick();
    this.#channels?.requests.tick();
    return this.#file?.tick() ?? false;
  }

  dispose(): void {
    this.#output?.dispose();
    this.#output = null;
    this.#channels?.server.dispose();
    this.#channels?.requests.dispose();
    this.#channels = null;
    this.#file?.dispose();
    this.#file = null;
    this.#standard.dispose();
  }

  #watch(line: string): void {
    if (this.#isWatched) this.watcher?.(line);
  }

  #linesOf(text: string): string[] {
    const prefix = this.#linePrefix();
    return text.split('\n').map((line) => bytesOf(`${prefix}${line}\n`));
  }

  #linePrefix(): string {
    const { dateFormat = null, prefix = null } = this.#settings ?? {};
    const date = dateFormat === null ? '' : `${strftime(dateFormat, new Date())} - `;
    return prefix === null ? date : `${prefix} - ${date}`;
  }

  #put(line: string): void {
    if (this.#channels === null) this.#toLog(line);
    else this.#channels.server.write(line);
  }

  #toLog(line: string): void {
    (this.#file ?? this.#standard).write(line);
  }

  #fileFor(path: string | null, { maxSizeBytes, backupName, fileMode: mode, truncate }: LogSettings): LogFile | null {
    if (path === null) return null;
    const present = this.#file?.options;
    const options = { path, maxSizeBytes, backupName, mode, truncate: truncate && present === undefined };
    if (present?.path === path && present.maxSizeBytes === maxSizeBytes && present.backupName === backupName) {
      return this.#file;
    }
    return new LogFile(options, (text) => this.#standard.write(bytesOf(`${text}\n`)));
  }

  #useFile(file: LogFile | null): void {
    if (file === this.#file) return;
    const old = this.#file;
    this.#file = file;
    old?.disposeLater();
  }

  /** null: nothing that lines would have to go through. */
  #openChannels(settings: EngineSettings, place: LogPlace): Channels | null {
    const { log } = settings;
    const { server, requests } = log;
    const isPlain =
      server.loggers.length + requests.loggers.length + log.filters.length + log.drains.length === 0 &&
      server.encoders.length + requests.encoders.length === 0;
    if (isPlain) return null;
    const sinkPlace: SinkPlace = {
      ...place,
      shell: settings.system.shell,
      sockets: SYSTEM_SOCKETS,
      trouble: (text) => this.#toLog(bytesOf(`${text}\n`)),
    };
    const toLog = (line: string): void => this.#toLog(line);
    const open = OpenChannel.open(log, server, sinkPlace, toLog);
    if (requests.loggers.length === 0) {
      const encoders = requests.encoders.length > 0 ? requests.encoders : server.encoders;
      return { server: open, requests: open.sharing(log, server, encoders) };
    }
    try {
      return { server: open, requests: OpenChannel.open(log, requests, sinkPlace, toLog) };
    } catch (error) {
      open.dispose();
      throw error;
    }
  }
}

function isPipe(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    return stats.isFIFO() || stats.isSocket();
  } catch {
    // It is closed: what is written there is lost anyway.
    return false;
  }
}

/** `ENOENT` and the like; the message of whatever else was thrown. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message : String(error);
}
