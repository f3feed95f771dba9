/**
 * A program that gets lines on its standard input: `logger = pipe:COMMAND`, and the helper that sends unix
 * datagrams. Started when there is something to say and again when it ended, but not more than once a second. It is given no
 * more than a bounded number of bytes that it has not read.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramSetting {
  file: string;
  args: string[];
  /** As the configuration has it, for messages. */
  name: string;
}

const AGAIN_MS = 1000;
const MOST_WAITING_BYTES = 1024 * 1024;
/** How long it may take to read the rest at the end. */
const END_WAIT_MS = 2000;

export class LineProgram {
  readonly #setting: ProgramSetting;
  readonly #place: { env: NodeJS.ProcessEnv; cwd: string; trouble: (text: string) => void };
  #child: ChildProcess | null = null;
  #startedMs = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  #saidWhy = '';
  #isDisposed = false;

  constructor(
    setting: ProgramSetting,
    place: { env: NodeJS.ProcessEnv; cwd: string; trouble: (text: string) => void },
  ) {
    this.#setting = setting;
    this.#place = place;
    this.#start();
  }

  /** A latin-1 string of bytes. */
  write(line: string): void {
    this.send(Buffer.from(line, 'latin1'));
  }

  send(bytes: Buffer): void {
    if (this.#child === null && performance.now() - this.#startedMs > AGAIN_MS) this.#start();
    const stdin = this.#child?.stdin;
    if (stdin === null || stdin === undefined || stdin.writableLength > MOST_WAITING_BYTES) {
      this.#dropped++;
      return;
    }
    stdin.write(bytes);
  }

  tick(): void {
    if (this.#dropped === 0) return;
    this.#place.trouble(
      `${this.#dropped} lines for the logger '${this.#setting.name}' were dropped: it does not take them`,
    );
    this.#dropped = 0;
  }

  dispose(): void {
    this.#isDisposed = true;
    const child = this.#child;
    if (child === null) return;
    child.stdin?.end();
    const timer = setTimeout(() => killAll(child), END_WAIT_MS);
    child.once('exit', () => clearTimeout(timer));
  }

  #start(): void {
    if (this.#isDisposed) return;
    this.#startedMs = performance.now();
    const { file, args, name } = this.#setting;
    const { env, cwd, trouble } = this.#place;
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['pipe', 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    const ended = (why: string): void => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#isDisposed || why === this.#saidWhy) return;
      this.#saidWhy = why;
      trouble(`the logger '${name}' has ended (${why}); it is started again with the next line`);
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(signal ?? `exit code ${code ?? 0}`));
    // Its end is told by `exit`; what it has not read is lost.
    child.stdin?.on('error', () => child.stdin?.destroy());
  }
}

/** The program and what it has started: a shell leaves its command behind. */
function killAll(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of them have ended meanwhile.
    return;
  }
}
