/** Dots of values that no line reaches. Plain SVG over the plot. */
import { memo } from 'react';
import { lonePoints } from './lone-points.ts';
import type { SeriesSpec } from './panel-spec.ts';
import type { ChartPoint } from './points.ts';

export interface LonePointsProps {
  series: readonly SeriesSpec[];
  points: readonly ChartPoint[];
  windowMs: number;
  max: number;
  widthPx: number;
  heightPx: number;
}

export const LonePoints = memo(function LonePoints(props: LonePointsProps) {
  const { series, points, windowMs, max, widthPx, heightPx } = props;
  const place = (t: number, value: number) => {
    const x = Math.round((1 + t / windowMs) * widthPx * 10) / 10;
    const y = Math.round((1 - Math.min(value / max, 1)) * heightPx * 10) / 10;
    return `M${x} ${y}h0`;
  };
  return (
    <svg className="layer" width={widthPx} height={heightPx} aria-hidden="true">
      {series.map(({ column, color, stack }) => {
        const dots = stack ? [] : lonePoints(points, column).filter(({ t }) => t >= -windowMs);
        return dots.length === 0 ? null : (
          <path
            key={column}
            d={dots.map(({ t, value }) => place(t, value)).join('')}
            stroke={color}
            strokeWidth={3}
            strokeLinecap="round"
          />
        );
      })}
    </svg>
  );
});
