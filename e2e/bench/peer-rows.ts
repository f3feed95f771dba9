/** What the rows about languages share: applications, figures in requests per CPU second of the whole tree, the peers. */
import { join } from 'node:path';
import { freePorts } from '../fixtures/ports.ts';
import type { Programs } from '../fixtures/program.ts';
import { PROJECT_ROOT } from '../tools/tree.ts';
import type { LoadFigures } from './load.ts';
import { mebibytes, type RowResult } from './row.ts';
import { answers, type Contender, ENVIRONMENT } from './servers.ts';

export const APPS = join(PROJECT_ROOT, 'e2e', 'bench', 'apps');
const HEADING = ['server', 'req/s', 'req/CPU s', 'p50 ms', 'p99 ms', 'PSS MiB', 'errors'];

export function peerResult(figures: LoadFigures[], goals: RowResult['goals']): RowResult {
  return { table: [HEADING, ...figures.map(cells)], goals, figures };
}

/** Requests per CPU second of one server, as a share of those of its peer. */
export function perCpuShare(figures: readonly LoadFigures[], name: string, peer: string): number {
  const cost = (wanted: string): number => figures.find((one) => one.name === wanted)?.cpuSecondsPer1000 ?? Number.NaN;
  return cost(peer) / cost(name);
}

/** Starts a server of the language's own, and waits until it answers. @param words its arguments */
export async function startPeer(
  programs: Programs,
  name: string,
  command: string,
  words: (port: number) => string[],
): Promise<Contender> {
  const [port = 0] = await freePorts(1);
  const program = programs.start(command, words(port), { cwd: APPS, env: ENVIRONMENT });
  const contender = { name, url: `http://127.0.0.1:${port}`, programs: [program] };
  await answers(contender);
  return contender;
}

function cells(one: LoadFigures): string[] {
  return [
    one.name,
    one.requestsPerSecond.toFixed(0),
    (1000 / one.cpuSecondsPer1000).toFixed(0),
    one.p50Ms.toFixed(2),
    one.p99Ms.toFixed(2),
    mebibytes(one.pssBytes).toFixed(0),
    String(one.errors),
  ];
}
