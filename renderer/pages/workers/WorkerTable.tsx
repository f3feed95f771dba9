/**
 * The table of workers: sorts by clicking a head, with hysteresis (row-order.ts); virtual, so that a thousand workers
 * cost no more than what is seen. Arrows or J and K move the cursor, Enter opens, Esc clears.
 */
import { type SortingState, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { WorkerRow } from '../../../electron/contract/model.ts';
import { TableHead } from '../../ui/Table.tsx';
import { nextOrder, type RowOrder } from './row-order.ts';
import { columnLooks, columns, features } from './worker-columns.tsx';

export interface WorkerTableProps {
  workers: readonly WorkerRow[];
  harakiriMs: number | null;
  atMs: number;
  selectedWid: number | null;
  onSelect: (wid: number | null) => void;
}

const ROW_PX = 26;
const HEAD_PX = 24;
const FIRST: SortingState = [{ id: 'wid', desc: false }];

export function WorkerTable({ workers, harakiriMs, atMs, selectedWid, onSelect }: WorkerTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<SortingState>(FIRST);
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const [order, setOrder] = useState<RowOrder | null>(null);

  const table = useTable({
    features,
    columns,
    data: workers,
    getRowId: (worker: WorkerRow) => String(worker.wid),
    state: { sorting },
    onSortingChange: setSorting,
    enableSortingRemoval: false,
    enableMultiSort: false,
  });
  const sorted = table.getRowModel().rows.map((row) => row.original.wid);
  const [sort] = sorting;
  const key = sort ? `${sort.id} ${sort.desc ? 'desc' : 'asc'}` : '';
  const next = nextOrder(order, { sorted, key, nowMs: atMs, held: isPointed || isFocused });
  if (next !== order) setOrder(next);

  const byWid = new Map(workers.map((worker) => [worker.wid, worker]));
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: next.ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: HEAD_PX,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);

  function moveTo(index: number): void {
    const wid = next.ids[Math.min(Math.max(index, 0), next.ids.length - 1)];
    if (wid === undefined) return;
    onSelect(wid);
    virtual.scrollToIndex(next.ids.indexOf(wid));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-wid="${wid}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = selectedWid === null ? -1 : next.ids.indexOf(selectedWid);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      Home: 0,
      End: next.ids.length,
    };
    const target = event.ctrlKey || event.metaKey || event.altKey ? undefined : targets[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Escape' && selectedWid !== null) onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="scroll grow" ref={scroller}>
      <table className="tb" role="grid" aria-label="Workers" aria-rowcount={next.ids.length + 1} onKeyDown={onKeyDown}>
        <colgroup>
          {columnLooks.map(({ id, widthPx }) => (
            <col key={id} style={widthPx === null ? undefined : { width: widthPx }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columnLooks.map(({ id, title, numeric, about }) => {
              const column = table.getColumn(id);
              return (
                <TableHead
                  key={id}
                  numeric={numeric}
                  {...(about ? { title: about } : {})}
                  sorted={sort?.id === id ? (sort.desc ? 'desc' : 'asc') : null}
                  onSort={() => column?.toggleSorting()}
                >
                  {title}
                </TableHead>
              );
            })}
          </tr>
        </thead>
        <tbody
          onPointerEnter={() => setIsPointed(true)}
          onPointerLeave={() => setIsPointed(false)}
          onFocus={() => setIsFocused(true)}
          onBlur={() => setIsFocused(false)}
        >
          {above > 0 ? <tr style={{ height: above }} aria-hidden /> : null}
          {items.map((item) => {
            const worker = byWid.get(next.ids[item.index] ?? -1);
            if (!worker) return null;
            const isSelected = worker.wid === selectedWid;
            const isEntry = isSelected || (item.index === 0 && (selectedWid === null || !byWid.has(selectedWid)));
            return (
              <tr
                key={worker.wid}
                data-wid={worker.wid}
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                tabIndex={isEntry ? 0 : -1}
                className={isSelected ? 'sel' : undefined}
                onClick={() => onSelect(worker.wid)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') onSelect(worker.wid);
                }}
              >
                {columnLooks.map(({ id, numeric, cell }) => (
                  <td key={id} className={numeric ? 'num' : undefined}>
                    {cell(worker, harakiriMs)}
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 ? <tr style={{ height: below }} aria-hidden /> : null}
        </tbody>
      </table>
    </div>
  );
}
