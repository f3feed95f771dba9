/**
 * What a command may use of the process it runs in: results go to `out`, everything else to `err`.
 * Tests give it arrays; reeve.ts gives it the real streams. Exit codes are the same for all commands.
 */

export interface Terminal {
  /** One line of the result. */
  out(line: string): void;
  /** One line of an error, a warning or progress. */
  err(line: string): void;
  /** Resolves when all that was given to `out` has been taken; false: nobody reads it any more. */
  flushed?(): Promise<boolean>;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** EX_CONFIG of sysexits.h, as the engine gives it. */
  badConfiguration: 78,
} as const;

/** The command line makes no sense: reported with the usage line, exit code 2. */
export class UsageError extends Error {
  /** The command whose usage helps; null: the list of commands. */
  readonly command: string | null;

  constructor(message: string, command: string | null) {
    super(message);
    this.name = 'UsageError';
    this.command = command;
  }
}

/** The command was understood and could not be done: message and next step, no stack, exit code 1. */
export class CommandError extends Error {
  readonly hint: string | null;

  constructor(message: string, hint: string | null, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandError';
    this.hint = hint;
  }
}
