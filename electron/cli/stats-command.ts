/** `reeve stats`: asks a stats address once and prints what it said. */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { vassalRows } from '../core/emperor/vassal-rows.ts';
import { CoreError } from '../core/errors.ts';
import { FIRST_CONTACT_LIMITS, pollStats } from '../core/stats/stats-client.ts';
import { parseStatsTarget, type StatsTarget } from '../core/stats/target.ts';
import { withMachine } from './cli-machines.ts';
import type { Parsed } from './parse-command.ts';
import { statsReport, statsTable } from './stats-report.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

/** What `emperor-required-heartbeat` is unless it is set. */
const HEARTBEAT_MS = 30_000;

export async function runStats({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const target = readTarget(positionals[0] ?? '', 'stats', terminal.cwd);
  const poll = await withMachine(target.machine, terminal, async (machine) =>
    pollStats(target, FIRST_CONTACT_LIMITS, machine),
  );
  if (!poll.ok) throw poll.error;
  const facts = { atMs: Date.now(), aheadMs: 0, heartbeatMs: HEARTBEAT_MS };
  const vassals = poll.emperor === null ? null : vassalRows(poll.emperor, facts);
  const report = statsReport(target.text, poll.document, vassals);
  const lines = flags.has('json') ? [JSON.stringify(report)] : statsTable(report);
  for (const line of lines) terminal.out(line);
  return EXIT.done;
}

/** A TARGET argument; the path of a socket may be relative to `cwd`. One that is no address is wrong usage. */
export function readTarget(text: string, command: string, cwd: string): StatsTarget {
  try {
    return parseStatsTarget(isRelativePath(text, cwd) ? resolve(cwd, text) : text, homedir());
  } catch (error) {
    if (error instanceof CoreError && (error.code === 'stats-address' || error.code === 'ssh-destination')) {
      throw new UsageError(`${error.message} ${error.hint}`, command);
    }
    throw error;
  }
}

/** With a slash it can be nothing else, `~/` and addresses with a scheme apart; a bare name is one when the socket is there. */
function isRelativePath(text: string, cwd: string): boolean {
  if (isAbsolute(text) || /^(~|@|[a-z]+:)/i.test(text)) return false;
  return text.includes('/') || (statSync(resolve(cwd, text), { throwIfNoEntry: false })?.isSocket() ?? false);
}
