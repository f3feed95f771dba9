/**
 * Paints the state raster on a canvas in device pixels: one row a worker, colours from the theme in effect.
 * Geometry comes from raster-model.ts; axis, marks and the legend are markup around the canvas.
 */
import { type RasterWindow, rasterGaps, rasterRuns, type StateSample, sampleColumns } from './raster-model.ts';

export const ROW_PX = 13;
const BAR_PX = 9;

export interface RasterPicture {
  samples: readonly StateSample[];
  rows: number;
  window: RasterWindow;
  intervalMs: number;
  selectedRow: number | null;
}

/** Draws everything anew; `widthPx` of the window is in CSS pixels. */
export function paintRaster(canvas: HTMLCanvasElement, picture: RasterPicture): void {
  const ratio = devicePixelRatio || 1;
  const width = Math.round(picture.window.widthPx * ratio);
  const height = Math.round(picture.rows * ROW_PX * ratio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const inks = readInks(canvas, context, ratio);
  const window = { ...picture.window, widthPx: width };
  context.clearRect(0, 0, width, height);
  if (picture.selectedRow !== null) {
    context.fillStyle = inks.selected;
    context.fillRect(0, Math.round(picture.selectedRow * ROW_PX * ratio), width, Math.round(ROW_PX * ratio));
  }
  const columns = sampleColumns(picture.samples, window, picture.intervalMs);
  for (let row = 0; row < picture.rows; row += 1) {
    const top = Math.round((row * ROW_PX + (ROW_PX - BAR_PX) / 2) * ratio);
    for (const run of rasterRuns(picture.samples, columns, row, width)) {
      const ink = inks.states[run.state];
      if (!ink) continue;
      context.globalAlpha = ink.alpha;
      context.fillStyle = ink.fill;
      context.fillRect(run.from, top, run.to - run.from, Math.round(BAR_PX * ratio));
    }
  }
  context.globalAlpha = 1;
  context.fillStyle = inks.gap;
  for (const gap of rasterGaps(picture.samples, window, picture.intervalMs)) {
    context.fillRect(gap.from, 0, gap.to - gap.from, height);
  }
}

interface Ink {
  fill: string | CanvasPattern;
  alpha: number;
}

interface Inks {
  states: Readonly<Record<string, Ink>>;
  selected: string;
  gap: string;
}

function readInks(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, ratio: number): Inks {
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    selected: token('--bg-sel'),
    gap: token('--c-gap'),
    states: {
      i: { fill: token('--st-idle'), alpha: 0.22 },
      b: { fill: token('--st-busy'), alpha: 0.7 },
      l: { fill: token('--warn'), alpha: 1 },
      c: { fill: hatch(context, token('--st-cheap'), ratio), alpha: 1 },
      p: { fill: token('--st-pause'), alpha: 1 },
      s: { fill: token('--st-sig'), alpha: 1 },
      d: { fill: token('--st-down'), alpha: 1 },
      n: { fill: token('--c-2'), alpha: 1 },
    },
  };
}

/** Diagonal lines, as the design draws cheap workers. */
function hatch(context: CanvasRenderingContext2D, colour: string, ratio: number): string | CanvasPattern {
  const side = Math.round(4 * ratio);
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = ratio;
  pen.beginPath();
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift, side);
    pen.lineTo(shift + side, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}
