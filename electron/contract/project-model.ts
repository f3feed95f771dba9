/** A folder that has an application and no configuration file yet, and the file that it may get. */
import { z } from 'zod';

/** Answers to the questions of a preset, by their ids. */
const answersSchema = z.record(z.string().max(40), z.string().max(4_096));

/** A folder without a configuration file: what could be served from it. */
export const projectSchema = z.object({
  folder: z.string(),
  /** Of the file that could be written: a name that is free. */
  fileName: z.string(),
  applications: z.array(
    z.object({
      title: z.string(),
      /** The file that tells, from the folder. */
      file: z.string(),
      preset: z.string(),
      answers: answersSchema,
      /** Answers that are folders within the folder; empty: the folder itself. */
      folders: answersSchema,
    }),
  ),
  /** What looks like an application and can not be served as it is. */
  remarks: z.array(z.string()),
  /** Free on this machine now. */
  ports: z.object({ http: z.number().int(), stats: z.number().int() }),
});
export type Project = z.infer<typeof projectSchema>;

/** The file that was agreed to: what it says is the preset with these answers. */
export const projectFileSchema = z.object({
  folder: z.string().min(1).max(4_096),
  name: z.string().max(200),
  preset: z.string().max(60),
  answers: answersSchema,
});
export type ProjectFile = z.infer<typeof projectFileSchema>;
