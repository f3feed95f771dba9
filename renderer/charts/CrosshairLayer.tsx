/** What follows the pointer: the line with its dots on every chart, and the tooltip on the one under the pointer. */
import type { InstanceEvent } from '../../electron/contract/model.ts';
import { quantityText } from '../format/quantity.ts';
import { formatClock } from '../format/time.ts';
import type { SampleRing } from '../stores/sample-ring.ts';
import { MarkGlyph } from '../ui/Glyph.tsx';
import { useCrosshair } from './crosshair.ts';
import type { ChartFrame } from './frame-source.ts';
import { keyOf } from './PlotFrame.tsx';
import { isStacked, LANE_PX, type PanelSpec } from './panel-spec.ts';
import type { Scale } from './scale.ts';

export interface CrosshairLayerProps {
  spec: PanelSpec;
  ring: SampleRing;
  frame: ChartFrame;
  scale: Scale;
  left: number;
  plotWidth: number;
  plotHeight: number;
  events: readonly InstanceEvent[];
}

const TIP_GAP_PX = 8;
const TIP_LEAST_PX = 190;
const MOST_EVENTS = 4;

export function CrosshairLayer({ spec, ring, frame, scale, left, plotWidth, plotHeight, events }: CrosshairLayerProps) {
  const { atMs, chart } = useCrosshair();
  if (atMs === null || atMs < frame.fromMs || atMs > frame.toMs) return null;
  const index = ring.nearest(atMs);
  if (index === -1) return null;
  const x = left + ((atMs - frame.fromMs) / (frame.toMs - frame.fromMs)) * plotWidth;
  const bottom = LANE_PX + plotHeight;
  const dots = isStacked(spec) ? [] : spec.series;
  const near = events
    .filter((event) => Math.abs(event.atMs - atMs) <= (frame.toMs - frame.fromMs) / 100)
    .slice(-MOST_EVENTS);
  const isRight = x + TIP_GAP_PX + TIP_LEAST_PX > left + plotWidth;
  return (
    <>
      <svg className="layer" width={left + plotWidth} height={bottom} aria-hidden="true">
        <path d={`M${Math.round(x) + 0.5} ${LANE_PX}v${plotHeight}`} stroke="var(--c-cursor)" />
        {dots.map((series) => {
          const value = ring.at(series.column, index);
          return value === null ? null : (
            <circle
              key={series.column}
              cx={x}
              cy={bottom - (value / scale.max) * plotHeight}
              r="2.5"
              fill={series.color}
              stroke="var(--bg-1)"
            />
          );
        })}
      </svg>
      {chart === spec.id ? (
        <div
          className="tip"
          style={isRight ? { right: `calc(100% - ${x - TIP_GAP_PX}px)`, top: 20 } : { left: x + TIP_GAP_PX, top: 20 }}
        >
          <div className="m q">{formatClock(ring.timeAt(index), frame.toMs)}</div>
          {ring.at('busy', index) === null ? <div className="r q">no data</div> : null}
          {spec.series.map((series) => (
            <div className="r" key={series.column}>
              <i className={series.stack ? 'key sq' : 'key'} style={{ background: series.color }} />
              {series.name}
              <span className="m">{quantityText(spec.format(ring.at(series.column, index)))}</span>
            </div>
          ))}
          {near.map((event, at) => (
            <div className={`r ev ${event.type === 'harakiri' ? 'crit' : ''}`} key={keyOf(event, at)}>
              <MarkGlyph type={event.type} size={9} silent />
              {event.title}
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}
