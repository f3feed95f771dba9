/**
 * What signals and FIFO letters mean, as uWSGI's tables have it (TERM and QUIT change places
 * with `die-on-term`). Pure; what only makes sense with parts the engine does not have is named, not ignored.
 */
import type { Command } from './events.ts';

/** What the shell does itself, beside the machine's commands. */
export type ShellCommand =
  | 'print-statistics'
  | 'reopen-log'
  | 'rotate-log'
  | 'write-pidfile'
  /** For the emperor and its vassals. */
  | 'emperor-rescan'
  | 'emperor-forgive'
  | 'emperor-reload';

const SHELL_COMMANDS: ReadonlySet<string> = new Set<ShellCommand>([
  'print-statistics',
  'reopen-log',
  'rotate-log',
  'write-pidfile',
  'emperor-rescan',
  'emperor-forgive',
  'emperor-reload',
]);

/** A command, or why there is none. */
export type Meaning = { command: Command | ShellCommand } | { refused: string };

/**
 * SIGWINCH and SIGURG speak to an emperor, and the kernel discards them when nobody listens. SIGUSR2 would end the
 * process (and ends uWSGI's master): it is listened to so that it does not. Windows knows only two of these.
 */
export const HANDLED_SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGQUIT', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGTSTP'] as const;
/** They speak to an emperor; nobody else listens. */
export const EMPEROR_SIGNALS = { SIGWINCH: 'emperor-rescan', SIGURG: 'emperor-forgive' } as const;

export type HandledSignal = (typeof HANDLED_SIGNALS)[number];

/** Without `master` uWSGI has nobody to reload it: SIGTERM ends it. */
export function meaningOfSignal(
  signal: HandledSignal,
  settings: { dieOnTerm: boolean; master: boolean; isEmperor?: boolean },
): Meaning {
  switch (signal) {
    case 'SIGHUP':
      // An emperor without a master passes it on to its vassals.
      return { command: settings.isEmperor === true && !settings.master ? 'emperor-reload' : 'reload' };
    case 'SIGINT':
      return { command: 'stop' };
    case 'SIGTERM':
      return { command: settings.dieOnTerm || !settings.master ? 'stop' : 'brutal-reload' };
    case 'SIGQUIT':
      return { command: settings.dieOnTerm && settings.master ? 'brutal-reload' : 'stop' };
    case 'SIGUSR1':
      return { command: 'print-statistics' };
    case 'SIGUSR2':
      return { refused: 'SIGUSR2 is for workers: one that gets it writes the stacks of its threads to the log' };
    case 'SIGTSTP':
      return { command: 'pause' };
  }
}

const LETTERS = new Map<string, Command | ShellCommand>([
  ['r', 'reload'],
  ['R', 'brutal-reload'],
  ['w', 'reload-workers'],
  ['W', 'brutal-reload-workers'],
  ['c', 'chain-reload'],
  ['q', 'graceful-stop'],
  ['Q', 'stop'],
  ['p', 'pause'],
  ['s', 'print-statistics'],
  ['l', 'reopen-log'],
  ['L', 'rotate-log'],
  ['P', 'write-pidfile'],
  ['E', 'emperor-rescan'],
  ['+', 'add-worker'],
  ['-', 'remove-worker'],
  ['C', 'cheap'],
]);

/** What there is nothing to do for, and why. */
const UNSUPPORTED = new Map([
  ['B', "asks a broodlord emperor for reinforcements, which the engine's emperor does not have"],
  ['f', 'forks the master; it is not needed here: every reload starts the new workers beside the old ones'],
  ['S', 'blocks subscriptions, which the engine does not have'],
]);

/** The digits that choose a FIFO are the FIFO's own business (fifo.ts). */
export function meaningOfLetter(letter: string): Meaning {
  const command = LETTERS.get(letter);
  if (command !== undefined) return { command };
  const what = UNSUPPORTED.get(letter);
  return {
    refused:
      what === undefined
        ? `master-fifo: ${JSON.stringify(letter)} is not a command`
        : `master-fifo: '${letter}' does nothing: it ${what}`,
  };
}

export function isShellCommand(command: Command | ShellCommand): command is ShellCommand {
  return SHELL_COMMANDS.has(command);
}
