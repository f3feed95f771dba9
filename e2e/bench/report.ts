/** The benchmark's figures as text that a person reads: a table for each row, and each goal met or not. */
import type { ConsoleFigures } from './console-bench.ts';
import type { EditorFigures } from './editor-bench.ts';
import { type BenchRow, type Goal, mebibytes, type RowResult } from './row.ts';
import type { SshFigures } from './ssh-bench.ts';
import { median } from './statistics.ts';

const MOST_FIRST_POINT_MS = 3000;
const MOST_POLLING_PERCENT = 5;
const MOST_OVERVIEW_PERCENT = 10;
const MOST_READY_MS = 300;
const MOST_KEY_MS = 16;
const MOST_SSH_POLLING_PERCENT = 15;
const MOST_TICK_MS = 16;
const MOST_ATTACH_MS = 1500;

export function rowReport({ id, title }: BenchRow, { table, goals }: RowResult): string {
  const widths = table[0]?.map((_cell, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  const lines = table.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
  return [`\n${id}: ${title}`, ...lines, ...goals.map(goalLine)].join('\n');
}

function goalLine({ text, isMet, value }: Goal): string {
  return goal(text, isMet, value);
}

export function consoleReport(figures: ConsoleFigures): string {
  const { firstChartPointMs, pollingCpuPercent, overviewCpuPercent, browserCpuPercent } = figures;
  return [
    '\nconsole',
    goal(
      `first chart point at most ${MOST_FIRST_POINT_MS / 1000} s after reeve serve`,
      firstChartPointMs <= MOST_FIRST_POINT_MS,
      `${(firstChartPointMs / 1000).toFixed(2)} s`,
    ),
    goal(
      `polling and storing ${figures.polledInstances} instances of 8 workers at most ${MOST_POLLING_PERCENT} % of a core`,
      pollingCpuPercent <= MOST_POLLING_PERCENT,
      `${pollingCpuPercent.toFixed(1)} %`,
    ),
    goal(
      `overview page with all charts at most ${MOST_OVERVIEW_PERCENT} % of a core`,
      overviewCpuPercent <= MOST_OVERVIEW_PERCENT,
      `${overviewCpuPercent.toFixed(1)} %, all of the browser ${browserCpuPercent.toFixed(1)} %`,
    ),
  ].join('\n');
}

export function editorReport(figures: EditorFigures): string {
  const { firstReadyMs, laterReadyMs, lines, keyMedianMs, keyWorstMs, settledTaskMs } = figures;
  return [
    '\neditor',
    `        size ${kilobytes(figures.bundleGzBytes)} compressed, ${kilobytes(figures.bundleBytes)} as it is`,
    goal(
      `${lines} lines ready at most ${MOST_READY_MS} ms after a click on Config`,
      firstReadyMs <= MOST_READY_MS,
      `${firstReadyMs.toFixed(0)} ms, later ${laterReadyMs.toFixed(0)} ms`,
    ),
    goal(
      `a key at most ${MOST_KEY_MS} ms of the page's main thread until it is painted`,
      keyMedianMs <= MOST_KEY_MS,
      `${keyMedianMs.toFixed(1)} ms, 95 % within ${keyWorstMs.toFixed(1)} ms; longest task after typing ${settledTaskMs.toFixed(1)} ms`,
    ),
  ].join('\n');
}

export function sshReport(figures: SshFigures): string {
  const { connections, fleet, instances, hosts, firstPointMs } = figures;
  const firstPoint = median(firstPointMs);
  return [
    '\nssh',
    ...connections.map(({ count, allMs, cpuMs, rssBytes, usedBytes }) => {
      const each = `${kilobytes(rssBytes / count)} of memory each, ${kilobytes(usedBytes / count)} of it in use`;
      return `        ${count} at once: up after ${allMs.toFixed(0)} ms, ${(cpuMs / count).toFixed(1)} ms of CPU each; ${each}`;
    }),
    goal(
      `polling ${instances} instances on ${hosts} hosts at most ${MOST_SSH_POLLING_PERCENT} % of a core`,
      figures.pollingCpuPercent <= MOST_SSH_POLLING_PERCENT,
      `${figures.pollingCpuPercent.toFixed(1)} %, each host ${(figures.serverCpuPercent / hosts).toFixed(2)} %`,
    ),
    `        console's memory with them ${mebibytes(figures.consoleRssBytes).toFixed(0)} MiB`,
    goal(
      `Fleet page with them: tasks of its main thread at most ${MOST_TICK_MS} ms`,
      fleet.taskMs.p95 <= MOST_TICK_MS,
      `95 % within ${fleet.taskMs.p95.toFixed(1)} ms, longest ${fleet.taskMs.longest.toFixed(1)} ms`,
    ),
    `        page ${fleet.pageCpuPercent.toFixed(1)} % of a core, main thread ${fleet.mainThreadMsPerSecond.toFixed(0)} ms a second, ` +
      `console ${fleet.consoleCpuPercent.toFixed(1)} %, ${kilobytes(fleet.bytesPerSecond)} a second`,
    goal(
      `Attach to a new host to first chart point at most ${MOST_ATTACH_MS / 1000} s`,
      firstPoint <= MOST_ATTACH_MS,
      `${(firstPoint / 1000).toFixed(2)} s`,
    ),
  ].join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

function goal(text: string, isMet: boolean, value: string): string {
  return `${isMet ? 'met    ' : 'NOT MET'} ${text}: ${value}`;
}
