/** Live figures beside the options of a configuration: what an option comes to on the running server. */
import { z } from 'zod';

export const figurePartSchema = z.object({
  text: z.string(),
  /** `label` is quiet, `value` plain; `warn` and `crit` ask for a look. */
  tone: z.enum(['label', 'value', 'warn', 'crit']),
});
export type FigurePart = z.infer<typeof figurePartSchema>;

export const optionFigureSchema = z.object({
  /** Main name of the option. */
  option: z.string(),
  /** One line for the gutter, `peak busy` and `14 of 16`. */
  parts: z.array(figurePartSchema),
  /** More of it, name and value, for cards. */
  rows: z.array(z.tuple([z.string(), z.string()])),
  /** Only with enough data; null: nothing to suggest. */
  suggestion: z.object({ value: z.string(), title: z.string() }).nullable(),
  /** What the figures rest on and what they mean, in a sentence. */
  evidence: z.string(),
});
export type OptionFigure = z.infer<typeof optionFigureSchema>;

export const liveFiguresSchema = z.object({
  /** null: the server has not answered yet. */
  atMs: z.number().nullable(),
  /** Span of the samples behind the figures, at most 15 minutes. */
  windowMs: z.number(),
  figures: z.array(optionFigureSchema),
});
export type LiveFigures = z.infer<typeof liveFiguresSchema>;
