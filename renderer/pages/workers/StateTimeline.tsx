/**
 * The state of every worker over time: a raster on a canvas, with worker numbers, a lane of marks, a time axis and
 * a legend as markup around it. A click selects the worker; the pointer names what it is over.
 */
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { InstanceEvent } from '../../../electron/contract/model.ts';
import { formatAxisClock, formatClock, formatLongTime } from '../../format/time.ts';
import type { SampleRing } from '../../stores/sample-ring.ts';
import { MarkGlyph } from '../../ui/Glyph.tsx';
import { columnOf, describeRaster, type RasterWindow, type StateSample, timeTicks } from './raster-model.ts';
import { paintRaster, ROW_PX } from './raster-paint.ts';
import { useWidth } from './use-width.ts';

export interface StateTimelineProps {
  ring: SampleRing;
  /** Changes when the ring does. */
  ringVersion: number;
  wids: readonly number[];
  events: readonly InstanceEvent[];
  windowMs: number;
  atMs: number;
  selectedWid: number | null;
  /** Changes with the theme, so that the picture is painted anew. */
  theme: string;
  onSelect: (wid: number) => void;
  onOpenReload: (reloadId: string) => void;
}

const INTERVAL_MS = 1000;
const MARKED: ReadonlySet<InstanceEvent['type']> = new Set(['reload', 'config', 'harakiri', 'exception']);
const STATE_WORDS: Record<string, string> = {
  b: 'busy',
  l: 'busy over 10 s',
  i: 'idle',
  s: 'sig',
  p: 'pause',
  n: 'starting',
  d: 'down',
  c: 'cheap',
};

export function StateTimeline(props: StateTimelineProps) {
  const { ring, wids, events, windowMs, atMs, selectedWid, theme, onSelect, onOpenReload } = props;
  const plot = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const widthPx = useWidth(plot);
  const [pointed, setPointed] = useState<string | null>(null);
  const window: RasterWindow = { fromMs: atMs - windowMs, toMs: atMs + INTERVAL_MS, widthPx: Math.max(widthPx, 1) };
  const ticks = timeTicks(window.fromMs, window.toMs, new Date(atMs).getTimezoneOffset());
  const stepMs = (ticks[1] ?? 60_000) - (ticks[0] ?? 0);
  const marks = events.filter((event) => MARKED.has(event.type) && event.atMs >= window.fromMs);
  usePainting(canvas, props, widthPx);

  function placeUnder(event: PointerEvent<HTMLElement>): { wid: number; atMs: number; state: string } | null {
    const box = event.currentTarget.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / ROW_PX);
    const wid = wids[row];
    if (wid === undefined) return null;
    const pointMs = window.fromMs + ((event.clientX - box.left) / box.width) * (window.toMs - window.fromMs);
    const index = ring.indexFrom(pointMs + 1) - 1;
    const isKnown = index >= 0 && pointMs - ring.timeAt(index) < 2.5 * INTERVAL_MS;
    const letter = isKnown ? ring.statesAt(index).charAt(row) : '';
    return { wid, atMs: pointMs, state: STATE_WORDS[letter] ?? 'no data' };
  }

  return (
    <section className="timeline" aria-label="State of each worker over time">
      <div className="cph">
        <span className="t">State of each worker, {formatLongTime(windowMs)}</span>
        <span className="m q ell t11">{pointed}</span>
        <Legend />
      </div>
      <div className="timeline-body">
        <div className="timeline-grid">
          <div />
          <div className="timeline-marks">
            {marks.map((event) => (
              <Mark
                key={`${event.type} ${event.atMs} ${event.title}`}
                event={event}
                x={columnOf(window, event.atMs)}
                onOpenReload={onOpenReload}
              />
            ))}
          </div>
          <ol className="timeline-wids" aria-hidden>
            {wids.map((wid) => (
              <li key={wid} className={wid === selectedWid ? 'on' : undefined}>
                {wid}
              </li>
            ))}
          </ol>
          <div
            className="timeline-plot"
            ref={plot}
            onPointerMove={(event) => {
              const place = placeUnder(event);
              setPointed(place && `worker ${place.wid}, ${formatClock(place.atMs, atMs)}, ${place.state}`);
            }}
            onPointerLeave={() => setPointed(null)}
            onPointerDown={(event) => {
              const place = placeUnder(event);
              if (place) onSelect(place.wid);
            }}
          >
            <canvas
              ref={canvas}
              role="img"
              aria-label={describeRaster(samplesOf(ring, window.toMs - 2 * INTERVAL_MS), Math.round(windowMs / 60_000))}
              style={{ height: wids.length * ROW_PX }}
              data-theme-painted={theme}
            />
            {marks.map((event) =>
              event.type === 'exception' ? null : (
                <i
                  key={`${event.type} ${event.atMs} ${event.title}`}
                  className={`timeline-line ${event.type}`}
                  style={{ left: columnOf(window, event.atMs) }}
                />
              ),
            )}
          </div>
          <div />
          <div className="timeline-axis" aria-hidden>
            {ticks.map((tick) => (
              <span key={tick} style={{ left: columnOf(window, tick) }}>
                {formatAxisClock(tick, stepMs)}
              </span>
            ))}
          </div>
        </div>
      </div>
    </section>
  );
}

function usePainting(canvas: RefObject<HTMLCanvasElement | null>, props: StateTimelineProps, widthPx: number): void {
  const { ring, ringVersion, wids, windowMs, atMs, selectedWid, theme } = props;
  const rows = wids.length;
  const selectedRow = selectedWid === null ? -1 : wids.indexOf(selectedWid);
  useEffect(() => {
    // Both say only that there is something new to paint.
    if (!canvas.current || widthPx === 0 || ringVersion < 0 || theme === '') return;
    const window = { fromMs: atMs - windowMs, toMs: atMs + INTERVAL_MS, widthPx };
    paintRaster(canvas.current, {
      samples: samplesOf(ring, window.fromMs - 3 * INTERVAL_MS),
      rows,
      window,
      intervalMs: INTERVAL_MS,
      selectedRow: selectedRow < 0 ? null : selectedRow,
    });
  }, [canvas, ring, ringVersion, rows, windowMs, atMs, selectedRow, theme, widthPx]);
}

function samplesOf(ring: SampleRing, fromMs: number): StateSample[] {
  const samples: StateSample[] = [];
  for (let index = ring.indexFrom(fromMs); index < ring.length; index += 1) {
    samples.push({ atMs: ring.timeAt(index), states: ring.statesAt(index) });
  }
  return samples;
}

function Mark({ event, x, onOpenReload }: { event: InstanceEvent; x: number; onOpenReload: (id: string) => void }) {
  const { reloadId, title, type } = event;
  if (reloadId === null) {
    return (
      <span className="timeline-mark" style={{ left: x }} title={title}>
        <MarkGlyph type={type} />
      </span>
    );
  }
  return (
    <button
      type="button"
      className="timeline-mark"
      style={{ left: x }}
      title={`${title}. Open report`}
      onClick={() => onOpenReload(reloadId)}
    >
      <MarkGlyph type={type} silent />
      <span className="sr-only">{title}. Open report</span>
    </button>
  );
}

function Legend() {
  return (
    <span className="lg" aria-hidden>
      {['busy', 'long', 'idle', 'sig', 'starting', 'down', 'cheap'].map((state) => (
        <span key={state}>
          <i className={`key sq k-${state}`} />
          {state === 'long' ? 'busy over 10 s' : state === 'down' ? 'killed or down' : state}
        </span>
      ))}
    </span>
  );
}
