/**
 * One cell a worker: shape and number, then how long it has been busy or its state. Over 10 s it warns, with a bar that
 * is its share of harakiri. Many workers get smaller cells without words. Arrows move, Enter opens the worker.
 */
import { type KeyboardEvent, memo, useRef, useState } from 'react';
import type { WorkerRow } from '../../../electron/contract/model.ts';
import { shortTimeText } from '../../format/time.ts';
import { StateGlyph } from '../../ui/Glyph.tsx';

export interface WorkerStripProps {
  workers: readonly WorkerRow[];
  harakiriMs: number | null;
  onOpen: (wid: number) => void;
}

/** More than this get two rows without words. */
const MOST_WITH_WORDS = 24;
const LONG_MS = 10_000;

export function WorkerStrip({ workers, harakiriMs, onOpen }: WorkerStripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(0);
  if (workers.length === 0) return null;
  const isDense = workers.length > MOST_WITH_WORDS;
  const columns = isDense ? Math.min(64, Math.ceil(workers.length / 2)) : workers.length;
  const longMs = Math.min(LONG_MS, harakiriMs === null ? LONG_MS : harakiriMs / 2);

  function onKeyDown(event: KeyboardEvent) {
    const moves: Record<string, number> = {
      ArrowRight: cursor + 1,
      ArrowLeft: cursor - 1,
      ArrowDown: cursor + columns,
      ArrowUp: cursor - columns,
      Home: 0,
      End: workers.length - 1,
    };
    const next = moves[event.key];
    if (next === undefined || next < 0 || next >= workers.length) return;
    event.preventDefault();
    setCursor(next);
    strip.current?.querySelectorAll<HTMLElement>('[role="option"]')[next]?.focus();
  }

  return (
    <div
      className={isDense ? 'ws dense' : 'ws'}
      role="listbox"
      aria-label="Workers"
      aria-orientation="horizontal"
      ref={strip}
      style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      onKeyDown={onKeyDown}
    >
      {workers.map((worker, index) => (
        <WorkerCell
          key={worker.wid}
          wid={worker.wid}
          status={worker.status}
          text={cellText(worker)}
          title={titleOf(worker)}
          share={shareOf(worker, longMs, harakiriMs)}
          isDense={isDense}
          isTabStop={index === Math.min(cursor, workers.length - 1)}
          onOpen={onOpen}
        />
      ))}
    </div>
  );
}

interface WorkerCellProps {
  wid: number;
  status: WorkerRow['status'];
  text: string;
  title: string;
  /** Share of harakiri when it has been busy for long; null otherwise. */
  share: number | null;
  isDense: boolean;
  isTabStop: boolean;
  onOpen: (wid: number) => void;
}

const WorkerCell = memo(function WorkerCell({
  wid,
  status,
  text,
  title,
  share,
  isDense,
  isTabStop,
  onOpen,
}: WorkerCellProps) {
  return (
    <button
      type="button"
      role="option"
      className={share === null ? 'wk' : 'wk w'}
      aria-selected={false}
      aria-label={`Worker ${wid}, ${text}`}
      title={title}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onOpen(wid)}
    >
      {isDense ? (
        <StateGlyph status={status} silent />
      ) : (
        <>
          <span className="a">
            <StateGlyph status={status} silent />
            {wid}
          </span>
          <span className="t">{text}</span>
        </>
      )}
      {share === null ? null : <span className="bar" style={{ width: `${share * 100}%` }} />}
    </button>
  );
});

function cellText({ status, signal, elapsedMs }: WorkerRow): string {
  if (status === 'busy') return elapsedMs === null ? 'busy' : shortTimeText(elapsedMs, { live: true });
  return status === 'sig' && signal !== null ? `sig ${signal}` : status;
}

function titleOf({ wid, pid, nowServing, status }: WorkerRow): string {
  return `Worker ${wid}, pid ${pid}: ${nowServing ?? status}`;
}

function shareOf({ elapsedMs }: WorkerRow, longMs: number, harakiriMs: number | null): number | null {
  if (elapsedMs === null || elapsedMs < longMs) return null;
  return harakiriMs === null ? 0 : Math.min(1, elapsedMs / harakiriMs);
}
