/**
 * The table of the fleet: virtual rows, one tab stop. Arrows or J and K move, Shift extends the selection, Space ticks,
 * Ctrl A ticks all that is shown, Enter opens, Shift R rolls a reload over the selection, Esc clears it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { FleetView } from '../../../electron/contract/fleet-model.ts';
import type { Instance } from '../../../electron/contract/model.ts';
import { runAction } from '../../commands/run-action.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useSettings, useSlowNow, useStores, useUi } from '../../stores/use-stores.ts';
import { createCalmOrder } from './calm-order.ts';
import { FleetHead } from './FleetHead.tsx';
import { GroupRow, InstanceRow, ReasonRow } from './FleetRows.tsx';
import {
  arrangedColumns,
  type Column,
  type ColumnId,
  changedColumn,
  columnTemplate,
  fittingColumns,
  keptColumns,
} from './fleet-columns.ts';
import { type FleetRow, fleetRows, type Sort, type SortKey } from './fleet-model.ts';
import { rangeOf, toggled } from './selection.ts';
import { useWidth } from './use-width.ts';

export interface FleetGridProps {
  instances: readonly Instance[];
  view: FleetView;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Changes when the user asked for something else. */
  wish: string;
  onRolling: () => void;
}

const ROW_PX: Record<FleetRow['type'], number> = { head: 24, instance: 24, reason: 22 };
/** Room of the scroll bar, which is always there. */
const GUTTER_PX = 12;

export function FleetGrid({ instances, view, sort, onSort, wish, onRolling }: FleetGridProps) {
  const { router, ui, sparks } = useStores();
  const nowMs = useSlowNow();
  const mutedUntilMs = useSettings((settings) => settings.mutedUntilMs);
  const selected = useUi((state) => state.selected);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [isTouched, setIsTouched] = useState(false);
  const [cursor, setCursor] = useState<string | null>(null);
  const body = useRef<HTMLDivElement>(null);
  const anchor = useRef<string | null>(null);
  const [calm] = useState(() => createCalmOrder<FleetRow>());
  const [widthPx, frame] = useWidth();
  const columns = useColumns(view);
  const shown = fittingColumns(columns.all, widthPx - GUTTER_PX);
  const template = columnTemplate(shown);
  const rows = calm.order({
    rows: fleetRows(instances, { sort, groupBy: view.groupBy, folded, mutedUntilMs, nowMs }),
    wish: `${wish}|${view.groupBy}|${sort.key}|${sort.isDescending}|${[...folded].join()}`,
    isTouched,
    nowMs,
  });
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: (index) => ROW_PX[rows[index]?.type ?? 'instance'],
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
  });
  const reachable = rows.filter((row) => row.type !== 'reason').map((row) => row.key);
  const ids = rows.flatMap((row) => (row.type === 'instance' ? [row.instance.id] : []));
  const chosen = new Set(selected);
  const tabStop = cursor !== null && reachable.includes(cursor) ? cursor : (reachable[0] ?? null);
  const shownIds = useRef(ids);
  useEffect(() => {
    shownIds.current = ids;
  });
  useShowCell(rows, (index) => virtual.scrollToIndex(index, { align: 'center' }), setCursor);

  const tick = useCallback(
    (id: string, { shiftKey }: Pick<MouseEvent, 'shiftKey'>) => {
      const before = ui.getState().selected;
      const range = shiftKey && anchor.current !== null ? rangeOf(shownIds.current, anchor.current, id) : null;
      ui.select(range ? [...new Set([...before, ...range])] : toggled(before, [id]));
      anchor.current = id;
    },
    [ui],
  );
  const open = useCallback(
    (id: string, event: MouseEvent) => {
      if (event.shiftKey || event.ctrlKey || event.metaKey) tick(id, event);
      else router.go(instanceRoute(id));
    },
    [router, tick],
  );

  function fold(key: string) {
    setFolded((before) =>
      before.has(key) ? new Set([...before].filter((other) => other !== key)) : new Set([...before, key]),
    );
  }

  function moveTo(key: string, isExtending: boolean) {
    const from = idOf(tabStop);
    const to = idOf(key);
    if (isExtending && to !== null) {
      anchor.current ??= from ?? to;
      ui.select([...new Set([...ui.getState().selected, ...rangeOf(ids, anchor.current, to)])]);
    }
    setCursor(key);
    virtual.scrollToIndex(rows.findIndex((row) => row.key === key));
    // The row may only now be drawn.
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus());
  }

  /** Whether the key is one of the table's. */
  function act(event: KeyboardEvent): boolean {
    const id = idOf(tabStop);
    const row = rows.find(({ key }) => key === tabStop);
    const isMod = event.ctrlKey || event.metaKey;
    if (isMod && event.key.toLowerCase() === 'a') {
      ui.select(ids);
      return true;
    }
    if (isMod || event.altKey) return false;
    if (event.key === 'R' && selected.length > 0) onRolling();
    else if (event.key === 'Escape' && selected.length > 0) ui.select([]);
    else if (event.key === ' ' && id !== null) tick(id, event);
    else if (event.key === ' ' && row?.type === 'head') ui.select(toggled(selected, idsOf(row.instances)));
    else if (event.key === 'Enter' && id !== null) router.go(instanceRoute(id));
    else if (event.key === 'Enter' && row) fold(row.key);
    else {
      const at = reachable.indexOf(tabStop ?? '');
      const key = reachable[targetOf(event.key, at, reachable.length)];
      if (key === undefined) return false;
      moveTo(key, event.shiftKey);
    }
    return true;
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  const sortBy = (key: SortKey) =>
    onSort({ key, isDescending: sort.key === key ? !sort.isDescending : !['name', 'host', 'tags'].includes(key) });
  const gridStyle: CSSProperties & Record<'--fleet-columns', string> = { '--fleet-columns': template };
  return (
    <div
      className="page fleet-grid"
      role="grid"
      aria-label="Instances"
      aria-rowcount={rows.length}
      aria-multiselectable
      style={gridStyle}
      ref={frame}
    >
      <FleetHead
        columns={shown}
        sort={sort}
        ticked={tickedOf(ids, chosen)}
        onTick={() => ui.select(toggled(selected, ids))}
        onSort={sortBy}
        onResize={columns.resize}
        onPlace={columns.place}
      />
      <div
        className="grid-body"
        role="rowgroup"
        ref={body}
        onKeyDown={onKeyDown}
        onPointerEnter={() => setIsTouched(true)}
        onPointerLeave={() => setIsTouched(false)}
        onFocus={(event) => {
          setIsTouched(true);
          const row = event.target.closest<HTMLElement>('[data-key]');
          if (row?.dataset['key']) setCursor(row.dataset['key']);
        }}
        onBlur={() => setIsTouched(false)}
      >
        <div role="none" style={{ height: virtual.getTotalSize() }} />
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const placed = {
            top: item.start,
            height: item.size,
            dataKey: row.key,
            tabIndex: row.key === tabStop ? 0 : -1,
            isCursor: row.key === cursor,
            columns: shown,
          };
          switch (row.type) {
            case 'head':
              return (
                <GroupRow
                  key={row.key}
                  {...placed}
                  row={row}
                  isFolded={folded.has(row.key)}
                  ticked={tickedOf(idsOf(row.instances), chosen)}
                  onToggle={() => fold(row.key)}
                  onTick={() => ui.select(toggled(selected, idsOf(row.instances)))}
                />
              );
            case 'reason':
              return <ReasonRow key={row.key} top={item.start} height={item.size} instance={row.instance} />;
            case 'instance':
              return (
                <InstanceRow
                  key={row.key}
                  {...placed}
                  instance={row.instance}
                  sparks={sparks}
                  nowMs={nowMs}
                  hasReason={rows[item.index + 1]?.type === 'reason'}
                  isSelected={chosen.has(row.instance.id)}
                  isMuted={(mutedUntilMs[row.instance.id] ?? 0) > nowMs}
                  onOpen={open}
                  onTick={tick}
                />
              );
          }
        })}
      </div>
    </div>
  );
}

