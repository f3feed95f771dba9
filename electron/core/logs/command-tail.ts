/**
 * Follows what a program prints: `journalctl -f` and `docker logs -f`. It is read only as fast as it is worked off,
 * which holds the program there back. After an end it is started again from the last line that was seen.
 * That nothing of it stays there when the connection ends is the machine's part (`spawn`).
 */
import type { Readable } from 'node:stream';
import { describe, toErrorData } from '../errors.ts';
import type { Machine, RunningCommand } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { LineSplitter } from './line-splitter.ts';
import { type LogTail, type RawLine, retryAfterMs, type TailSink } from './log-tail.ts';

/** What is the program's own: its arguments, its lines, and where to go on. */
export interface CommandSource {
  /** For messages: `journalctl`. */
  program: string;
  /** From the last line that was read on, or the newest lines. */
  argv(): [string, ...string[]];
  /** null: this line was seen already, or is none. */
  read(line: string, stream: 'out' | 'err'): RawLine | null;
  /** Its standard error output is log, too. */
  readonly logsToStderr: boolean;
  /** What its last words mean, and the next step. */
  explain(lastWords: string, code: number | null): { reason: string; hint: string | null };
}

export interface CommandTailOptions {
  machine: Machine;
  clock: Clock;
  source: CommandSource;
  sink: TailSink;
}

/** So much is worked off at once; then others have their turn. */
const MOST_BYTES_A_TURN = 512 * 1024;
const TURN_MS = 50;
/** What was printed within this time was there before. */
const BACKLOG_MS = 1_500;
/** A program that is quiet for so long follows, and has no lines yet. */
const QUIET_MS = 1_500;
/** Its first lines come together. */
const FIRST_LINES_MS = 250;
const MOST_LAST_WORDS = 2_000;

export class CommandTail implements LogTail {
  readonly #options: CommandTailOptions;
  #command: RunningCommand | null = null;
  #failures = 0;
  #cancelTimer: (() => void) | null = null;
  /** Until it is told that the program follows. */
  #cancelSettling: (() => void) | null = null;
  #disposed = false;

  constructor(options: CommandTailOptions) {
    this.#options = options;
    void this.#run();
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancelTimer?.();
    this.#cancelSettling?.();
    this.#command?.kill();
  }

  async #run(): Promise<void> {
    const { machine, source, clock } = this.#options;
    try {
      const command = await machine.spawn(source.argv());
      if (this.#disposed) {
        command.kill();
        return;
      }
      this.#command = command;
      const startedMs = clock.monotonicMs();
      let lastWords = '';
      // The pipe closes with the program: its end is told by `ended`.
      command.stdin.on('error', () => {});
      this.#read(command.stdout, 'out', startedMs);
      if (source.logsToStderr) this.#read(command.stderr, 'err', startedMs);
      else
        command.stderr.on(
          'data',
          (chunk: Buffer) => (lastWords = `${lastWords}${chunk.toString()}`.slice(-MOST_LAST_WORDS)),
        );
      command.stderr.on('error', () => {});
      this.#settle(QUIET_MS);
      const { code } = await command.ended;
      this.#command = null;
      this.#cancelSettling?.();
      this.#cancelSettling = null;
      if (this.#disposed) return;
      if (clock.monotonicMs() - startedMs > 10_000) this.#failures = 0;
      const { reason, hint } = source.explain(lastWords.trim(), code);
      this.#again(reason, hint);
    } catch (error) {
      if (this.#disposed) return;
      const { message, hint } = toErrorData(error);
      this.#again(message, hint);
    }
  }

  /** Whoever waits for the first lines is told with them; of a program that fails at once, why. */
  #settle(ms: number): void {
    const { clock, sink } = this.#options;
    this.#cancelSettling?.();
    this.#cancelSettling = clock.setTimer(() => {
      this.#cancelSettling = null;
      sink.onFollowing();
    }, ms);
  }

  #again(reason: string, hint: string | null): void {
    const { sink, clock } = this.#options;
    sink.onWaiting(reason, hint);
    this.#cancelTimer = clock.setTimer(() => void this.#run(), retryAfterMs(this.#failures));
    this.#failures += 1;
  }

  #read(stream: Readable, name: 'out' | 'err', startedMs: number): void {
    const { source, sink, clock } = this.#options;
    const splitter = new LineSplitter();
    let bytesThisTurn = 0;
    stream.once('data', () => {
      if (!this.#disposed && this.#cancelSettling !== null) this.#settle(FIRST_LINES_MS);
    });
    stream.on('data', (chunk: Buffer) => {
      if (this.#disposed) return;
      sink.onBytes(chunk.length);
      const lines = splitter.push(chunk).map((line) => source.read(line, name));
      const fresh = lines.filter((line) => line !== null);
      if (fresh.length > 0) sink.onLines(fresh, clock.monotonicMs() - startedMs < BACKLOG_MS);
      bytesThisTurn += chunk.length;
      if (bytesThisTurn < MOST_BYTES_A_TURN) return;
      bytesThisTurn = 0;
      stream.pause();
      clock.setTimer(() => stream.resume(), TURN_MS);
    });
    stream.on('error', (error) => {
      if (!this.#disposed) sink.onNote(`${source.program} was cut off: ${describe(error)}.`);
    });
  }
}
