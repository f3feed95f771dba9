/**
 * Writes the request lines: collects them and writes once per turn, to the descriptor that the master opened, or hands
 * them to the master where loggers, filters or encoders wait for them. A reader that does not keep up (a full pipe)
 * never stops the gateway: beyond LIMIT_BYTES lines are dropped, and a line says how many.
 */
import { writeSync } from 'node:fs';
import type { EnvironEncoding } from '../config/languages.ts';
import { readMemory } from '../process-memory.ts';
import type { DispatchWorker } from './core-choice.ts';
import { decodeEnviron } from './environ-reader.ts';
import { isPacketFrame, requestEnviron } from './frames.ts';
import { compileLogFormat, type LogFormatter, needsMemory } from './log-format.ts';
import type { GatewayOptions, RequestLogOptions } from './messages.ts';
import type { GatewayRequest } from './request.ts';

const FLUSH_MS = 5;
const FLUSH_BYTES = 64 * 1024;
const LIMIT_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 20;

/** Who answered: a core, or something like it. */
export interface LoggedCore {
  readonly index: number;
  readonly worker: Pick<DispatchWorker, 'pid' | 'wid' | 'appRequests'>;
}

export class RequestLog {
  readonly #toMaster: (lines: string) => void;
  #options: RequestLogOptions;
  #format: LogFormatter;
  #needsMemory = false;
  #encoding: EnvironEncoding = 'marshal';
  #pending = '';
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `toMaster` gets latin-1 strings of bytes, each line with its end. */
  constructor(options: GatewayOptions, toMaster: (lines: string) => void) {
    this.#toMaster = toMaster;
    this.#options = options.requestLog;
    this.#format = compileLogFormat(options.requestLog);
    this.configure(options);
  }

  configure(options: GatewayOptions): void {
    this.flush();
    this.#options = options.requestLog;
    this.#format = compileLogFormat(options.requestLog);
    this.#needsMemory = needsMemory(options.requestLog);
    this.#encoding = options.environEncoding;
  }

  /** One request that is over. */
  write(request: GatewayRequest, core: LoggedCore, micros: number, totalRequests: number): void {
    if (!this.#isWanted(request, micros)) return;
    if (this.#pending.length > LIMIT_BYTES) {
      this.#dropped++;
      return;
    }
    const { facts, answer } = request;
    const { worker } = core;
    const memory = this.#needsMemory ? readMemory(worker.pid) : { vszBytes: 0, rssBytes: 0 };
    let variables: ReadonlyMap<string, string> | null = null;
    const line = this.#format({
      method: facts.method,
      uri: facts.uri,
      protocol: facts.protocol,
      remoteAddress: (this.#options.forwardedFor ? facts.forwardedFor : '') || facts.remoteAddress,
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
      app: request.app,
      appRequests: worker.appRequests[Math.max(0, request.app)] ?? 0,
      totalRequests,
      switches: request.parts,
      writeErrors: request.target === null ? 1 : 0,
      readErrors: 0,
      ...memory,
      variable: (name) => {
        const added = request.logVariables?.get(`var.${name}`);
        if (added !== undefined) return added;
        variables ??= this.#variables(request);
        return variables.get(name);
      },
      logVariable: (name) => request.logVariables?.get(name),
    });
    this.#pending += `${line}\n`;
    if (this.#pending.length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is pending now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#pending === '') return;
    const { target } = this.#options;
    if (target.type === 'master') {
      this.#toMaster(this.#pending + this.#takeDropped());
      this.#pending = '';
      return;
    }
    try {
      while (this.#pending !== '') {
        const written = writeSync(target.fd, Buffer.from(this.#pending.slice(0, FLUSH_BYTES), 'latin1'));
        this.#pending = this.#pending.slice(written) || this.#takeDropped();
      }
    } catch {
      // EAGAIN: the pipe is full. Anything else won't heal by trying at once either; the limit above holds.
      this.#timer = setTimeout(() => this.flush(), RETRY_MS);
    }
  }

  /** A line that says how many were dropped; empty when none were. */
  #takeDropped(): string {
    if (this.#dropped === 0) return '';
    const line = `*** ${this.#dropped} request lines dropped: the log's reader is too slow ***\n`;
    this.#dropped = 0;
    return line;
  }

  /** uWSGI's rule: all of them, or with `disable-logging` those that one of the `log-` options asks for. */
  #isWanted(request: GatewayRequest, micros: number): boolean {
    const { exceptions } = this.#options;
    // As uWSGI: packets of other modifiers have no line.
    if (isPacketFrame(request.frame) || request.isUnlogged) return false;
    if (exceptions === null || request.isLoggedByApp) return true;
    const { status, answer, target } = request;
    return (
      (exceptions.status4xx && status >= 400 && status <= 499) ||
      (exceptions.status5xx && status >= 500 && status <= 599) ||
      (exceptions.slowMs > 0 && micros >= exceptions.slowMs * 1000) ||
      (exceptions.bigBytes > 0 && answer.bodyBytes >= exceptions.bigBytes) ||
      (exceptions.zero && answer.bodyBytes === 0) ||
      (exceptions.ioError && target === null)
    );
  }

  #variables(request: GatewayRequest): ReadonlyMap<string, string> {
    if (request.facts.variables !== null) return request.facts.variables;
    const environ = requestEnviron(request.frame);
    return new Map(decodeEnviron(this.#encoding, environ));
  }
}
