/** A plain table of a panel: columns with their cells, rows as they come. For lists of a few dozen. */
import type { ReactNode } from 'react';
import { TableHead } from '../../ui/Table.tsx';

export interface Column<Row> {
  title: string;
  /** Of the head, on hover. */
  about?: string;
  numeric?: boolean;
  mono?: boolean;
  /** Absent: it takes what is left. */
  widthPx?: number;
  /** It goes where the page is narrow. */
  spare?: boolean;
  cell: (row: Row) => ReactNode;
  /** The whole text of a cell that may be cut off. */
  hint?: (row: Row) => string;
}

export interface FactTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, index: number) => string;
}

export function FactTable<Row>({ label, columns, rows, keyOf }: FactTableProps<Row>) {
  return (
    <table className="tb facts" aria-label={label}>
      <colgroup>
        {columns.map(({ title, widthPx, spare }) => (
          <col
            key={title}
            className={spare ? 'if-wide' : undefined}
            style={widthPx === undefined ? undefined : { width: widthPx }}
          />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ title, about, numeric = false, spare }) => (
            <TableHead
              key={title}
              numeric={numeric}
              {...(spare ? { className: 'if-wide' } : {})}
              {...(about === undefined ? {} : { title: about })}
            >
              {title}
            </TableHead>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={keyOf(row, index)}>
            {columns.map(({ title, numeric, mono, spare, cell, hint }) => (
              <td
                key={title}
                className={`${numeric ? 'num' : mono ? 'm' : ''}${spare ? ' if-wide' : ''}`}
                title={hint?.(row)}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
