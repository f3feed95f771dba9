/**
 * The engine beside its peers in one run: all contenders are up at the same time and take turns, round by round, so
 * that a change of the machine's mood hits all of them. Every figure is the median of the rounds.
 */

import type { Programs } from '../fixtures/program.ts';
import { treeUsage } from './process-usage.ts';
import { type Contender, startContenders } from './servers.ts';
import { median } from './statistics.ts';
import { runWrk } from './wrk.ts';

export interface EngineBenchOptions {
  rounds: number;
  seconds: number;
  connections: number;
}

export interface EngineFigures {
  name: string;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the whole process tree. */
  cpuSecondsPer1000: number;
  pssBytes: number;
  rssBytes: number;
  errors: number;
}

interface Round {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  cpuSecondsPer1000: number;
  errors: number;
}

/** Runs all rounds; the engine comes first. */
export async function benchEngines(
  programs: Programs,
  folder: string,
  options: EngineBenchOptions,
): Promise<EngineFigures[]> {
  const contenders = await startContenders(programs, folder);
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await runWrk(contender.url, options.connections, 1, folder);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const contender of contenders) {
      rounds.get(contender.name)?.push(await measure(contender, folder, options));
    }
    console.log(`round ${round + 1} of ${options.rounds} done`);
  }
  return contenders.map((contender) => summarise(contender, rounds.get(contender.name) ?? []));
}

async function measure(contender: Contender, folder: string, options: EngineBenchOptions): Promise<Round> {
  const before = treeUsage(contender.program.pid).cpuSeconds;
  const result = await runWrk(contender.url, options.connections, options.seconds, folder);
  const cpuSeconds = treeUsage(contender.program.pid).cpuSeconds - before;
  return { ...result, cpuSecondsPer1000: (cpuSeconds / result.requests) * 1000 };
}

function summarise({ name, program }: Contender, rounds: Round[]): EngineFigures {
  const of = (field: keyof Round): number => median(rounds.map((round) => round[field]));
  const { pssBytes, rssBytes } = treeUsage(program.pid);
  return {
    name,
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuSecondsPer1000: of('cpuSecondsPer1000'),
    errors: rounds.reduce((total, round) => total + round.errors, 0),
    pssBytes,
    rssBytes,
  };
}
