/**
 * The `reeve` command: finds the command, runs it, turns what it throws into a message and an exit code.
 * Each command is loaded only when it is asked for, so that `reeve stats` does not wait for the engine to load.
 */

import { nearestNames } from '../../engine/config/nearest.ts';
import { CoreError } from '../core/errors.ts';
import { COMMANDS, findCommand } from './commands.ts';
import { helpFor, helpList, usageLine } from './help.ts';
import { findInstallation } from './installation.ts';
import { type Parsed, parseCommand } from './parse-command.ts';
import { CommandError, EXIT, type Terminal, UsageError } from './terminal.ts';

type Run = (parsed: Parsed, terminal: Terminal) => Promise<number>;

const RUNS: Record<string, () => Promise<Run>> = {
  serve: async () => (await import('./serve-command.ts')).runServe,
  init: async () => (await import('./init-command.ts')).runInit,
  check: async () => (await import('./check-command.ts')).runCheck,
  rehearse: async () => (await import('./rehearse-command.ts')).runRehearse,
  stats: async () => (await import('./stats-command.ts')).runStats,
  discover: async () => (await import('./discover-command.ts')).runDiscover,
  logs: async () => (await import('./logs-command.ts')).runLogs,
  reload: async () => (await import('./reload-command.ts')).runReload,
};

/** Runs `reeve …args` and resolves to the exit code. */
export async function runReeve(args: readonly string[], terminal: Terminal): Promise<number> {
  return report(terminal, async () => dispatch(args, terminal));
}

/** What usage and operator errors become: messages and exit codes. Anything else is a bug and is thrown on. */
export async function report(terminal: Terminal, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`reeve: ${error.message}`);
      terminal.err(usageLine(findCommand(error.command ?? '') ?? null));
      return EXIT.wrongUsage;
    }
    if (error instanceof CommandError || error instanceof CoreError) {
      terminal.err(`reeve: ${error.message}`);
      if (error.hint !== null) terminal.err(error.hint);
      return EXIT.failed;
    }
    throw error;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    for (const line of helpList()) terminal.err(line);
    return EXIT.wrongUsage;
  }
  if (name === '--version' || name === '-V') return print(terminal, [`reeve ${findInstallation().version}`]);
  if (name === '--help' || name === '-h') return print(terminal, helpList());
  if (name === 'help') return help(rest, terminal);
  const command = findCommand(name);
  if (command === undefined) throw unknownCommand(name);
  if (rest.length === 1 && (rest[0] === '--help' || rest[0] === '-h')) return print(terminal, helpFor(command));
  if (name === 'engine') return (await import('./engine-command.ts')).runEngineCommand(rest);
  if (name === 'check') {
    // What stands around the switch are uWSGI's arguments, not this command's.
    const effective = await import('./effective-command.ts');
    if (effective.asksForEffective(rest)) return effective.runEffective(rest, terminal);
  }
  const parsed = parseCommand(command, rest);
  const load = RUNS[name];
  if (load === undefined) throw new Error(`the command ${name} has no code`);
  const run = await load();
  return run(parsed, terminal);
}

function help(args: readonly string[], terminal: Terminal): number {
  const [name, extra] = args;
  if (extra !== undefined) throw new UsageError(`\`reeve help\` does not know what to do with "${extra}".`, 'help');
  if (name === undefined) return print(terminal, helpList());
  const command = findCommand(name);
  if (command === undefined) throw unknownCommand(name);
  return print(terminal, helpFor(command));
}

function unknownCommand(name: string): UsageError {
  const names = COMMANDS.map((command) => command.name);
  const [close] = nearestNames(name, names);
  const suggestion = close === undefined ? `The commands are ${names.join(', ')}.` : `Did you mean \`reeve ${close}\`?`;
  return new UsageError(`There is no ${name.startsWith('-') ? 'option' : 'command'} "${name}". ${suggestion}`, null);
}

function print(terminal: Terminal, lines: readonly string[]): number {
  for (const line of lines) terminal.out(line);
  return EXIT.done;
}
