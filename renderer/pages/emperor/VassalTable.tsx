/**
 * The tree of vassals: virtual, as there may be thousands. Arrows or J and K move, Left and Right close and open an
 * emperor among them, Space ticks, Ctrl A ticks all that are shown, Enter opens, Esc closes.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, memo, useRef } from 'react';
import type { VassalRow } from '../../../electron/contract/emperor-model.ts';
import { formatCount } from '../../format/quantity.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { TableHead } from '../../ui/Table.tsx';
import { TickBox } from '../../ui/TickBox.tsx';
import { VassalStateWord } from './VassalState.tsx';
import type { VassalOrder, VassalSort } from './vassal-list.ts';
import { nextWords, ownerWords, upWords } from './vassal-words.ts';

export interface VassalTableProps {
  rows: readonly VassalRow[];
  nowMs: number;
  order: VassalOrder;
  openKey: string | null;
  ticked: ReadonlySet<string>;
  folded: ReadonlySet<string>;
  onSort: (by: VassalSort) => void;
  onOpen: (row: VassalRow | null) => void;
  onTick: (keys: readonly string[], isTicked: boolean) => void;
  onFold: (key: string, isFolded: boolean) => void;
  /** The pointer is over the rows or one has the focus: their order stays. */
  onHold: (isHeld: boolean) => void;
}

const ROW_PX = 26;
const HEAD_PX = 24;
const INDENT_PX = 16;
const FIRST_PX = 8;

