/**
 * Where lines end up: files, descriptors, UDP, unix datagrams, programs. None of them ever blocks or throws; what can
 * not be delivered is dropped beyond a bound. Unix datagrams (syslog, the journal, sockets) go through a small helper
 * program, because Node has no such sockets.
 */
import { createSocket, type Socket } from 'node:dgram';
import { bytesOf } from '../byte-text.ts';
import type { DatagramAddress, LoggerSetting, LogSettings, LogTarget } from '../config/log-settings.ts';
import { ByteQueue } from './byte-queue.ts';
import { LineProgram } from './line-program.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { formatJournal, formatRsyslog, formatSyslog, syslogPriority } from './syslog-text.ts';

export interface LogSink {
  /** A latin-1 string of bytes, mostly with its line end. */
  write(line: string): void;
  /** Opens its file anew, when it has one. */
  reopen?(): void;
  /** Renames its file and begins a new one. */
  rotate?(): void;
  /** Called once a second. */
  tick?(): void;
  dispose(): void;
}

export interface SinkPlace {
  env: NodeJS.ProcessEnv;
  cwd: string;
  shell: string;
  /** Where `runtimes/` lies: the helper for unix datagrams is there. */
  resourcesFolder: string;
  /** The system's sockets, by their usual names. */
  sockets: { syslog: string; journal: string };
  /** Says what is wrong with a logger, in the log itself. */
  trouble: (text: string) => void;
}

export const SYSTEM_SOCKETS = { syslog: '/dev/log', journal: '/run/systemd/journal/socket' };

/** Opens a logger. Throws EngineError when its file can not be opened. */
export function openSink({ target, text }: LoggerSetting, settings: LogSettings, place: SinkPlace): LogSink {
  switch (target.type) {
    case 'file':
      return new LogFile(fileOptions(target, settings), place.trouble);
    case 'descriptor':
      return new ByteQueue(target.fd);
    case 'pipe':
      return new LineProgram({ file: place.shell, args: ['-c', target.command], name: text }, place);
    case 'rsyslog': {
      const limits = { mostBytes: settings.rsyslogPacketBytes, splits: settings.rsyslogSplits };
      return formatted(openDatagrams(target.address, text, place), (line) =>
        formatRsyslog(line, target, limits, Date.now()),
      );
    }
    case 'socket': {
      const prefix = bytesOf(target.prefix ?? '');
      return formatted(openDatagrams(target.address, text, place), (line) => [prefix + line]);
    }
    case 'syslog': {
      const priority = syslogPriority(target.facility);
      return formatted(openDatagrams({ type: 'unix', path: place.sockets.syslog }, text, place), (line) => [
        formatSyslog(line, priority, target.ident, Date.now()),
      ]);
    }
    case 'systemd':
      return formatted(openDatagrams({ type: 'unix', path: place.sockets.journal }, text, place), (line) => [
        formatJournal(line, target.ident),
      ]);
  }
}

function fileOptions(target: Extract<LogTarget, { type: 'file' }>, settings: LogSettings): LogFileOptions {
  return {
    path: target.path,
    maxSizeBytes: target.maxSizeBytes,
    backupName: target.backupName,
    mode: settings.fileMode,
    truncate: settings.truncate,
  };
}

interface Datagrams {
  send(bytes: Buffer): void;
  tick?(): void;
  dispose(): void;
}

function formatted(datagrams: Datagrams, format: (line: string) => string[]): LogSink {
  return {
    write: (line) => {
      for (const part of format(line)) datagrams.send(Buffer.from(part, 'latin1'));
    },
    tick: () => datagrams.tick?.(),
    dispose: () => datagrams.dispose(),
  };
}

function openDatagrams(address: DatagramAddress, name: string, place: SinkPlace): Datagrams {
  if (address.type === 'tcp') return new UdpDatagrams(address.host, address.port);
  const path = address.type === 'unix' ? address.path : `\0${address.name}`;
  const helper = `${place.resourcesFolder}/runtimes/python/reeve_datagrams.py`;
  const program = new LineProgram({ file: 'python3', args: ['-S', '-E', helper, JSON.stringify(path)], name }, place);
  return {
    send: (bytes) => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(bytes.length);
      program.send(Buffer.concat([head, bytes]));
    },
    tick: () => program.tick(),
    dispose: () => program.dispose(),
  };
}

/** A UDP datagram holds no more than this. */
const MOST_UDP_BYTES = 65_507;
const MOST_WAITING = 1000;

class UdpDatagrams implements Datagrams {
  readonly #host: string;
  readonly #port: number;
  readonly #socket: Socket;
  #waiting = 0;

  constructor(host: string, port: number) {
    this.#host = host === '' ? '127.0.0.1' : host;
    this.#port = port;
    this.#socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    // Nobody listens there, or the network is down: lines are lost, nothing else.
    this.#socket.on('error', () => undefined);
    this.#socket.unref();
  }

  send(bytes: Buffer): void {
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting++;
    this.#socket.send(bytes.subarray(0, MOST_UDP_BYTES), this.#port, this.#host, () => {
      this.#waiting--;
    });
  }

  dispose(): void {
    // What was sent just now is on its way when the loop has turned once.
    setImmediate(() => this.#socket.close());
  }
}
