/**
 * The lines and areas of one panel, by recharts: fixed size, fixed domains, one path a series, no animation, no events.
 * Grid, labels, marks and crosshair are drawn around it by the panel, and time is counted from the right edge: so neither
 * axes nor series ever change, and a tick costs recharts only new points.
 */
import { memo, useMemo } from 'react';
import { Area, ComposedChart, XAxis, YAxis } from 'recharts';
import type { PanelSpec, SeriesSpec } from './panel-spec.ts';
import type { ChartPoint } from './points.ts';

export interface SeriesPlotProps {
  spec: PanelSpec;
  points: ChartPoint[];
  windowMs: number;
  max: number;
  /** Columns that have something to draw, joined by blanks. */
  drawn: string;
  widthPx: number;
  heightPx: number;
}

const NO_MARGIN = { top: 0, right: 0, bottom: 0, left: 0 };
const STILL = { dot: false, activeDot: false, isAnimationActive: false, connectNulls: false, type: 'linear' } as const;

export const SeriesPlot = memo(function SeriesPlot({
  spec,
  points,
  windowMs,
  max,
  drawn,
  widthPx,
  heightPx,
}: SeriesPlotProps) {
  const xAxis = useMemo(
    () => <XAxis dataKey="t" type="number" domain={[-windowMs, 0]} allowDataOverflow hide />,
    [windowMs],
  );
  const yAxis = useMemo(() => <YAxis type="number" domain={[0, max]} allowDataOverflow hide />, [max]);
  const series = useMemo(
    () => spec.series.filter(({ column }) => drawn.split(' ').includes(column)).map(seriesElement),
    [spec, drawn],
  );
  // recharts stacks areas in the order in which they were mounted: one that joins later means a new chart.
  return (
    <ComposedChart
      key={drawn}
      width={widthPx}
      height={heightPx}
      data={points}
      margin={NO_MARGIN}
      accessibilityLayer={false}
    >
      {xAxis}
      {yAxis}
      {series}
    </ComposedChart>
  );
});

function seriesElement({ column, color, widthPx, isFilled, stack }: SeriesSpec) {
  if (stack) {
    return (
      <Area
        key={column}
        {...STILL}
        dataKey={column}
        stackId="stack"
        stroke="none"
        fill={stack.fill}
        fillOpacity={stack.opacity}
      />
    );
  }
  if (isFilled) {
    return (
      <Area
        key={column}
        {...STILL}
        dataKey={column}
        stroke={color}
        strokeWidth={widthPx}
        fill="var(--c-fill)"
        fillOpacity={1}
      />
    );
  }
  // A Line would measure its path on every tick, for an animation that is off.
  return <Area key={column} {...STILL} dataKey={column} stroke={color} strokeWidth={widthPx} fill="none" />;
}
