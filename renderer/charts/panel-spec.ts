/** What a chart panel is made of, as data: its series, how its figures are written, its bound. */
import type { SampleColumn } from '../../electron/contract/model.ts';
import type { Quantity } from '../format/quantity.ts';
import type { ScaleKind } from './scale.ts';

export interface SeriesSpec {
  column: SampleColumn;
  /** Word in the legend; the title of the panel stands for the only series. */
  label: string;
  /** Longer word for the tooltip. */
  name: string;
  color: string;
  widthPx: number;
  /** Flat fill below a single line. */
  isFilled?: boolean;
  /** Fill of a stacked area and its strength. */
  stack?: { fill: string; opacity: number };
}

export interface PanelSpec {
  id: string;
  title: string;
  kind: ScaleKind;
  series: readonly SeriesSpec[];
  format: (value: number | null) => Quantity;
  formatAxis: (value: number) => string;
  yWidthPx: number;
  /** Exceptions are drawn on the baseline of this panel. */
  withExceptions?: boolean;
}

/** Dashed line of a limit, drawn when it is within reach of the data. */
export interface Bound {
  label: string;
  value: number;
}

export const LANE_PX = 12;
export const AXIS_PX = 18;
export const RIGHT_PX = 10;
export const HEAD_PX = 25;

export function isStacked(spec: PanelSpec): boolean {
  return spec.series.some((series) => series.stack !== undefined);
}
