/**
 * What one panel draws for a frame: points, scale, and the sentence for those who can't see it. It remembers the last
 * drawing, so that the scale keeps still and nothing is computed twice for one frame or while the panel is off screen.
 */
import { quantityText } from '../format/quantity.ts';
import type { SampleRing } from '../stores/sample-ring.ts';
import type { ChartFrame } from './frame-source.ts';
import { type Bound, isStacked, type PanelSpec } from './panel-spec.ts';
import { type ChartPoint, linePoints, rangeOf, type Span, stackPoints } from './points.ts';
import { keepScale, type Scale } from './scale.ts';

export interface Drawing {
  frame: ChartFrame;
  most: number;
  points: ChartPoint[];
  /** Columns that have something to draw, joined by blanks: states nobody is in cost nothing. */
  drawn: string;
  scale: Scale;
  summary: string;
}

export interface PanelPainter {
  /** `most`: how many points there is room for. */
  draw(frame: ChartFrame, bound: Bound | null, isSeen: boolean, most: number): Drawing;
}

/** A bound is drawn when it says something: when the data has come this near to it. */
const NEAR_BOUND = 1 / 4;

export function createPanelPainter(spec: PanelSpec, ring: SampleRing): PanelPainter {
  const columns = spec.series.map(({ column }) => column);
  const [leading] = columns;
  let last: Drawing | null = null;
  return {
    draw(frame, bound, isSeen, most) {
      if (last && (!isSeen || (last.frame === frame && last.most === most))) return last;
      const range = rangeOf(ring, frame, columns);
      const peak = isStacked(spec) ? stackPeak(ring, frame, columns) : (range?.highest ?? 0);
      const wanted = bound && peak > bound.value * NEAR_BOUND ? Math.max(peak, bound.value) : peak;
      const isSameWindow = last !== null && widthOf(last.frame) === widthOf(frame);
      const scale = keepScale(isSameWindow ? (last?.scale ?? null) : null, wanted, spec.kind);
      const points =
        isStacked(spec) && leading
          ? stackPoints(ring, frame, columns, leading, most)
          : linePoints(ring, frame, columns, most);
      const drawn = columns.filter((column) => !isStacked(spec) || points.some((point) => point[column])).join(' ');
      last = { frame, most, points, drawn, scale, summary: summaryOf(spec, ring, frame, range) };
      return last;
    },
  };
}

function widthOf({ fromMs, toMs }: Span): number {
  return toMs - fromMs;
}

function stackPeak(
  ring: SampleRing,
  { fromMs }: Span,
  columns: readonly PanelSpec['series'][number]['column'][],
): number {
  let peak = 0;
  for (let index = ring.indexFrom(fromMs); index < ring.length; index += 1) {
    peak = Math.max(
      peak,
      columns.reduce((sum, column) => sum + (ring.at(column, index) ?? 0), 0),
    );
  }
  return peak;
}

/** `Requests, last 15 min: now 86 req/s, lowest 33 req/s, highest 93 req/s`. */
function summaryOf(spec: PanelSpec, ring: SampleRing, frame: Span, range: ReturnType<typeof rangeOf>): string {
  const minutes = Math.round(widthOf(frame) / 60_000);
  const say = (value: number | null) => quantityText(spec.format(value));
  if (!range) return `${spec.title}, last ${minutes} min: no data`;
  const now = spec.series
    .map(({ label, column }) => `${label ? `${label} ` : ''}${say(ring.at(column, ring.length - 1))}`)
    .join(', ');
  return `${spec.title}, last ${minutes} min: now ${now}, lowest ${say(range.lowest)}, highest ${say(range.highest)}`;
}
