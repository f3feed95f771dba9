/** The arguments of one command, checked against its entry in the table of commands. */
import { parseArgs } from 'node:util';
import { nearestNames } from '../../engine/config/nearest.ts';
import type { Command } from './commands.ts';
import { UsageError } from './terminal.ts';

export interface Parsed {
  /** Values of the flags that were given; switches are `true`. */
  flags: Map<string, string | true>;
  positionals: string[];
}

/** Throws UsageError that names the flag or argument, and the nearest flag when one is unknown. */
export function parseCommand(command: Command, args: readonly string[]): Parsed {
  const types = command.flags.map(
    ({ name, value, short }) =>
      [name, { type: value === null ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) }] as const,
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false,
    tokens: true,
  });
  const flags = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') flags.set(token.name, flagValue(command, token.name, token.rawName, token.value));
  }
  const [missing] = command.positionals.slice(positionals.length);
  if (missing !== undefined) throw new UsageError(`\`reeve ${command.name}\` needs ${missing}.`, command.name);
  const extra = positionals[command.positionals.length + (command.optional === undefined ? 0 : 1)];
  if (extra !== undefined && command.repeats !== true) {
    throw new UsageError(`\`reeve ${command.name}\` does not know what to do with "${extra}".`, command.name);
  }
  return { flags, positionals };
}

function flagValue(command: Command, name: string, rawName: string, value: string | undefined): string | true {
  const flag = command.flags.find((known) => known.name === name);
  if (flag === undefined) {
    const [close] = nearestNames(
      name,
      command.flags.map((known) => known.name),
    );
    const suggestion = close === undefined ? '' : ` Did you mean --${close}?`;
    throw new UsageError(`\`reeve ${command.name}\` has no option ${rawName}.${suggestion}`, command.name);
  }
  if (flag.value === null) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value.`, command.name);
    return true;
  }
  if (value === undefined || value === '')
    throw new UsageError(`--${name} needs a value: --${name} ${flag.value}`, command.name);
  return value;
}
