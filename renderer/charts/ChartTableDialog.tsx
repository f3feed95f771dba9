/** The charts as a table: the same window, every sample, newest first. It stands still while it is open. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { quantityText } from '../format/quantity.ts';
import { formatClock } from '../format/time.ts';
import type { SampleRing } from '../stores/sample-ring.ts';
import { Button } from '../ui/Button.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TableHead } from '../ui/Table.tsx';
import { chartCsv, chartTable } from './chart-table.ts';
import type { PanelSpec } from './panel-spec.ts';
import type { Span } from './points.ts';

export interface ChartTableDialogProps {
  ring: SampleRing;
  span: Span;
  panels: readonly PanelSpec[];
  onClose: () => void;
}

const ROW_PX = 26;

export function ChartTableDialog({ ring, span, panels, onClose }: ChartTableDialogProps) {
  // What was there when it was opened: rows that move can't be read.
  const [opened] = useState(span);
  const table = useMemo(() => chartTable(ring, opened, panels), [ring, opened, panels]);
  const body = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: table.rows.length,
    getScrollElement: () => body.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  return (
    <Dialog
      title="Charts as a table"
      opened
      widthPx={1000}
      onClose={onClose}
      note={`${table.rows.length} samples, ${formatClock(opened.fromMs, opened.toMs)} to ${formatClock(opened.toMs, opened.toMs)}`}
      actions={
        <>
          <CopyButton text={() => chartCsv(table)}>Copy as CSV</CopyButton>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="chart-table" ref={body}>
        <table className="tb">
          <thead>
            <tr>
              <TableHead>Time</TableHead>
              {table.columns.map(({ column, title }) => (
                <TableHead key={column} numeric title={title}>
                  {title}
                </TableHead>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr style={{ height: before }} />
            {items.map(({ index }) => {
              const row = table.rows[index];
              return row ? (
                <tr key={row.atMs}>
                  <td className="m">{formatClock(row.atMs, opened.toMs)}</td>
                  {table.columns.map(({ column, format }, at) => (
                    <td className="num" key={column}>
                      {quantityText(format(row.values[at] ?? null))}
                    </td>
                  ))}
                </tr>
              ) : null;
            })}
            <tr style={{ height: after }} />
          </tbody>
        </table>
      </div>
    </Dialog>
  );
}
