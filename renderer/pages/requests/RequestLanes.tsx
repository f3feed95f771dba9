/**
 * The running requests as lanes on one axis that ends at harakiri. Rows are in the order of their start, so they do
 * not move while one reads; virtual, as a server may have a thousand cores. Arrows move, Esc clears.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useRef } from 'react';
import type { RequestRow } from '../../../electron/contract/model.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { barWidth, deadlineText, headTicks, type LaneScale, laneTime, longTick } from './lane-scale.ts';
import { hasQuery, type RunningRequest } from './running-requests.ts';

export const LANE_PX = 198;

export interface RequestLanesProps {
  running: readonly RunningRequest[];
  scale: LaneScale;
  selectedKey: string | null;
  onSelect: (key: string | null) => void;
}

const ROW_PX = 28;
const HEAD_PX = 24;
const WIDTHS: readonly (number | undefined)[] = [70, undefined, 120, 88, 80, LANE_PX + 14, 78];

export function RequestLanes({ running, scale, selectedKey, onSelect }: RequestLanesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: running.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: HEAD_PX,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const at = running.findIndex((row) => row.key === selectedKey);

  function moveTo(index: number): void {
    const target = Math.min(Math.max(index, 0), running.length - 1);
    const row = running[target];
    if (!row) return;
    onSelect(row.key);
    virtual.scrollToIndex(target);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus());
  }

  function onKeyDown(event: KeyboardEvent): void {
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      Home: 0,
      End: running.length,
    };
    const target = event.ctrlKey || event.metaKey || event.altKey ? undefined : targets[event.key];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Escape' && selectedKey !== null) onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="scroll grow" ref={scroller}>
      <table
        className="tb lanes"
        role="grid"
        aria-label="Running requests"
        aria-rowcount={running.length + 1}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {WIDTHS.map((width, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the columns never change
            <col key={index} style={width === undefined ? undefined : { width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Request</th>
            <th scope="col">Client</th>
            <th scope="col">Since</th>
            <th scope="col" className="num" aria-sort="descending">
              <span className="so">Elapsed ↓</span>
            </th>
            <th scope="col" className="lane-cell">
              <LaneHead scale={scale} />
            </th>
            <th scope="col" className="num">
              Left
            </th>
          </tr>
        </thead>
        <tbody>
          {above > 0 ? <tr style={{ height: above }} aria-hidden /> : null}
          {items.map((item) => {
            const row = running[item.index];
            if (!row) return null;
            const isSelected = row.key === selectedKey;
            return (
              <tr
                key={row.key}
                data-row={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                tabIndex={isSelected || (at < 0 && item.index === 0) ? 0 : -1}
                className={isSelected ? 'sel' : undefined}
                onClick={() => onSelect(row.key)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') onSelect(row.key);
                }}
              >
                <LaneCells row={row} scale={scale} />
              </tr>
            );
          })}
          {below > 0 ? <tr style={{ height: below }} aria-hidden /> : null}
        </tbody>
      </table>
    </div>
  );
}

function LaneCells({ row, scale }: { row: RunningRequest; scale: LaneScale }) {
  const tone = row.isLong ? 'warn' : undefined;
  return (
    <>
      <FactCells request={row.request} />
      <td className="num">
        <Figure of={laneTime(row.elapsedMs)} tone={tone} />
      </td>
      <td className="lane-cell">
        <Lane elapsedMs={row.elapsedMs} scale={scale} isLong={row.isLong} />
      </td>
      <td className="num q">
        <Figure of={laneTime(row.leftMs)} tone={tone} />
      </td>
    </>
  );
}

/** What does not count along: drawn once a poll, not four times a second. */
const FactCells = memo(function FactCells({ request }: { request: RequestRow }) {
  return (
    <>
      <td className="m">
        {request.wid}
        <span className="q">.{request.core}</span>
      </td>
      <td className="m">
        <span className="s2 lane-method">{request.method}</span>
        {request.path}
        {hasQuery(request) ? <span className="q">?…</span> : null}
      </td>
      <td className="m s2">{request.remoteAddr ?? '–'}</td>
      <td className="m s2">{formatClock(request.startedAtMs, request.startedAtMs ?? 0)}</td>
    </>
  );
});

function Lane({ elapsedMs, scale, isLong }: { elapsedMs: number | null; scale: LaneScale; isLong: boolean }) {
  const tick = longTick(scale);
  const end = scale.widthPx;
  const label =
    scale.deadlineMs === null
      ? `runs for ${shortTimeText(elapsedMs)}`
      : `${shortTimeText(elapsedMs)} of ${deadlineText(scale.deadlineMs)} until harakiri`;
  return (
    <svg width={end + 2} height={20} role="img" aria-label={label} className="lane">
      <line x1={0} x2={end} y1={10.5} y2={10.5} stroke="var(--line-2)" />
      {tick === null ? null : <line x1={tick + 0.5} x2={tick + 0.5} y1={5} y2={15} stroke="var(--line-ctl)" />}
      {elapsedMs === null ? null : (
        <rect
          x={0}
          y={6}
          width={barWidth(scale, elapsedMs)}
          height={8}
          fill={isLong ? 'var(--warn)' : 'var(--st-busy)'}
        />
      )}
      {scale.deadlineMs === null ? null : (
        <line x1={end + 0.5} x2={end + 0.5} y1={1} y2={19} stroke="var(--crit)" strokeWidth={1.5} />
      )}
    </svg>
  );
}

function LaneHead({ scale }: { scale: LaneScale }) {
  return (
    <span className="lane-head">
      {headTicks(scale, 76).map((tick) => (
        <span key={tick.label} style={{ left: tick.x }}>
          {tick.label}
        </span>
      ))}
      {scale.deadlineMs === null ? (
        <span className="end">no harakiri set</span>
      ) : (
        <span className="end crit">harakiri {deadlineText(scale.deadlineMs)}</span>
      )}
    </span>
  );
}
