/** Turns the figures into the text that a person reads: a table, the ratios, and each goal met or not. */
import type { ConsoleFigures } from './console-bench.ts';
import type { EngineFigures } from './engine-bench.ts';

/** Requests per second of the engine over uWSGI's HTTP router. */
const LEAST_RATIO = 1.2;
const MOST_FIRST_POINT_MS = 3000;
const MOST_POLLING_PERCENT = 5;
const MOST_OVERVIEW_PERCENT = 10;

const COLUMNS: [title: string, cell: (figures: EngineFigures) => string][] = [
  ['server', ({ name }) => name],
  ['req/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(0)],
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(2)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(2)],
  ['CPU s/1000', ({ cpuSecondsPer1000 }) => cpuSecondsPer1000.toFixed(3)],
  ['PSS MiB', ({ pssBytes }) => mebibytes(pssBytes)],
  ['RSS MiB', ({ rssBytes }) => mebibytes(rssBytes)],
  ['errors', ({ errors }) => String(errors)],
];

/** The engine comes first in `figures`. */
export function engineReport(figures: EngineFigures[], connections: number): string {
  const rows = [COLUMNS.map(([title]) => title), ...figures.map((one) => COLUMNS.map(([, cell]) => cell(one)))];
  const widths = COLUMNS.map((_column, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  '),
  );
  const [engine, ...peers] = figures;
  if (engine === undefined) return lines.join('\n');
  const ratios = peers.map((peer) => {
    const speed = (engine.requestsPerSecond / peer.requestsPerSecond).toFixed(2);
    const cpu = (engine.cpuSecondsPer1000 / peer.cpuSecondsPer1000).toFixed(2);
    return `${speed} times the requests/s of ${peer.name}, ${cpu} times its CPU per request`;
  });
  const router = peers.find(({ name }) => name === 'uWSGI http');
  const ratio = engine.requestsPerSecond / (router?.requestsPerSecond ?? Number.NaN);
  const title = `hello application, ${connections} kept connections, medians of interleaved rounds`;
  return [
    `\n${title}`,
    ...lines,
    ...ratios,
    goal(`at least ${LEAST_RATIO} times uWSGI's HTTP router`, ratio >= LEAST_RATIO, `${ratio.toFixed(2)} times`),
  ].join('\n');
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

function goal(text: string, isMet: boolean, value: string): string {
  return `${isMet ? 'met    ' : 'NOT MET'} ${text}: ${value}`;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
