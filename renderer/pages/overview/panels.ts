/** The six panels of the overview, in their fixed order. */
import type { PanelSpec } from '../../charts/panel-spec.ts';
import { formatBytes, formatBytesPerSecond, formatRate, type Quantity, quantityText } from '../../format/quantity.ts';
import { formatShortTime } from '../../format/time.ts';

const PLAIN_PX = 38;
const WITH_UNIT_PX = 50;

function count(value: number | null): Quantity {
  return value === null
    ? { text: '–', unit: '', isZero: true }
    : { text: String(value), unit: '', isZero: value === 0 };
}

export const REQUESTS: PanelSpec = {
  id: 'requests',
  title: 'Requests',
  kind: 'decimal',
  series: [{ column: 'reqPerSec', label: '', name: 'requests', color: 'var(--c-1)', widthPx: 1.25, isFilled: true }],
  format: formatRate,
  formatAxis: (value) => (value < 1000 ? String(value) : `${value / 1000}k`),
  yWidthPx: PLAIN_PX,
  withExceptions: true,
};

export const RESPONSE_TIME: PanelSpec = {
  id: 'response-time',
  title: 'Response time',
  kind: 'time',
  series: [
    { column: 'avgRtMs', label: 'avg', name: 'average', color: 'var(--c-1)', widthPx: 1.5 },
    { column: 'slowestRtMs', label: 'slowest worker', name: 'slowest worker', color: 'var(--c-2)', widthPx: 1 },
  ],
  format: formatShortTime,
  formatAxis: timeAxis,
  yWidthPx: WITH_UNIT_PX,
};

export const WORKERS: PanelSpec = {
  id: 'workers',
  title: 'Workers',
  kind: 'integer',
  series: [
    {
      column: 'busy',
      label: 'busy',
      name: 'busy',
      color: 'var(--st-busy)',
      widthPx: 0,
      stack: { fill: 'var(--st-busy)', opacity: 0.7 },
    },
    {
      column: 'sig',
      label: 'sig',
      name: 'sig',
      color: 'var(--st-sig)',
      widthPx: 0,
      stack: { fill: 'var(--st-sig)', opacity: 1 },
    },
    {
      column: 'pause',
      label: 'pause',
      name: 'pause',
      color: 'var(--st-pause)',
      widthPx: 0,
      stack: { fill: 'var(--st-pause)', opacity: 1 },
    },
    {
      column: 'down',
      label: 'down',
      name: 'down',
      color: 'var(--st-down)',
      widthPx: 0,
      stack: { fill: 'var(--st-down)', opacity: 1 },
    },
    {
      column: 'idle',
      label: 'idle',
      name: 'idle',
      color: 'var(--st-idle)',
      widthPx: 0,
      stack: { fill: 'var(--st-idle)', opacity: 0.22 },
    },
    {
      column: 'cheap',
      label: 'cheap',
      name: 'cheap',
      color: 'var(--st-cheap)',
      widthPx: 0,
      stack: { fill: 'url(#hatch-cheap)', opacity: 1 },
    },
  ],
  format: count,
  formatAxis: String,
  yWidthPx: PLAIN_PX,
};

export const LISTEN_QUEUE: PanelSpec = {
  id: 'listen-queue',
  title: 'Listen queue',
  kind: 'integer',
  series: [
    { column: 'listenQueue', label: 'now', name: 'waiting', color: 'var(--c-1)', widthPx: 1.25, isFilled: true },
  ],
  format: count,
  formatAxis: String,
  yWidthPx: PLAIN_PX,
};

export const MEMORY: PanelSpec = {
  id: 'memory',
  title: 'Memory, RSS',
  kind: 'binary',
  series: [
    { column: 'rssBytes', label: 'all', name: 'all workers', color: 'var(--c-1)', widthPx: 1.25 },
    { column: 'rssLargestBytes', label: 'largest', name: 'largest worker', color: 'var(--c-2)', widthPx: 1 },
  ],
  format: formatBytes,
  formatAxis: binaryAxis,
  yWidthPx: WITH_UNIT_PX,
};

export const BYTES_OUT: PanelSpec = {
  id: 'bytes-out',
  title: 'Bytes out',
  kind: 'binary',
  series: [
    { column: 'txBytesPerSec', label: '', name: 'bytes out', color: 'var(--c-1)', widthPx: 1.25, isFilled: true },
  ],
  format: formatBytesPerSecond,
  formatAxis: binaryAxis,
  yWidthPx: WITH_UNIT_PX,
};

export const OVERVIEW_PANELS: readonly PanelSpec[] = [
  REQUESTS,
  RESPONSE_TIME,
  WORKERS,
  LISTEN_QUEUE,
  MEMORY,
  BYTES_OUT,
];

/** `2.5 ms`, `1.5 s`: exact, because steps are round. */
function timeAxis(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

/** `2 GiB`, `1.5 MiB`: steps are round in their unit, so no trailing zeros. */
function binaryAxis(value: number): string {
  const text = quantityText(formatBytes(value));
  return text.replace(/\.0+(?= )/, '').replace(/(\.\d)0(?= )/, '$1');
}
