/**
 * The lines, virtual and in time order. While it follows it stays at the end; scrolling up asks to stop that.
 * A click or Enter opens a line in full; arrows move, Home and End jump.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useRef } from 'react';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import { formatBytes } from '../../format/quantity.ts';
import { formatClock, formatShortTime } from '../../format/time.ts';
import { Figure } from '../../ui/Figure.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { SLOW_MS, statusTone } from './log-rows.ts';
import { highlight } from './log-text.ts';

export interface LogTailProps {
  rows: readonly LogLine[];
  words: readonly string[];
  isFollowing: boolean;
  selectedSeq: number | null;
  onSelect: (seq: number | null) => void;
  /** Scrolls to the chosen line whenever this is another number. */
  showSelected: number;
  /** The user scrolled away from the end. */
  onLeaveEnd: () => void;
}

const ROW_PX = 22;
/** Further than this from the end, it was the user who scrolled. */
const LEFT_END_PX = 3 * ROW_PX;

export function LogTail({ rows, words, isFollowing, selectedSeq, showSelected, onSelect, onLeaveEnd }: LogTailProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const lastSeq = rows.at(-1)?.seq;

  useEffect(() => {
    const box = scroller.current;
    if (isFollowing && box && lastSeq !== undefined) box.scrollTop = box.scrollHeight;
  }, [isFollowing, lastSeq]);

  useEffect(() => {
    const index = rows.findIndex((row) => row.seq === selectedSeq);
    if (showSelected > 0 && index >= 0) virtual.scrollToIndex(index, { align: 'center' });
    // oxlint-disable-next-line react/exhaustive-deps -- only when it is asked for: lines come all the time
  }, [showSelected]);

  const at = rows.findIndex((row) => row.seq === selectedSeq);
  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const start = at < 0 ? rows.length : at;
    const targets: Record<string, number> = {
      ArrowDown: start + 1,
      ArrowUp: start - 1,
      PageDown: start + page,
      PageUp: start - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) {
      if (event.key === 'Escape' && selectedSeq !== null) onSelect(null);
      return;
    }
    const index = Math.min(Math.max(target, 0), rows.length - 1);
    const row = rows[index];
    if (!row) return;
    event.preventDefault();
    onLeaveEnd();
    onSelect(row.seq);
    virtual.scrollToIndex(index);
  }

  return (
    <div
      className="log-tail focus-inset"
      ref={scroller}
      role="log"
      aria-label="Log lines"
      aria-live="off"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrows move inside it
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={({ currentTarget: box }) => {
        const beyondPx = box.scrollHeight - box.scrollTop - box.clientHeight;
        if (isFollowing && beyondPx > LEFT_END_PX) onLeaveEnd();
      }}
    >
      <div className="log-space" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <LogLineRow
              key={row.seq}
              row={row}
              topPx={item.start}
              words={words}
              isSelected={row.seq === selectedSeq}
              onSelect={onSelect}
            />
          );
        })}
      </div>
    </div>
  );
}

interface LogLineRowProps {
  row: LogLine;
  topPx: number;
  words: readonly string[];
  isSelected: boolean;
  onSelect: (seq: number | null) => void;
}

const LogLineRow = memo(function LogLineRow({ row, topPx, words, isSelected, onSelect }: LogLineRowProps) {
  const { request } = row;
  return (
    <div
      className={`log-row ${row.level}${isSelected ? ' sel' : ''}`}
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={() => onSelect(isSelected ? null : row.seq)}
      role="presentation"
      title={row.text}
    >
      <span className="m q">{formatClock(row.atMs, row.atMs, { withMs: true })}</span>
      {request ? (
        <>
          <span className="num q">{row.pid ?? ''}</span>
          <span className="m s2">{request.method}</span>
          <span className="m ell">
            <Marked text={request.uri} words={words} />
          </span>
          <span className={`num ${statusTone(request.status)}`}>{request.status ?? '–'}</span>
          <span className="num">
            <Figure of={formatShortTime(request.tookMs)} tone={(request.tookMs ?? 0) >= SLOW_MS ? 'warn' : undefined} />
          </span>
          <span className="num s2">
            <Figure of={formatBytes(request.sizeBytes)} />
          </span>
          <span className="m s2 ell">{request.client}</span>
        </>
      ) : (
        <span className="m log-message ell">
          {row.level === 'error' ? <HealthGlyph level="crit" /> : null}
          {row.level === 'warning' ? <HealthGlyph level="warn" /> : null}
          <span className="ell log-words">
            <Marked text={row.text} words={words} />
          </span>
        </span>
      )}
    </div>
  );
});

export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  if (words.length === 0) return text;
  return highlight(text, words).map((part, index) =>
    // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed text
    part.hit ? <mark key={index}>{part.text}</mark> : part.text,
  );
}