export function VassalTable(props: VassalTableProps) {
  const { rows, nowMs, order, openKey, ticked, folded, onSort, onOpen, onTick, onFold, onHold } = props;
  // The inspector takes their room, and has them, too.
  const isNarrow = useMedia(NARROW) || openKey !== null;
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: HEAD_PX,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const openIndex = openKey === null ? -1 : rows.findIndex(({ key }) => key === openKey);
  const tickedCount = rows.reduce((sum, { key }) => sum + Number(ticked.has(key)), 0);
  const areAllTicked = tickedCount > 0 && tickedCount === rows.length;
  const hasEmperors = rows.some(({ isEmperor }) => isEmperor);
  const allKeys = (): string[] => rows.map(({ key }) => key);
  const widths = [36, 124, 220, undefined, 88, 74, 84, ...(isNarrow ? [] : [82, 190])];

  function moveTo(index: number): void {
    const target = Math.min(Math.max(index, 0), rows.length - 1);
    const row = rows[target];
    if (row === undefined) return;
    onOpen(row);
    virtual.scrollToIndex(target);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus());
  }

  /** Left leads to the emperor above, or closes it. */
  function fold(isFolded: boolean): void {
    const row = rows[openIndex];
    if (row === undefined) return;
    if (row.isEmperor && folded.has(row.key) !== isFolded) onFold(row.key, isFolded);
    else if (isFolded && row.parentKey !== null) moveTo(rows.findIndex(({ key }) => key === row.parentKey));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowDown: openIndex + 1,
      j: openIndex + 1,
      ArrowUp: openIndex - 1,
      k: openIndex - 1,
      Home: 0,
      End: rows.length,
    };
    const isHeld = event.ctrlKey || event.metaKey;
    const target = isHeld || event.altKey ? undefined : targets[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') fold(event.key === 'ArrowLeft');
    else if (isHeld && event.key.toLowerCase() === 'a') onTick(allKeys(), true);
    else if (event.key === ' ' && openKey !== null) onTick([openKey], !ticked.has(openKey));
    else if (event.key === 'Escape' && openKey !== null) onOpen(null);
    else if (event.key === 'Escape' && ticked.size > 0) onTick([...ticked], false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const head = (by: VassalSort, title: string, rest: { numeric?: boolean; title?: string } = {}) => (
    <TableHead {...rest} onSort={() => onSort(by)} sorted={order.by === by ? (order.isDown ? 'desc' : 'asc') : null}>
      {title}
    </TableHead>
  );

  return (
    <div className="scroll grow" ref={scroller}>
      <table
        className="tb vassals"
        role="treegrid"
        aria-label="Vassals"
        aria-rowcount={rows.length + 1}
        aria-multiselectable="true"
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {widths.map((width, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the columns never change
            <col key={index} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">
              <TickBox
                label="All vassals that are shown"
                checked={areAllTicked ? true : tickedCount > 0 ? 'some' : false}
                onTick={() => onTick(allKeys(), !areAllTicked)}
                isTabStop
              />
            </th>
            {head('state', 'State', { title: 'Trouble first' })}
            {head('name', 'Vassal')}
            <TableHead>Cause</TableHead>
            {head('next', 'Next start', { numeric: true, title: 'Of those on the blacklist' })}
            {head('respawns', 'Respawns', { numeric: true, title: 'Starts and reloads after the first' })}
            {head('up', 'Up', { numeric: true, title: 'Since its last start' })}
            {isNarrow ? null : (
              <>
                <TableHead numeric title="User and group it runs as">
                  uid:gid
                </TableHead>
                <TableHead title="What has announced it">Monitor</TableHead>
              </>
            )}
          </tr>
        </thead>
        <tbody onPointerEnter={() => onHold(true)} onPointerLeave={() => onHold(false)}>
          {above > 0 ? <tr style={{ height: above }} aria-hidden /> : null}
          {items.map(({ index }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const { key } = row;
            const isOpen = key === openKey;
            return (
              <VassalLine
                key={key}
                row={row}
                index={index}
                nowMs={nowMs}
                isOpen={isOpen}
                isTabStop={isOpen || (index === 0 && openIndex < 0)}
                isTicked={ticked.has(key)}
                isFolded={folded.has(key)}
                isIndented={hasEmperors}
                isNarrow={isNarrow}
                onOpen={onOpen}
                onTick={onTick}
                onFold={onFold}
              />
            );
          })}
          {below > 0 ? <tr style={{ height: below }} aria-hidden /> : null}
        </tbody>
      </table>
    </div>
  );
}

interface VassalLineProps extends Pick<VassalTableProps, 'nowMs' | 'onOpen' | 'onTick' | 'onFold'> {
  row: VassalRow;
  index: number;
  isOpen: boolean;
  isTabStop: boolean;
  isTicked: boolean;
  isFolded: boolean;
  /** Some of the vassals are emperors: all names leave room for the button of those. */
  isIndented: boolean;
  isNarrow: boolean;
}

const VassalLine = memo(
  function VassalLine(props: VassalLineProps) {
    const { row, index, nowMs, isOpen, isTabStop, isTicked, isFolded, isIndented, isNarrow } = props;
    const { key } = row;
    return (
      <tr
        data-row={index}
        aria-rowindex={index + 2}
        aria-level={row.depth + 1}
        aria-expanded={row.isEmperor ? !isFolded : undefined}
        aria-selected={isTicked}
        aria-current={isOpen || undefined}
        aria-label={`${row.id}, ${row.state}${row.cause === '' ? '' : `: ${row.cause}`}`}
        tabIndex={isTabStop ? 0 : -1}
        className={isOpen ? 'sel' : undefined}
        onClick={() => props.onOpen(row)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onOpen(row);
        }}
      >
        <td>
          <TickBox label={`Vassal ${row.id}`} checked={isTicked} onTick={() => props.onTick([key], !isTicked)} />
        </td>
        <td>
          <VassalStateWord state={row.state} />
        </td>
        <td className="md" title={row.configPath ?? row.id} style={{ paddingLeft: FIRST_PX + row.depth * INDENT_PX }}>
          {row.isEmperor ? <FoldButton row={row} isFolded={isFolded} onFold={props.onFold} /> : null}
          {isIndented && !row.isEmperor ? <span className="fold" /> : null}
          {row.id}
        </td>
        <VassalCells row={row} nowMs={nowMs} isNarrow={isNarrow} />
      </tr>
    );
  },
  // What is called is made anew on each render and means the same.
  (a, b) =>
    a.row === b.row &&
    a.index === b.index &&
    a.nowMs === b.nowMs &&
    a.isOpen === b.isOpen &&
    a.isTabStop === b.isTabStop &&
    a.isTicked === b.isTicked &&
    a.isFolded === b.isFolded &&
    a.isIndented === b.isIndented &&
    a.isNarrow === b.isNarrow,
);

interface FoldButtonProps {
  row: VassalRow;
  isFolded: boolean;
  onFold: VassalTableProps['onFold'];
}

/** The keyboard has Left and Right for it. */
function FoldButton({ row, isFolded, onFold }: FoldButtonProps) {
  const Chevron = isFolded ? ChevronRight : ChevronDown;
  return (
    <button
      type="button"
      className="fold"
      tabIndex={-1}
      aria-label={isFolded ? `Show the vassals of ${row.id}` : `Hide the vassals of ${row.id}`}
      onClick={(event) => {
        event.stopPropagation();
        onFold(row.key, !isFolded);
      }}
    >
      <Chevron size={12} strokeWidth={1.75} aria-hidden />
    </button>
  );
}

function VassalCells({ row, nowMs, isNarrow }: { row: VassalRow; nowMs: number; isNarrow: boolean }) {
  const { cause, level, respawns, blacklist } = row;
  return (
    <>
      <td className={level === 'crit' || level === 'warn' ? 's1' : 's2'} title={cause}>
        {cause}
      </td>
      <td className={blacklist?.nextAtMs == null ? 'num z' : 'num'}>{nextWords(row, nowMs)}</td>
      <td className={respawns === 0 ? 'num z' : 'num'}>{formatCount(respawns)}</td>
      <td className="num">{upWords(row, nowMs)}</td>
      {isNarrow ? null : (
        <>
          <td className="num s2">{ownerWords(row)}</td>
          <td className="m q" title={row.monitor ?? ''}>
            {row.monitor}
          </td>
        </>
      )}
    </>
  );
}
