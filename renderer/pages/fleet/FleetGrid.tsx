/** The table of the fleet: head that sorts, virtual rows, one tab stop; arrows or J and K move, Enter opens. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { instanceRoute } from '../../stores/router.ts';
import type { SparkHistory } from '../../stores/spark-history.ts';
import { useStores } from '../../stores/use-stores.ts';
import { createCalmOrder } from './calm-order.ts';
import { GroupRow, InstanceRow, ReasonRow } from './FleetRows.tsx';
import { type FleetRow, fleetRows, type Sort, type SortKey } from './fleet-model.ts';

export interface FleetGridProps {
  instances: readonly Instance[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Changes when the user asked for something else. */
  wish: string;
  sparks: SparkHistory;
  nowMs: number;
}

interface Column {
  key: SortKey | null;
  title: string;
  isNumber: boolean;
  isOptional?: boolean;
}

const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'Name', isNumber: false },
  { key: null, title: 'Address', isNumber: false, isOptional: true },
  { key: 'rps', title: 'req/s', isNumber: true },
  { key: 'busy', title: 'Busy', isNumber: false },
  { key: 'queue', title: 'Queue', isNumber: true },
  { key: 'avg', title: 'Avg', isNumber: true },
  { key: 'memory', title: 'Memory', isNumber: true },
  { key: 'harakiri', title: 'Harakiri', isNumber: true, isOptional: true },
  { key: 'exceptions', title: 'Exc/min', isNumber: true, isOptional: true },
  { key: 'version', title: 'Version', isNumber: false, isOptional: true },
  { key: 'reloaded', title: 'Reloaded', isNumber: true },
  { key: null, title: 'req/s, 15 min', isNumber: false },
];

const ROW_PX: Record<FleetRow['type'], number> = { head: 24, instance: 24, reason: 22 };

export function FleetGrid({ instances, sort, onSort, wish, sparks, nowMs }: FleetGridProps) {
  const { router } = useStores();
  const isNarrow = useMedia(NARROW);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [isTouched, setIsTouched] = useState(false);
  const [cursor, setCursor] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const [calm] = useState(() => createCalmOrder<FleetRow>());
  const rows = calm.order({
    rows: fleetRows(instances, sort, folded),
    wish: `${wish}|${sort.key}|${sort.isDescending}|${[...folded].join()}`,
    isTouched,
    nowMs,
  });
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: (index) => ROW_PX[rows[index]?.type ?? 'instance'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 10,
  });
  const reachable = rows.filter((row) => row.type !== 'reason').map((row) => row.key);
  const tabStop = cursor !== null && reachable.includes(cursor) ? cursor : (reachable[0] ?? null);

  function toggle(key: string) {
    setFolded((before) =>
      before.has(key) ? new Set([...before].filter((other) => other !== key)) : new Set([...before, key]),
    );
  }

  function onKeyDown(event: KeyboardEvent) {
    const at = reachable.indexOf(tabStop ?? '');
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      Home: 0,
      End: reachable.length - 1,
    };
    const key = reachable[moves[event.key] ?? -1];
    if (key === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setCursor(key);
    virtual.scrollToIndex(rows.findIndex((row) => row.key === key));
    // The row may only now be drawn.
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus());
  }

  const sortBy = (key: SortKey) =>
    onSort({ key, isDescending: sort.key === key ? !sort.isDescending : key !== 'name' });
  return (
    <div
      className={isNarrow ? 'page narrow-grid' : 'page'}
      role="grid"
      aria-label="Instances"
      aria-rowcount={rows.length}
    >
      <div className="grid-head" role="row">
        <span role="columnheader">
          <span className="sr-only">State</span>
        </span>
        {COLUMNS.map((column) => (
          <Head key={column.title} column={column} sort={sort} onSort={sortBy} />
        ))}
      </div>
      <div
        className="grid-body"
        role="rowgroup"
        ref={body}
        onKeyDown={onKeyDown}
        onPointerEnter={() => setIsTouched(true)}
        onPointerLeave={() => setIsTouched(false)}
        onFocus={() => setIsTouched(true)}
        onBlur={() => setIsTouched(false)}
      >
        <div style={{ height: virtual.getTotalSize() }} />
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const place = { top: item.start, height: ROW_PX[row.type] };
          const shared = {
            place,
            dataKey: row.key,
            tabIndex: row.key === tabStop ? 0 : -1,
            isCursor: row.key === cursor,
          };
          switch (row.type) {
            case 'head':
              return (
                <GroupRow
                  key={row.key}
                  {...shared}
                  row={row}
                  isFolded={folded.has(row.key)}
                  onToggle={() => toggle(row.key)}
                />
              );
            case 'reason':
              return <ReasonRow key={row.key} {...shared} instance={row.instance} />;
            case 'instance':
              return (
                <InstanceRow
                  key={row.key}
                  {...shared}
                  instance={row.instance}
                  points={sparks.pointsOf(row.instance.id)}
                  nowMs={nowMs}
                  hasReason={rows[item.index + 1]?.type === 'reason'}
                  onOpen={() => router.go(instanceRoute(row.instance.id))}
                />
              );
          }
        })}
      </div>
    </div>
  );
}

function Head({ column, sort, onSort }: { column: Column; sort: Sort; onSort: (key: SortKey) => void }) {
  const { key, title, isNumber, isOptional } = column;
  const isSorted = key !== null && sort.key === key;
  const arrow = isSorted ? (sort.isDescending ? ' ↓' : ' ↑') : '';
  const className = [isNumber ? 'num' : '', isOptional ? 'opt' : ''].filter(Boolean).join(' ');
  return (
    <span
      className={className || undefined}
      role="columnheader"
      aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
    >
      {key === null ? (
        title
      ) : (
        <button type="button" onClick={() => onSort(key)}>
          {title}
          {arrow}
        </button>
      )}
    </span>
  );
}
