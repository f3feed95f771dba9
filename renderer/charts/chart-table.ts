/**
 * The window of the charts as rows and as CSV: for those who can't see lines, and for spreadsheets. Every sample, not the
 * points that were drawn. Pure apart from reading the ring.
 */
import type { SampleColumn } from '../../electron/contract/model.ts';
import type { SampleRing } from '../stores/sample-ring.ts';
import type { PanelSpec } from './panel-spec.ts';
import type { Span } from './points.ts';

export interface ChartTableColumn {
  column: SampleColumn;
  title: string;
  format: PanelSpec['format'];
}

export interface ChartTableRow {
  atMs: number;
  /** In the order of the columns; null: not known. */
  values: readonly (number | null)[];
}

export interface ChartTable {
  columns: readonly ChartTableColumn[];
  /** Newest first. */
  rows: readonly ChartTableRow[];
}

export function chartTable(ring: SampleRing, { fromMs, toMs }: Span, panels: readonly PanelSpec[]): ChartTable {
  const columns = panels.flatMap((panel) =>
    panel.series.map(({ column, name }) => ({ column, title: titleOf(panel, name), format: panel.format })),
  );
  const rows: ChartTableRow[] = [];
  for (let index = ring.length - 1; index >= 0 && ring.timeAt(index) >= fromMs; index -= 1) {
    const atMs = ring.timeAt(index);
    if (atMs <= toMs) rows.push({ atMs, values: columns.map(({ column }) => ring.at(column, index)) });
  }
  return { columns, rows };
}

/** CSV with plain numbers in the contract's units (ms, bytes) and ISO times, oldest first; unknown is empty. */
export function chartCsv({ columns, rows }: ChartTable): string {
  const head = ['time', ...columns.map(({ column }) => column)].join(',');
  const lines = rows
    .toReversed()
    .map(({ atMs, values }) => [new Date(atMs).toISOString(), ...values.map((value) => value ?? '')].join(','));
  return [head, ...lines, ''].join('\n');
}

function titleOf({ title, series }: PanelSpec, name: string): string {
  return series.length === 1 ? title : `${title}: ${name}`;
}
