/** Around the lines of a panel: grid, labels, grey bands of gaps, marks of events, the dashed bound. Plain SVG. */
import { memo } from 'react';
import type { InstanceEvent } from '../../electron/contract/model.ts';
import { formatAxisClock } from '../format/time.ts';
import type { ChartFrame } from './frame-source.ts';
import { AXIS_PX, type Bound, LANE_PX } from './panel-spec.ts';
import type { Span } from './points.ts';
import type { Scale } from './scale.ts';

export interface PlotFrameProps {
  frame: ChartFrame;
  scale: Scale;
  formatAxis: (value: number) => string;
  left: number;
  plotWidth: number;
  plotHeight: number;
  gaps: readonly Span[];
  events: readonly InstanceEvent[];
  bound: Bound | null;
  withExceptions: boolean;
}

const LINES: Partial<Record<InstanceEvent['type'], { stroke: string; dash: string | undefined }>> = {
  reload: { stroke: 'var(--accent)', dash: undefined },
  config: { stroke: 'var(--fg-3)', dash: '2 2' },
  harakiri: { stroke: 'var(--crit)', dash: '1 2' },
};

export const PlotFrame = memo(function PlotFrame(props: PlotFrameProps) {
  const { frame, scale, formatAxis, left, plotWidth, plotHeight, gaps, events, bound, withExceptions } = props;
  const bottom = LANE_PX + plotHeight;
  const x = (ms: number) => left + ((ms - frame.fromMs) / (frame.toMs - frame.fromMs)) * plotWidth;
  // Labels that would touch each other are left out evenly.
  const labelPx = frame.tickStepMs < 60_000 ? 64 : 44;
  const every = Math.ceil(labelPx / Math.max(1, (frame.tickStepMs / (frame.toMs - frame.fromMs)) * plotWidth));
  const labelled = frame.tickMs.filter((tick) => (tick / frame.tickStepMs) % every === 0);
  const y = (value: number) => bottom - (value / scale.max) * plotHeight;
  return (
    <svg className="layer" width={left + plotWidth + 20} height={bottom + AXIS_PX} aria-hidden="true">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${left} ${crisp(y(tick))}h${plotWidth}`} stroke="var(--c-grid)" />
          <text x={left - 6} y={y(tick) + 3} textAnchor="end">
            {tick === 0 ? '0' : formatAxis(tick)}
          </text>
        </g>
      ))}
      {labelled.map((tick) => (
        <text
          key={tick}
          x={x(tick)}
          y={bottom + 13}
          textAnchor={x(tick) > left + plotWidth - labelPx / 3 ? 'end' : 'middle'}
        >
          {formatAxisClock(tick, frame.tickStepMs)}
        </text>
      ))}
      {gaps.map((gap) => (
        <rect
          key={gap.fromMs}
          x={x(gap.fromMs)}
          y={LANE_PX}
          width={Math.max(1, x(gap.toMs) - x(gap.fromMs))}
          height={plotHeight}
          fill="var(--c-gap)"
        />
      ))}
      {bound ? (
        <path d={`M${left} ${crisp(y(bound.value))}h${plotWidth}`} stroke="var(--c-2)" strokeDasharray="2 3" />
      ) : null}
      {events.map((event, index) => {
        const at = crisp(x(event.atMs));
        if (event.type === 'exception') {
          return withExceptions ? (
            <path key={keyOf(event, index)} d={`M${at} ${bottom - 6.5}l3.5 6.5h-7z`} fill="var(--warn)" />
          ) : null;
        }
        const line = LINES[event.type];
        return line ? (
          <path
            key={keyOf(event, index)}
            d={`M${at} ${LANE_PX}v${plotHeight}`}
            stroke={line.stroke}
            strokeDasharray={line.dash}
          />
        ) : null;
      })}
    </svg>
  );
});

export function keyOf(event: InstanceEvent, index: number): string {
  return `${event.atMs}:${event.type}:${index}`;
}

/** In the middle of a pixel, so that a line of one pixel is one pixel. */
function crisp(px: number): number {
  return Math.round(px) + 0.5;
}