function idOf(key: string | null): string | null {
  return key?.startsWith('row:') ? key.slice('row:'.length) : null;
}

function idsOf(instances: readonly Instance[]): string[] {
  return instances.map(({ id }) => id);
}

function tickedOf(ids: readonly string[], chosen: ReadonlySet<string>): boolean | 'some' {
  const count = ids.filter((id) => chosen.has(id)).length;
  if (count === 0) return false;
  return count === ids.length ? true : 'some';
}

/** Place in the list that a key leads to; -1: it leads nowhere. */
function targetOf(key: string, at: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
    case 'j':
    case 'J':
      return at + 1;
    case 'ArrowUp':
    case 'k':
    case 'K':
      return at - 1;
    case 'PageDown':
      return Math.min(count - 1, at + 20);
    case 'PageUp':
      return Math.max(0, at - 20);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}

/** A cell of the map was chosen: its row is brought into view. */
function useShowCell(rows: readonly FleetRow[], show: (index: number) => void, setCursor: (key: string) => void): void {
  const { ui } = useStores();
  const wanted = useUi((state) => state.shownInstance);
  useEffect(() => {
    if (wanted === null) return;
    const index = rows.findIndex((row) => row.key === `row:${wanted}`);
    if (index >= 0) {
      show(index);
      setCursor(`row:${wanted}`);
    }
    ui.showInstance(null);
  });
}

interface Columns {
  all: Column[];
  resize: (id: ColumnId, widthPx: number, isLast: boolean) => void;
  place: (id: ColumnId, before: ColumnId) => void;
}

/** Columns as they are kept, and as they are while one is being dragged. */
function useColumns(view: FleetView): Columns {
  const { settings } = useStores();
  const [dragged, setDragged] = useState<Column[] | null>(null);
  const all = dragged ?? arrangedColumns(view.columns);
  const keep = (columns: readonly Column[]) =>
    runAction(settings.change({ fleet: { ...view, columns: keptColumns(columns) } }));
  return {
    all,
    resize: (id, widthPx, isLast) => {
      const next = changedColumn(all, id, { widthPx });
      setDragged(isLast ? null : next);
      if (isLast) keep(next);
    },
    place: (id, before) => {
      const moved = all.find((one) => one.id === id);
      const rest = all.filter((one) => one.id !== id);
      const at = rest.findIndex((one) => one.id === before);
      const isForward = all.findIndex((one) => one.id === id) < all.findIndex((one) => one.id === before);
      if (moved && at >= 0) keep(rest.toSpliced(isForward ? at + 1 : at, 0, moved));
    },
  };
}
