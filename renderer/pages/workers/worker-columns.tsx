/** The columns of the workers table: title, width, what each sorts by, and how a cell looks. */
import { createColumnHelper, createSortedRowModel, rowSortingFeature, tableFeatures } from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { WorkerRow } from '../../../electron/contract/model.ts';
import { formatBytes, formatCount, formatRate } from '../../format/quantity.ts';
import { formatShortTime, shortTimeText } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { isLong } from '../requests/lane-scale.ts';
import { compareValues, sortValue, type WorkerColumn } from './worker-rows.ts';

export const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

export interface ColumnLook {
  title: string;
  /** null: what is left. */
  widthPx: number | null;
  numeric: boolean;
  /** Explains the figure. */
  about?: string;
  cell: (worker: WorkerRow, harakiriMs: number | null) => ReactNode;
}

export const COLUMN_LOOKS: Record<WorkerColumn, ColumnLook> = {
  wid: { title: 'wid', widthPx: 44, numeric: true, cell: (worker) => worker.wid },
  state: {
    title: 'State',
    widthPx: 108,
    numeric: false,
    cell: (worker, harakiriMs) => <WorkerState worker={worker} harakiriMs={harakiriMs} />,
  },
  pid: {
    title: 'pid',
    widthPx: 60,
    numeric: true,
    cell: (worker) => (worker.pid === 0 ? <span className="z">–</span> : <span className="s2">{worker.pid}</span>),
  },
  requests: { title: 'Requests', widthPx: 68, numeric: true, cell: (worker) => <Count of={worker.requests} /> },
  rate: {
    title: 'req/s',
    widthPx: 50,
    numeric: true,
    cell: (worker) => <Figure of={formatRate(worker.reqPerSec, '')} />,
  },
  avg: {
    title: 'Avg',
    widthPx: 74,
    numeric: true,
    about: 'Average response time, as the server keeps it',
    cell: (worker) => <Figure of={formatShortTime(worker.avgRtMs)} />,
  },
  rss: {
    title: 'RSS',
    widthPx: 76,
    numeric: true,
    about: 'Memory; needs memory-report = true',
    cell: (worker) => <Figure of={formatBytes(worker.rssBytes)} />,
  },
  exceptions: {
    title: 'Exc',
    widthPx: 40,
    numeric: true,
    about: 'Exceptions of the application',
    cell: (worker) => <Count of={worker.exceptions} tone="warn" />,
  },
  harakiri: {
    title: 'Harakiri',
    widthPx: 60,
    numeric: true,
    about: 'Times it was killed because a request took too long',
    cell: (worker) => <Count of={worker.harakiri} tone="crit" />,
  },
  respawns: { title: 'Respawns', widthPx: 68, numeric: true, cell: (worker) => <Count of={worker.respawns} /> },
  running: {
    title: 'Running',
    widthPx: 80,
    numeric: true,
    about: 'Time spent in requests',
    cell: (worker) => <Figure of={formatShortTime(worker.runningMs)} />,
  },
  serving: {
    title: 'Now serving',
    widthPx: null,
    numeric: false,
    cell: (worker) => <span className="m s2">{worker.nowServing}</span>,
  },
};

const COLUMN_IDS: readonly WorkerColumn[] = [
  'wid',
  'state',
  'pid',
  'requests',
  'rate',
  'avg',
  'rss',
  'exceptions',
  'harakiri',
  'respawns',
  'running',
  'serving',
];

/** In the order of the table. */
export const columnLooks: readonly (ColumnLook & { id: WorkerColumn })[] = COLUMN_IDS.map((id) =>
  Object.assign({ id }, COLUMN_LOOKS[id]),
);

const helper = createColumnHelper<typeof features, WorkerRow>();

export const columns = helper.columns(
  COLUMN_IDS.map((id) =>
    helper.accessor((worker) => sortValue(worker, id), {
      id,
      header: COLUMN_LOOKS[id].title,
      sortFn: (a, b) => compareValues(sortValue(a.original, id), sortValue(b.original, id)),
      sortUndefined: 'last',
      sortDescFirst: !['wid', 'state', 'pid', 'serving'].includes(id),
    }),
  ),
);

/** Shape, word, and for how long or with which signal. */
export function WorkerState({ worker, harakiriMs }: { worker: WorkerRow; harakiriMs: number | null }) {
  const { status, elapsedMs, signal } = worker;
  const isSlow = status === 'busy' && elapsedMs !== null && isLong(elapsedMs, harakiriMs);
  const more =
    status === 'busy' && elapsedMs !== null
      ? shortTimeText(elapsedMs, { live: true })
      : status === 'sig'
        ? signal
        : null;
  return (
    <span className="row g3">
      <StateGlyph status={status} silent />
      <span>
        {status} {more === null ? null : <span className={isSlow ? 'm warn' : 'm q'}>{more}</span>}
      </span>
    </span>
  );
}

function Count({ of, tone }: { of: number; tone?: 'warn' | 'crit' }) {
  return <span className={of === 0 ? 'z' : tone}>{formatCount(of)}</span>;
}
