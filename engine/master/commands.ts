/**
 * What signals and FIFO letters mean, as uWSGI's tables have it (TERM and QUIT change places with `die-on-term`).
 * Pure; FIFO letters and signals that only make sense with parts the engine does not have are named, not ignored.
 */
import type { Command } from './events.ts';

/** What the shell does itself, beside the machine's commands. */
export type ShellCommand = 'print-statistics' | 'reopen-log' | 'write-pidfile';

/** Windows knows only two of them. */
export const HANDLED_SIGNALS = ['SIGHUP', 'SIGTERM', 'SIGQUIT', 'SIGINT', 'SIGUSR1', 'SIGTSTP'] as const;
export type HandledSignal = (typeof HANDLED_SIGNALS)[number];

/** Without `master` uWSGI has nobody to reload it: SIGTERM ends it. */
export function commandOfSignal(
  signal: HandledSignal,
  settings: { dieOnTerm: boolean; master: boolean },
): Command | ShellCommand {
  switch (signal) {
    case 'SIGHUP':
      return 'reload';
    case 'SIGINT':
      return 'stop';
    case 'SIGTERM':
      return settings.dieOnTerm || !settings.master ? 'stop' : 'brutal-reload';
    case 'SIGQUIT':
      return settings.dieOnTerm && settings.master ? 'brutal-reload' : 'stop';
    case 'SIGUSR1':
      return 'print-statistics';
    case 'SIGTSTP':
      return 'pause';
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
  ['P', 'write-pidfile'],
  ['+', 'add-worker'],
  ['-', 'remove-worker'],
]);

const UNSUPPORTED = new Map([
  ['B', 'reinforcements from an emperor'],
  ['C', 'going cheap'],
  ['E', 'a rescan of the emperor'],
  ['f', 'forking the master'],
  ['L', 'rotating the log'],
  ['S', 'blocking subscriptions'],
]);

/** A command, or why there is none for this letter. */
export function commandOfLetter(letter: string): { command: Command | ShellCommand } | { refused: string } {
  const command = LETTERS.get(letter);
  if (command !== undefined) return { command };
  const what = UNSUPPORTED.get(letter);
  return {
    refused:
      what === undefined
        ? `master-fifo: ${JSON.stringify(letter)} is not a command`
        : `master-fifo: '${letter}' (${what}) is not supported`,
  };
}

export function isShellCommand(command: Command | ShellCommand): command is ShellCommand {
  return command === 'print-statistics' || command === 'reopen-log' || command === 'write-pidfile';
}
