/** A small chart of the reload: one series over the seconds since its start, zero based, with its figure in the head. */
import { useRef } from 'react';
import { useWidth } from '../workers/use-width.ts';
import { areaPath, dotPath, linePath, type MiniPoint, niceMax } from './mini-chart.ts';

export interface MiniChartProps {
  title: string;
  /** At the right of the head: `lowest 71 req/s`. */
  figure: string;
  points: readonly MiniPoint[];
  lengthMs: number;
  format: (value: number) => string;
  filled?: boolean;
  /** The scale never ends below this. */
  leastMax?: number;
}

const HEIGHT_PX = 82;
const LEFT_PX = 44;
const GAP_MS = 2500;

export function MiniChart({ title, figure, points, lengthMs, format, filled, leastMax = 0 }: MiniChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const widthPx = Math.max(useWidth(box) - LEFT_PX - 12, 1);
  const max = niceMax(Math.max(leastMax, ...points.map((point) => point.value ?? 0)));
  const scale = { widthPx, heightPx: HEIGHT_PX, lengthMs, max };
  const halfS = Math.round(lengthMs / 2000);
  return (
    <section className="mini" ref={box} aria-label={title}>
      <div className="mini-head">
        <h3 className="md">{title}</h3>
        <span className="grow" />
        <span className="m t11">{figure}</span>
      </div>
      <svg
        width={widthPx + LEFT_PX + 12}
        height={HEIGHT_PX + 22}
        role="img"
        aria-label={`${title} since the start: ${figure}`}
      >
        <g transform={`translate(${LEFT_PX} 4)`}>
          {[0, 0.5, 1].map((share) => {
            const y = Math.round(HEIGHT_PX * (1 - share)) + 0.5;
            return (
              <g key={share}>
                <line x1={0} x2={widthPx} y1={y} y2={y} stroke="var(--c-grid)" />
                <text x={-6} y={y + 3} textAnchor="end">
                  {share === 0 ? '0' : format(max * share)}
                </text>
              </g>
            );
          })}
          {filled ? <path d={areaPath(points, scale, GAP_MS)} fill="var(--c-fill)" /> : null}
          <path d={linePath(points, scale, GAP_MS)} fill="none" stroke="var(--c-1)" strokeWidth={1.25} />
          <path d={dotPath(points, scale, GAP_MS)} stroke="var(--c-1)" strokeWidth={3} strokeLinecap="round" />
          <text x={0} y={HEIGHT_PX + 14}>
            0 s
          </text>
          <text x={widthPx / 2} y={HEIGHT_PX + 14} textAnchor="middle">
            {halfS} s
          </text>
          <text x={widthPx} y={HEIGHT_PX + 14} textAnchor="end">
            {Math.round(lengthMs / 1000)} s
          </text>
        </g>
      </svg>
    </section>
  );
}
