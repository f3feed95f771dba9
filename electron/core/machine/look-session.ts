/**
 * Asks a host for its files, folders and processes: the script of look-script.ts runs there as long as there are
 * questions and a little longer, on one session channel whatever their number. Questions are answered in their order;
 * one that is not answered in time ends the script, and the next question starts it again.
 */
import { randomUUID } from 'node:crypto';
import { CoreError, describe } from '../errors.ts';
import { lookScript } from './look-script.ts';
import type { RunningCommand } from './machine.ts';
import { REMOTE_SHELL, scriptLine } from './remote-command.ts';

export interface LookOptions {
  /** The host, for what is told when it does not answer. */
  name: string;
  exec(command: string): Promise<RunningCommand>;
  deadlineMs?: number;
  idleMs?: number;
}

interface Question {
  text: string;
  mostBytes: number;
  resolve: (answer: Buffer) => void;
  reject: (error: CoreError) => void;
}

const DEADLINE_MS = 10_000;
/** A session is one of the few that a server grants a connection: it is not kept for long. */
const IDLE_MS = 2_000;

export class LookSession {
  readonly mark = randomUUID();
  readonly #options: LookOptions;
  readonly #end = Buffer.from(`\n${this.mark}\n`);
  readonly #waiting: Question[] = [];
  #command: RunningCommand | null = null;
  #opening = false;
  #isReady = false;
  #received: Buffer = Buffer.alloc(0);
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /** `question` as look-script.ts has them. Rejects with a CoreError that names the host. */
  async ask(question: string, mostBytes: number): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#waiting.push({ text: `${question}\n`, mostBytes, resolve, reject });
    if (this.#command !== null) {
      this.#command.stdin.write(`${question}\n`);
      if (this.#waiting.length === 1) this.#armDeadline();
    } else if (!this.#opening) void this.#open();
    return promise;
  }

  close(): void {
    this.#fail(new CoreError('ssh-look', { host: this.#options.name, reason: 'the connection was closed' }));
  }

  async #open(): Promise<void> {
    this.#opening = true;
    try {
      const command = await this.#options.exec(REMOTE_SHELL);
      this.#begin(command);
    } catch (error) {
      this.#fail(error instanceof CoreError ? error : this.#noShell(describe(error)));
    } finally {
      this.#opening = false;
    }
  }

  #begin(command: RunningCommand): void {
    this.#command = command;
    this.#isReady = false;
    this.#received = Buffer.alloc(0);
    let complaint = '';
    command.stdout.on('data', (chunk: Buffer) => {
      if (this.#command === command) this.#take(chunk);
    });
    command.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-300);
    });
    // What breaks a stream ends the command, too, which is told below.
    for (const stream of [command.stdin, command.stdout, command.stderr]) stream.on('error', () => {});
    void this.#watchEnd(command, () => complaint);
    command.stdin.write(scriptLine(lookScript(this.mark)) + this.#waiting.map(({ text }) => text).join(''));
    this.#armDeadline();
  }

  async #watchEnd(command: RunningCommand, complaint: () => string): Promise<void> {
    const { code } = await command.ended;
    if (this.#command !== command) return;
    this.#command = null;
    const lost = new CoreError('ssh-look', { host: this.#options.name, reason: 'the connection was lost' });
    // A shell that is none ends by itself, with a code; a connection that is lost gives none.
    const isLost = this.#isReady || (code === null && complaint() === '');
    this.#fail(isLost ? lost : this.#noShell(complaint()));
  }

  #take(chunk: Buffer): void {
    let from = Math.max(0, this.#received.length - this.#end.length);
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const at = this.#received.indexOf(this.#end, from);
      if (at < 0) break;
      const answer = this.#received.subarray(0, at);
      this.#received = this.#received.subarray(at + this.#end.length);
      from = 0;
      if (this.#isReady) this.#waiting.shift()?.resolve(Buffer.from(answer));
      this.#isReady = true;
      this.#armDeadline();
    }
    const most = this.#waiting[0]?.mostBytes ?? 0;
    if (this.#received.length > most + 64 * 1024) {
      this.#fail(new CoreError('ssh-look', { host: this.#options.name, reason: 'it sent more than was asked for' }));
    }
  }

  #armDeadline(): void {
    clearTimeout(this.#timer);
    const { name, deadlineMs = DEADLINE_MS, idleMs = IDLE_MS } = this.#options;
    const isIdle = this.#waiting.length === 0;
    const late = (): CoreError =>
      new CoreError('ssh-look', { host: name, reason: `no answer within ${deadlineMs / 1000} s` });
    this.#timer = isIdle ? setTimeout(() => this.#stop(), idleMs) : setTimeout(() => this.#fail(late()), deadlineMs);
    if (isIdle) this.#timer.unref();
  }

  #noShell(complaint: string): CoreError {
    const reason = complaint.trim().replace(/\s+/g, ' ') || 'it ended the session at once';
    return new CoreError('ssh-no-shell', { host: this.#options.name, reason });
  }

  #fail(error: CoreError): void {
    this.#stop();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    const command = this.#command;
    this.#command = null;
    this.#received = Buffer.alloc(0);
    command?.kill();
  }
}
