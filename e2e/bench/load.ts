/**
 * Contenders beside each other under load: all are up at the same time and take turns, round by round, so that a
 * change of the machine's mood hits all of them. Every figure is the median of the rounds.
 */
import type { Program } from '../fixtures/program.ts';
import { treeUsage } from './process-usage.ts';
import type { Contender } from './servers.ts';
import { median } from './statistics.ts';
import { runWrk } from './wrk.ts';

export interface LoadOptions {
  path?: string;
  rounds: number;
  seconds: number;
  connections: number;
  folder: string;
}

export interface LoadFigures {
  name: string;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of all its processes, also of nginx in front where there is one. */
  cpuSecondsPer1000: number;
  pssBytes: number;
  errors: number;
}

/** What is compiled while it runs, the gateway as well, needs some thousands of requests first. */
const WARM_UP_SECONDS = 3;

type Round = Omit<LoadFigures, 'name' | 'pssBytes'>;

export async function runLoad(contenders: Contender[], options: LoadOptions): Promise<LoadFigures[]> {
  const { path = '/', connections, folder, seconds } = options;
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (const { url } of contenders) await runWrk(url + path, connections, WARM_UP_SECONDS, folder);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [contender, results] of rounds) {
      const before = cpuSeconds(contender.programs);
      const result = await runWrk(contender.url + path, connections, seconds, folder);
      const used = cpuSeconds(contender.programs) - before;
      results.push({ ...result, cpuSecondsPer1000: (used / result.requests) * 1000 });
    }
  }
  return [...rounds].map(([contender, results]) => summarise(contender, results));
}

function summarise({ name, programs }: Contender, rounds: Round[]): LoadFigures {
  const of = (field: keyof Round): number => median(rounds.map((round) => round[field]));
  return {
    name,
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuSecondsPer1000: of('cpuSecondsPer1000'),
    errors: rounds.reduce((total, round) => total + round.errors, 0),
    pssBytes: pssBytes(programs),
  };
}

function cpuSeconds(programs: Program[]): number {
  return programs.reduce((total, { pid }) => total + treeUsage(pid).cpuSeconds, 0);
}

/** Memory of all processes, shared pages divided among their users. */
export function pssBytes(programs: Program[]): number {
  return programs.reduce((total, { pid }) => total + treeUsage(pid).pssBytes, 0);
}
