/**
 * What the editor asks about the server that a configuration text belongs to: what variables and placeholders stand
 * for there, what paths there are, and the text of the other files that the configuration reads.
 */
import { z } from 'zod';

/** The most resolved options that are sent; what is beyond is shown without its value. */
export const MOST_VALUES = 5_000;
export const MOST_PATHS = 500;

export const configContextSchema = z.object({
  /** Folder that relative paths start from, and that of `chdir` for those that are opened later. */
  startFolder: z.string(),
  chdir: z.string(),
  /** Value of each magic variable by its letter: `d` for `%d`. */
  magic: z.record(z.string(), z.string()),
  /** Variables for `$(NAME)`. `value` null: it looks like a secret and is not shown. */
  environment: z.array(z.object({ name: z.string(), value: z.string().nullable() })),
  /** Every option in the order of `show-config`, placeholders replaced. Line 0: not from a file. */
  values: z.array(z.object({ key: z.string(), value: z.string(), file: z.string(), line: z.number().int() })),
  /** Files that it reads, itself included: these can be peeked into. */
  files: z.array(z.string()),
  /** Why it can't be read to its end; then `values` is empty. */
  problem: z.string().nullable(),
});
export type ConfigContext = z.infer<typeof configContextSchema>;

export const configPathsSchema = z.object({
  /** The folder that was looked into, absolute; null: there is none. */
  folder: z.string().nullable(),
  entries: z.array(z.object({ name: z.string(), kind: z.enum(['folder', 'file', 'other']) })),
  /** There are more than were sent. */
  isCut: z.boolean(),
});
export type ConfigPaths = z.infer<typeof configPathsSchema>;

export const configPeekSchema = z.object({
  path: z.string(),
  text: z.string(),
  /** The section that was named with the file; null: none. */
  section: z.string().nullable(),
});
export type ConfigPeek = z.infer<typeof configPeekSchema>;
