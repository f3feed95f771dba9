/**
 * The report of a reload, one way for the pages and for `reeve reload`: as plain text for a ticket or a chat, the verdict
 * first, and as one JSON object. Pure; times in the text are local and say so.
 */
import type { ReloadRun } from './reload-model.ts';

type Worker = ReloadRun['workers'][number];

const CHECK_SIGNS = { pass: 'passed ', warn: 'warning', fail: 'failed ' } as const;

export function reportText(run: ReloadRun): string {
  const { subject, verdict, forecast } = run;
  const name = subject?.name ?? run.instanceId;
  const lastedMs = tookMs(run);
  const server = subject === null ? [] : [`Instance   ${name}, ${subject.statsAddress}${versionOf(run)}`];
  const blocks = [
    [
      `Reload of ${name}: ${verdict ? verdict.title : 'still running'}`,
      ...(verdict === null || verdict.detail === '' ? [] : [verdict.detail]),
    ],
    [
      ...server,
      `Started    ${localTime(run.startedAtMs)}`,
      `Took       ${lastedMs === null ? 'not finished' : seconds(lastedMs)}, forecast ${forecast.durationMs === null ? 'not known' : seconds(forecast.durationMs)}`,
      `Answered   ${run.answered} requests, cut off ${run.cutOff}, exceptions ${run.exceptions}`,
      `Queue peak ${run.queuePeak}`,
      ...(forecast.text === '' ? [] : [`Forecast   ${forecast.text}`]),
    ],
    [`Method: ${run.method.title} (${run.method.option})`, ...run.method.action.map((line) => `  ${line}`)],
    ['Checks before start', ...run.checks.map(checkLine)],
    [
      'Workers (old pid → new pid, requests since)',
      ...run.workers.map(
        (worker) => `  ${worker.wid}: ${pidText(worker, run.phase === 'finished')}${servedText(worker)}`,
      ),
    ],
    ['What happened', ...run.log.map(({ atMs, text }) => `  ${clockOf(atMs)} ${text}`)],
    ...(run.logTail.length === 0 ? [] : [['Last lines of its log', ...run.logTail.map((line) => `  ${line}`)]]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** All of the record, with its times as they are: milliseconds since 1970. Keys may be added, never changed. */
export function reportJson(run: ReloadRun): string {
  return `${JSON.stringify({ format: 'reeve-reload', version: 1, ...run }, null, 2)}\n`;
}

/** When the last worker became new; null when it has not come to that. */
export function doneAt(run: ReloadRun): number | null {
  if (run.verdict === null || !run.verdict.status.startsWith('done')) return null;
  const starts = run.workers.flatMap((worker) =>
    worker.spans.filter((span) => span.state === 'new').map((span) => span.fromMs),
  );
  return starts.length === 0 ? null : Math.max(...starts);
}

/** From the start until the last worker was new, or until the watching ended; null while it runs. */
export function tookMs(run: ReloadRun): number | null {
  return run.finishedAtMs === null ? null : (doneAt(run) ?? run.finishedAtMs) - run.startedAtMs;
}

/** `18912 → 21004`, `18912 →` while the new one is awaited, `18912 kept` when it never came, `cheap, none`. */
export function pidText(worker: Worker, isOver = false): string {
  const { oldPid, newPid } = worker;
  if (isOver && newPid === null && oldPid !== 0 && worker.spans.at(-1)?.state === 'old') return `${oldPid} kept`;
  if (oldPid === 0 && newPid === null) return worker.spans.at(-1)?.state === 'cheap' ? 'cheap, none' : 'none';
  if (oldPid === 0) return `→ ${newPid}`;
  if (newPid === null) return worker.spans.at(-1)?.state === 'cheap' ? `${oldPid} → cheap` : `${oldPid} →`;
  return `${oldPid} → ${newPid}`;
}

function servedText({ newPid, served }: Worker): string {
  return newPid === null ? '' : `, ${served}`;
}

function checkLine({ status, title, value, detail }: ReloadRun['checks'][number]): string {
  return `  ${CHECK_SIGNS[status]} ${title}: ${value}${detail ? `. ${detail}` : ''}`;
}

function versionOf({ subject }: ReloadRun): string {
  const version = subject?.version ?? null;
  if (version === null) return '';
  return version.startsWith('reeve') ? `, ${version}` : `, uWSGI ${version}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `2026-11-22 03:14:06 +01:00` */
function localTime(atMs: number): string {
  const at = new Date(atMs);
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clockOf(atMs).slice(0, 8)} ${zone}`;
}

/** `03:14:06.250` */
function clockOf(atMs: number): string {
  const at = new Date(atMs);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${parts}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
