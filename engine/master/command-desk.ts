/**
 * Where commands arrive, from signals, FIFO letters, touched files and applications: those that come before the
 * engine is open wait, those for the machine go to its queue, the others are carried out here.
 */
import { EngineError, formatEngineError } from '../errors.ts';
import { isShellCommand, meaningOfLetter, type ShellCommand } from './commands.ts';
import type { Command } from './events.ts';

export interface CommandHost {
  log: (text: string) => void;
  isStopped: () => boolean;
  /** Ends what holds the start or the end up: a hook that hangs. */
  interrupt: () => void;
  enqueue: (command: Command) => void;
  shell: Record<ShellCommand, () => void>;
}

export class CommandDesk {
  readonly #host: CommandHost;
  /** Commands that came before everything was open; null since then. */
  #early: (Command | ShellCommand)[] | null = [];

  constructor(host: CommandHost) {
    this.#host = host;
  }

  /** Everything is open: what has waited is carried out. */
  open(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const command of early) this.take(command);
  }

  take(command: Command | ShellCommand): void {
    const { enqueue, interrupt, isStopped } = this.#host;
    if (this.#early !== null) {
      this.#early.push(command);
      if (command === 'stop' || command === 'graceful-stop') interrupt();
    } else if (isStopped()) {
      // Only the last hooks still run.
      interrupt();
    } else if (isShellCommand(command)) {
      this.#shell(command);
    } else {
      enqueue(command);
    }
  }

  /** A letter from the master FIFO. */
  letter(letter: string): void {
    const meant = meaningOfLetter(letter);
    if ('refused' in meant) {
      this.#host.log(meant.refused);
      return;
    }
    this.#host.log(`master-fifo '${letter}': ${meant.command}`);
    this.take(meant.command);
  }

  #shell(command: ShellCommand): void {
    try {
      this.#host.shell[command]();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#host.log(`*** ${formatEngineError(error)} ***`);
    }
  }
}
