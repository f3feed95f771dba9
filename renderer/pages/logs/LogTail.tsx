/**
 * The lines, virtual and in time order. While it follows it stays at the end; scrolling up asks to stop that.
 * A click or Enter opens a line in full; arrows move, Home and End jump.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type KeyboardEvent, memo, useEffect, useLayoutEffect, useRef } from 'react';
import type { LogLine, RevealedLine } from '../../../electron/contract/logs-model.ts';
import { formatBytes, formatCount } from '../../format/quantity.ts';
import { formatClock, formatShortTime } from '../../format/time.ts';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Figure } from '../../ui/Figure.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { SLOW_MS, statusTone } from './log-rows.ts';
import { highlight } from './log-text.ts';
import { exceptionOf, type Folded, nameOf } from './tracebacks.ts';

export interface LogTailProps {
  rows: readonly LogLine[];
  /** Tracebacks that belong to a row: shown below it while it is chosen. */
  under: Folded['under'];
  /** Lines with their secrets, while those are shown. */
  revealed: ReadonlyMap<number, RevealedLine>;
  /** Lines as they stand in the log, not read into columns. */
  isRaw: boolean;
  onFilter: (text: string) => void;
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
const TRACE_LINE_PX = 17;
/** Further than this from the end, it was the user who scrolled. */
const LEFT_END_PX = 3 * ROW_PX;

export function LogTail(props: LogTailProps) {
  const { rows, under, words, isFollowing, selectedSeq, showSelected, onSelect, onLeaveEnd } = props;
  const openCount = selectedSeq === null ? 0 : (under.get(selectedSeq)?.length ?? 0);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => ROW_PX + (openCount > 0 && rows[index]?.seq === selectedSeq ? tracebackPx(openCount) : 0),
    overscan: 20,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, selectedSeq, openCount]);
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
  useEffect(() => {
    if (openCount === 0) return;
    // Who opens a traceback reads it: lines that come would move it away.
    onLeaveEnd();
    virtual.scrollToIndex(at, { align: 'auto' });
    // oxlint-disable-next-line react/exhaustive-deps -- only when it is opened: lines come all the time
  }, [selectedSeq, openCount]);

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
          const isSelected = row.seq === selectedSeq;
          const traceback = under.get(row.seq);
          return (
            <Fragment key={row.seq}>
              <LogLineRow
                row={row}
                secret={props.revealed.get(row.seq) ?? null}
                isRaw={props.isRaw}
                hasTraceback={traceback !== undefined}
                topPx={item.start}
                words={words}
                isSelected={isSelected}
                onSelect={onSelect}
              />
              {isSelected && traceback ? (
                <Traceback
                  block={traceback}
                  under={under}
                  revealed={props.revealed}
                  topPx={item.start + ROW_PX}
                  onFilter={props.onFilter}
                />
              ) : null}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

interface LogLineRowProps {
  row: LogLine;
  secret: RevealedLine | null;
  isRaw: boolean;
  hasTraceback: boolean;
  topPx: number;
  words: readonly string[];
  isSelected: boolean;
  onSelect: (seq: number | null) => void;
}

const LogLineRow = memo(function LogLineRow(props: LogLineRowProps) {
  const { row, secret, topPx, words, isSelected, onSelect } = props;
  const request = props.isRaw ? null : row.request;
  const text = secret?.text ?? row.text;
  return (
    <div
      className={`log-row ${row.level}${isSelected ? ' sel' : ''}`}
      style={{ transform: `translateY(${topPx}px)` }}
      onClick={() => onSelect(isSelected ? null : row.seq)}
      role="presentation"
      aria-expanded={props.hasTraceback ? isSelected : undefined}
      title={text}
    >
      <span className="m q">{formatClock(row.atMs, row.atMs, { withMs: true })}</span>
      {request ? (
        <>
          <span className="num q">{row.pid ?? ''}</span>
          <span className="m s2 row g2">
            {request.method}
            {props.hasTraceback ? <HealthGlyph level="crit" /> : null}
          </span>
          <span className="m ell">
            <Marked text={secret?.uri ?? request.uri} words={words} />
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
            <Marked text={text} words={words} />
          </span>
        </span>
      )}
    </div>
  );
});

interface TracebackProps {
  block: readonly LogLine[];
  under: Folded['under'];
  revealed: LogTailProps['revealed'];
  topPx: number;
  onFilter: (text: string) => void;
}

function Traceback({ block, under, revealed, topPx, onFilter }: TracebackProps) {
  const exception = exceptionOf(block);
  const name = nameOf(block);
  const alike = exception === null ? 0 : [...under.values()].filter((other) => exceptionOf(other) === exception).length;
  return (
    <div className="log-traceback" style={{ transform: `translateY(${topPx}px)`, height: tracebackPx(block.length) }}>
      <pre>
        {block.map((line) => (
          <span key={line.seq} className={line === name ? 'crit' : undefined}>
            {revealed.get(line.seq)?.text ?? line.text}
          </span>
        ))}
      </pre>
      <div className="row g6">
        {exception === null ? null : (
          <button type="button" className="btn-link" onClick={() => onFilter(exception)}>
            Same error, {formatCount(alike)} here
          </button>
        )}
        <CopyButton
          size="sm"
          variant="quiet"
          label="Copy the stack"
          text={() => block.map(({ text }) => text).join('\n')}
        >
          Copy
        </CopyButton>
      </div>
    </div>
  );
}

/** Its lines, what can be done with it, and the space around both. */
function tracebackPx(lines: number): number {
  return lines * TRACE_LINE_PX + 48;
}

export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  if (words.length === 0) return text;
  return highlight(text, words).map((part, index) =>
    // oxlint-disable-next-line react/no-array-index-key -- parts of one fixed text
    part.hit ? <mark key={index}>{part.text}</mark> : part.text,
  );
}
