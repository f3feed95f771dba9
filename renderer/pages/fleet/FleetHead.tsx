/** Head of the fleet's table: titles that sort, edges that are dragged to another width, titles dragged to another place. */
import { type PointerEvent, useState } from 'react';
import { TickBox } from '../../ui/TickBox.tsx';
import { type Column, type ColumnId, NARROWEST_PX, WIDEST_PX } from './fleet-columns.ts';
import type { Sort, SortKey } from './fleet-model.ts';

export interface FleetHeadProps {
  columns: readonly Column[];
  sort: Sort;
  ticked: boolean | 'some';
  onTick: () => void;
  onSort: (key: SortKey) => void;
  /** `isLast`: the pointer was let go, keep it. */
  onResize: (id: ColumnId, widthPx: number, isLast: boolean) => void;
  /** `id` takes the place of `before`. */
  onPlace: (id: ColumnId, before: ColumnId) => void;
}

export function FleetHead({ columns, sort, ticked, onTick, onSort, onResize, onPlace }: FleetHeadProps) {
  const [dragged, setDragged] = useState<ColumnId | null>(null);
  return (
    <div className="grid-head" role="row">
      <span role="columnheader" className="tick">
        <TickBox label="Select all shown" checked={ticked} onTick={onTick} isTabStop />
      </span>
      <span role="columnheader">
        <span className="sr-only">State</span>
      </span>
      {columns.map((column) => {
        const { id, title, isNumber } = column;
        const isSorted = sort.key === id;
        const arrow = isSorted ? (sort.isDescending ? ' ↓' : ' ↑') : '';
        return (
          <span
            key={id}
            className={isNumber ? 'num' : undefined}
            role="columnheader"
            draggable
            aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
            onDragStart={() => setDragged(id)}
            onDragOver={(event) => {
              if (dragged !== null && dragged !== id) event.preventDefault();
            }}
            onDrop={() => {
              if (dragged !== null) onPlace(dragged, id);
              setDragged(null);
            }}
          >
            {id === 'spark' ? (
              title
            ) : (
              <button type="button" onClick={() => onSort(id)}>
                {title}
                {arrow}
              </button>
            )}
            {id === 'spark' ? null : <Edge column={column} onResize={onResize} />}
          </span>
        );
      })}
    </div>
  );
}

/** Dragging starts a column's width anew; the keyboard does it in the menu of columns. */
function Edge({ column, onResize }: { column: Column; onResize: FleetHeadProps['onResize'] }) {
  const [from, setFrom] = useState<{ x: number; widthPx: number } | null>(null);
  const widthAt = (event: PointerEvent) =>
    from === null
      ? column.widthPx
      : Math.round(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, from.widthPx + event.clientX - from.x)));
  return (
    <span
      className="edge"
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setFrom({ x: event.clientX, widthPx: event.currentTarget.parentElement?.offsetWidth ?? column.widthPx });
      }}
      onPointerMove={(event) => {
        if (from) onResize(column.id, widthAt(event), false);
      }}
      onPointerUp={(event) => {
        onResize(column.id, widthAt(event), true);
        setFrom(null);
      }}
    />
  );
}
