/**
 * The lines and areas of one panel, by recharts: fixed size, fixed domains, one path a series, no animation, no events.
 * Axes, grid, marks and crosshair are drawn around it by the panel, because they cost recharts more than the lines do.
 */
import { memo } from 'react';
import { Area, ComposedChart, Line, XAxis, YAxis } from 'recharts';
import type { PanelSpec } from './panel-spec.ts';
import type { ChartPoint } from './points.ts';

export interface SeriesPlotProps {
  spec: PanelSpec;
  points: ChartPoint[];
  fromMs: number;
  toMs: number;
  max: number;
  widthPx: number;
  heightPx: number;
}

const NO_MARGIN = { top: 0, right: 0, bottom: 0, left: 0 };

export const SeriesPlot = memo(function SeriesPlot({
  spec,
  points,
  fromMs,
  toMs,
  max,
  widthPx,
  heightPx,
}: SeriesPlotProps) {
  return (
    <ComposedChart width={widthPx} height={heightPx} data={points} margin={NO_MARGIN} accessibilityLayer={false}>
      <XAxis dataKey="t" type="number" domain={[fromMs, toMs]} allowDataOverflow hide />
      <YAxis type="number" domain={[0, max]} allowDataOverflow hide />
      {spec.series.map((series) =>
        series.stack ? (
          <Area
            key={series.column}
            dataKey={series.column}
            stackId="stack"
            type="linear"
            stroke="none"
            fill={series.stack.fill}
            fillOpacity={series.stack.opacity}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
          />
        ) : series.isFilled ? (
          <Area
            key={series.column}
            dataKey={series.column}
            type="linear"
            stroke={series.color}
            strokeWidth={series.widthPx}
            fill="var(--c-fill)"
            fillOpacity={1}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
          />
        ) : (
          <Line
            key={series.column}
            dataKey={series.column}
            type="linear"
            stroke={series.color}
            strokeWidth={series.widthPx}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
            connectNulls={false}
          />
        ),
      )}
    </ComposedChart>
  );
});
