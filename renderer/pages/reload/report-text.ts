/**
 * The report of a reload as plain text, for a ticket or a chat: the verdict first, then the figures, the action,
 * the checks, the workers and what happened. Pure; times are local and say so.
 */
import type { ReloadRun } from '../../../electron/contract/model.ts';
import { formatCount } from '../../format/quantity.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { serverOf } from '../instance/instance-words.ts';
import { pidText, tookMs } from './reload-timeline.ts';

export interface ReportSubject {
  name: string;
  statsAddress: string;
  version: string | null;
}

const CHECK_SIGNS = { pass: 'passed ', warn: 'warning', fail: 'failed ' } as const;

export function reportText(run: ReloadRun, subject: ReportSubject): string {
  const lastedMs = tookMs(run);
  const blocks = [
    [
      `Reload of ${subject.name}: ${run.verdict ? run.verdict.title : 'still running'}`,
      ...(run.verdict?.detail ? [run.verdict.detail] : []),
    ],
    [
      `Instance   ${subject.name}, ${subject.statsAddress}${subject.version ? `, ${serverText(subject.version)}` : ''}`,
      `Started    ${localTime(run.startedAtMs)}`,
      `Took       ${lastedMs === null ? 'not finished' : shortTimeText(lastedMs)}, forecast ${shortTimeText(run.forecast.durationMs)}`,
      `Answered   ${formatCount(run.answered)} requests, cut off ${formatCount(run.cutOff)}, exceptions ${formatCount(run.exceptions)}`,
      `Queue peak ${formatCount(run.queuePeak)}`,
    ],
    [`Method: ${run.method.title} (${run.method.option})`, ...run.method.action.map((line) => `  ${line}`)],
    [
      'Checks before start',
      ...run.checks.map(
        (check) =>
          `  ${CHECK_SIGNS[check.status]} ${check.title}: ${check.value}${check.detail ? `. ${check.detail}` : ''}`,
      ),
    ],
    [
      'Workers (old pid → new pid)',
      ...run.workers.map((worker) => `  ${worker.wid}: ${pidText(worker, run.phase === 'finished')}`),
    ],
    [
      'What happened',
      ...run.log.map((line) => `  ${formatClock(line.atMs, line.atMs, { withMs: true })} ${line.text}`),
    ],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** `2026-11-22 03:14:06 +01:00` */
function localTime(atMs: number): string {
  const at = new Date(atMs);
  const offset = -at.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${formatClock(atMs, atMs)} ${zone}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function serverText(version: string): string {
  const { program, number } = serverOf(version);
  return `${program} ${number}`;
}
