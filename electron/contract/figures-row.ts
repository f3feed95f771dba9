/** Figures as a row of numbers and back. Pure. */
import { FIGURE_NAMES } from './fleet-model.ts';
import { type Figures, type FiguresRow, figuresSchema } from './model.ts';

export function encodeFigures(id: string, figures: Figures): FiguresRow {
  return [id, FIGURE_NAMES.map((name) => figures[name])];
}

/** Throws when a figure is none that the schema allows. */
export function decodeFigures([, values]: FiguresRow): Figures {
  return figuresSchema.parse(Object.fromEntries(FIGURE_NAMES.map((name, index) => [name, values[index]])));
}
