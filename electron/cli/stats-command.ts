/** `reeve stats`: asks a stats address once and prints what it said. */
import { homedir } from 'node:os';
import { CoreError } from '../core/errors.ts';
import { FIRST_CONTACT_LIMITS, pollStats } from '../core/stats/stats-client.ts';
import { parseStatsTarget, type StatsTarget } from '../core/stats/target.ts';
import type { Parsed } from './parse-command.ts';
import { statsReport, statsTable } from './stats-report.ts';
import { EXIT, type Terminal, UsageError } from './terminal.ts';

export async function runStats({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const target = readTarget(positionals[0] ?? '', 'stats');
  const poll = await pollStats(target, FIRST_CONTACT_LIMITS);
  if (!poll.ok) throw poll.error;
  const report = statsReport(target.text, poll.document);
  const lines = flags.has('json') ? [JSON.stringify(report)] : statsTable(report);
  for (const line of lines) terminal.out(line);
  return EXIT.done;
}

/** A TARGET argument. One that is no address is wrong usage. */
export function readTarget(text: string, command: string): StatsTarget {
  try {
    return parseStatsTarget(text, homedir());
  } catch (error) {
    if (error instanceof CoreError && error.code === 'stats-address') {
      throw new UsageError(`${error.message} ${error.hint}`, command);
    }
    throw error;
  }
}
