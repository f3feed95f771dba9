/**
 * One chart panel: head with legend, lane of marks, plot, time axis. Drawn at most once per shared tick, and not at all
 * while it is off screen. The keyboard moves the crosshair when the panel has the focus.
 */
import { type KeyboardEvent, memo, type PointerEvent, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { InstanceEvent } from '../../electron/contract/model.ts';
import { quantityText } from '../format/quantity.ts';
import type { SampleRing } from '../stores/sample-ring.ts';
import { CrosshairLayer } from './CrosshairLayer.tsx';
import { CrosshairContext, NO_CROSSHAIR, useCrosshair } from './crosshair.ts';
import type { ChartFrame } from './frame-source.ts';
import { LonePoints } from './LonePoints.tsx';
import { MarkLane } from './MarkLane.tsx';
import { PlotFrame } from './PlotFrame.tsx';
import { createPanelPainter } from './panel-painter.ts';
import { AXIS_PX, type Bound, HEAD_PX, LANE_PX, type PanelSpec, RIGHT_PX } from './panel-spec.ts';
import { MOST_POINTS, type Span } from './points.ts';
import { SeriesPlot } from './SeriesPlot.tsx';

/** Closer points than this can't be told apart; smallest and largest are kept. */
const PX_A_POINT = 2;

export interface ChartPanelProps {
  spec: PanelSpec;
  ring: SampleRing;
  frame: ChartFrame;
  gaps: readonly Span[];
  events: readonly InstanceEvent[];
  bound?: Bound | null;
  widthPx: number;
  heightPx: number;
  onOpenEvent: (event: InstanceEvent) => void;
}

export const ChartPanel = memo(function ChartPanel(props: ChartPanelProps) {
  const { spec, ring, frame, gaps, events, bound = null, widthPx, heightPx, onOpenEvent } = props;
  const panel = useRef<HTMLElement>(null);
  const crosshair = useContext(CrosshairContext);
  const isSeen = useIsSeen(panel);
  const left = spec.yWidthPx;
  const plotWidth = Math.max(0, widthPx - left - RIGHT_PX - 1);
  const painter = useMemo(() => createPanelPainter(spec, ring), [spec, ring]);
  const { points, drawn, scale, summary } = painter.draw(
    frame,
    bound,
    isSeen,
    Math.min(MOST_POINTS, Math.floor(plotWidth / PX_A_POINT)),
  );
  const plotHeight = heightPx - HEAD_PX - LANE_PX - AXIS_PX - 1;

  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
    const share = Math.min(1, Math.max(0, x / plotWidth));
    crosshair.setState({ atMs: frame.fromMs + share * (frame.toMs - frame.fromMs), chart: spec.id });
  }

  function onKeyDown(event: KeyboardEvent) {
    const at = crosshair.getState().atMs ?? frame.toMs;
    const step = (frame.toMs - frame.fromMs) / (event.shiftKey ? 15 : 150);
    const moves: Record<string, number> = {
      ArrowLeft: at - step,
      ArrowRight: at + step,
      Home: frame.fromMs,
      End: frame.toMs,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      crosshair.setState({ atMs: Math.min(frame.toMs, Math.max(frame.fromMs, next)), chart: spec.id });
    } else if (event.key === 'Escape') {
      crosshair.setState(NO_CROSSHAIR);
    } else if (event.key === 'Enter') {
      const near = events.findLast((mark) => Math.abs(mark.atMs - at) < (frame.toMs - frame.fromMs) / 100);
      if (near) onOpenEvent(near);
    }
  }

  const leave = () => crosshair.setState(NO_CROSSHAIR);
  return (
    <section
      className="cp"
      ref={panel}
      style={{ height: heightPx }}
      tabIndex={0}
      aria-label={spec.title}
      onKeyDown={onKeyDown}
      onBlur={leave}
    >
      <div className="cph">
        <h2 className="t">{spec.title}</h2>
        <Legend spec={spec} ring={ring} version={frame.version} bound={bound} />
      </div>
      <div
        className="plot"
        role="img"
        aria-label={summary}
        onPointerMove={onPointerMove}
        onPointerLeave={leave}
        style={{ height: heightPx - HEAD_PX - 1 }}
      >
        {plotWidth > 0 ? (
          <>
            <PlotFrame
              frame={frame}
              scale={scale}
              formatAxis={spec.formatAxis}
              left={left}
              plotWidth={plotWidth}
              plotHeight={plotHeight}
              gaps={gaps}
              events={events}
              bound={bound && bound.value <= scale.max ? bound : null}
              withExceptions={spec.withExceptions === true}
            />
            <div className="series" style={{ left, top: LANE_PX }}>
              <SeriesPlot
                spec={spec}
                points={points}
                drawn={drawn}
                windowMs={frame.toMs - frame.fromMs}
                max={scale.max}
                widthPx={plotWidth}
                heightPx={plotHeight}
              />
              <LonePoints
                series={spec.series}
                points={points}
                windowMs={frame.toMs - frame.fromMs}
                max={scale.max}
                widthPx={plotWidth}
                heightPx={plotHeight}
              />
            </div>
            <MarkLane events={events} frame={frame} left={left} plotWidth={plotWidth} onOpen={onOpenEvent} />
            <CrosshairLayer {...{ spec, ring, frame, scale, left, plotWidth, plotHeight, events }} />
          </>
        ) : null}
      </div>
    </section>
  );
});

function Legend({ spec, ring, bound }: { spec: PanelSpec; ring: SampleRing; version: number; bound: Bound | null }) {
  const { atMs } = useCrosshair();
  const index = atMs === null ? ring.length - 1 : ring.nearest(atMs);
  return (
    <span className="lg">
      {spec.series.map((series) => {
        const value = ring.at(series.column, index);
        // States nobody is in stay out of the legend, except the first two.
        if (series.stack && !value && series.label !== 'busy' && series.label !== 'idle') return null;
        return (
          <span key={series.column}>
            <i className={series.stack ? 'key sq' : 'key'} style={{ background: series.color }} />
            {series.label} <b>{quantityText(spec.format(value))}</b>
          </span>
        );
      })}
      {bound ? (
        <span>
          <i className="key" style={{ background: 'var(--c-2)' }} />
          {bound.label} <b>{bound.value}</b>
        </span>
      ) : null}
    </span>
  );
}

function useIsSeen(panel: React.RefObject<HTMLElement | null>): boolean {
  const [isSeen, setIsSeen] = useState(true);
  useEffect(() => {
    const element = panel.current;
    if (!element) return;
    const observer = new IntersectionObserver(([entry]) => setIsSeen(entry?.isIntersecting ?? true));
    observer.observe(element);
    return () => observer.disconnect();
  }, [panel]);
  return isSeen;
}
