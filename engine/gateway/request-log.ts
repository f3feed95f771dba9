/**
 * Writes the request lines: collects them and writes once per turn, to the descriptor that the master opened. A
 * reader that does not keep up (a full pipe) never stops the gateway: beyond LIMIT_BYTES lines are dropped, and
 * a line says how many.
 */
import { readFileSync, writeSync } from 'node:fs';
import type { Core } from './core-choice.ts';
import { requestEnviron } from './frames.ts';
import { compileLogFormat, type LogFormatter, needsMemory } from './log-format.ts';
import { decodeMarshalPairs } from './marshal.ts';
import type { GatewayOptions } from './messages.ts';
import type { GatewayRequest } from './request.ts';

const FLUSH_MS = 5;
const FLUSH_BYTES = 64 * 1024;
const LIMIT_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 20;
const PAGE_BYTES = 4096;

export class RequestLog {
  #fd = -1;
  #format: LogFormatter;
  #needsMemory = false;
  #isMarshal = true;
  #pending = '';
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: GatewayOptions) {
    this.#format = compileLogFormat({ format: null, micros: false, memoryReport: false });
    this.configure(options);
  }

  configure(options: GatewayOptions): void {
    const style = { format: options.logFormat, micros: options.logMicros, memoryReport: options.memoryReport };
    this.#fd = options.logFd;
    this.#format = compileLogFormat(style);
    this.#needsMemory = needsMemory(style);
    this.#isMarshal = options.environEncoding === 'marshal';
  }

  /** One request that a worker has finished. */
  write(request: GatewayRequest, core: Core, micros: number, totalRequests: number): void {
    if (this.#fd < 0) return;
    if (this.#pending.length > LIMIT_BYTES) {
      this.#dropped++;
      return;
    }
    const { facts, answer } = request;
    const { worker } = core;
    const memory = this.#needsMemory ? readMemory(worker.pid) : { vszBytes: 0, rssBytes: 0 };
    let variables: Map<string, string> | null = null;
    const line = this.#format({
      method: facts.method,
      uri: facts.uri,
      protocol: facts.protocol,
      remoteAddress: facts.remoteAddress,
      remoteUser: facts.remoteUser,
      contentLength: facts.contentLength,
      varCount: facts.varCount,
      varBytes: facts.varBytes,
      status: request.status,
      headerCount: answer.headerCount,
      headBytes: answer.headBytes,
      bodyBytes: answer.bodyBytes,
      startedMs: request.beganMs,
      micros,
      pid: worker.pid,
      wid: worker.wid,
      core: core.index,
      app: 0,
      appRequests: worker.requests,
      totalRequests,
      switches: request.answeredByApp ? 1 : 0,
      writeErrors: request.target === null ? 1 : 0,
      ...memory,
      variable: (name) => {
        variables ??= this.#variables(request);
        return variables.get(name);
      },
    });
    this.#pending += `${line}\n`;
    if (this.#pending.length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is pending now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending === '' || this.#fd < 0) return;
    let text = this.#pending;
    if (this.#dropped > 0) text += `*** ${this.#dropped} request lines dropped: the log's reader is too slow ***\n`;
    const bytes = Buffer.from(text, 'latin1');
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
      this.#pending = '';
      this.#dropped = 0;
    } catch {
      // EAGAIN: the pipe is full. Anything else won't heal by trying at once either; the limit above holds.
      this.#pending = this.#pending.slice(written);
      this.#timer = setTimeout(() => this.flush(), RETRY_MS);
    }
  }

  #variables(request: GatewayRequest): Map<string, string> {
    const environ = requestEnviron(request.frame);
    if (this.#isMarshal) return new Map(decodeMarshalPairs(environ));
    return new Map(Object.entries(JSON.parse(environ.toString())));
  }
}

/** Address space and resident memory of a process, where the system tells (Linux). */
function readMemory(pid: number): { vszBytes: number; rssBytes: number } {
  try {
    const [pages = '0', resident = '0'] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return { vszBytes: Number(pages) * PAGE_BYTES, rssBytes: Number(resident) * PAGE_BYTES };
  } catch {
    return { vszBytes: 0, rssBytes: 0 };
  }
}
