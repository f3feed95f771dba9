/** `reeve discover`: the servers that run on this machine or on one behind SSH. */
import type { Discovered } from '../contract/model.ts';
import { describeServers, findServers } from '../core/discover/discover.ts';
import { CoreError } from '../core/errors.ts';
import { LOCAL } from '../core/machine/machine.ts';
import { formatDestination, parseDestination } from '../core/ssh/destination.ts';
import { withMachine } from './cli-machines.ts';
import type { Parsed } from './parse-command.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

export async function runDiscover({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const found = await withMachine(machineIdOf(positionals[0]), terminal, async (machine) =>
    describeServers(machine, await findServers(machine), () => null),
  );
  const lines = flags.has('json') ? [JSON.stringify(found)] : discoveredLines(found);
  for (const line of lines) terminal.out(line);
  return EXIT.done;
}

function machineIdOf(text: string | undefined): string {
  if (text === undefined) return LOCAL;
  const [, host] = /^ssh:\/\/([^/]+)\/?$/i.exec(text) ?? [];
  if (host === undefined) throw new UsageError(`"${text}" is not a host; write ssh://HOST.`, 'discover');
  try {
    return formatDestination(parseDestination(host));
  } catch (error) {
    if (error instanceof CoreError) throw new UsageError(`${error.message} ${error.hint}`, 'discover');
    throw error;
  }
}

/** A few lines for each server. */
export function discoveredLines(found: readonly Discovered[]): string[] {
  if (found.length === 0) return ['No uWSGI and no Reeve engine is seen to run there.'];
  return found.flatMap((server) => {
    const { role, emperorPid, unit, user, pid } = server;
    const of = emperorPid === null ? '' : ` of emperor ${emperorPid}`;
    const facts = [`pid ${pid}`, ...(user === null ? [] : [user]), ...(unit === null ? [] : [unit])];
    const rows: [string, string | null][] = [
      ['command', server.command],
      ['configuration', server.configPath],
      ['stats', server.statsAddress],
      ['FIFO', server.masterFifo],
      ['pidfile', server.pidfile],
      ['missing', server.missing],
    ];
    const shown = rows.flatMap(([title, value]) => (value === null ? [] : [`  ${title.padEnd(14)}${value}`]));
    return [`${role}${of}, ${facts.join(', ')}`, ...shown];
  });
}
