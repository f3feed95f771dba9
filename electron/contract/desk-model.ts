/**
 * What stands below the editor: versions of a file, drift, effective options, comparisons, and texts that were not saved.
 */
import { z } from 'zod';
import { LARGEST_CONFIG } from './model.ts';

const ms = z.number();
const lineNumber = z.number().int().nonnegative();

/** Where a line stands and the way it came in, innermost step first. */
export const configOriginSchema = z.object({
  file: z.string(),
  /** 0: it came from no file. */
  line: lineNumber,
  via: z.array(z.object({ option: z.string(), value: z.string(), file: z.string(), line: lineNumber })),
});
export type ConfigOrigin = z.infer<typeof configOriginSchema>;

const effectSchema = z.enum(['workers', 'reload', 'restart']);

export const effectiveOptionSchema = z.object({
  name: z.string(),
  /** As it is written: an alias, perhaps. */
  key: z.string(),
  value: z.string(),
  origin: configOriginSchema,
  status: z.enum(['in effect', 'overridden', 'placeholder', 'unknown']),
  effect: effectSchema,
});
export type EffectiveOptionRow = z.infer<typeof effectiveOptionSchema>;

export const configEffectiveSchema = z.object({
  options: z.array(effectiveOptionSchema),
  /** Why it could not be read to its end. */
  problems: z.array(z.string()),
  /** What uWSGI says while it reads. */
  notices: z.array(z.string()),
  /** Files that were read, in order. */
  files: z.array(z.string()),
  /** The lines in effect as one INI text. */
  ini: z.string(),
});
export type ConfigEffective = z.infer<typeof configEffectiveSchema>;

const settingValueSchema = z.object({ key: z.string(), value: z.string(), origin: configOriginSchema });

export const configChangeSchema = z.object({
  /** Option; `env NAME` for one variable, `route` for a chain of routes. */
  name: z.string(),
  type: z.enum(['added', 'removed', 'changed', 'reordered']),
  before: z.array(settingValueSchema),
  after: z.array(settingValueSchema),
  /** What it takes until the change is in effect. */
  needs: effectSchema,
});
export type ConfigChange = z.infer<typeof configChangeSchema>;

/** One side of a comparison. */
export const configSideSchema = z.discriminatedUnion('type', [
  /** The file of an instance as it is now, read as its server does. */
  z.object({ type: z.literal('disk'), instanceId: z.string() }),
  z.object({ type: z.literal('text'), instanceId: z.string(), text: z.string().max(LARGEST_CONFIG) }),
  z.object({ type: z.literal('version'), instanceId: z.string(), versionId: z.number().int() }),
  z.object({ type: z.literal('file'), path: z.string().min(1).max(4_096) }),
]);
export type ConfigSide = z.infer<typeof configSideSchema>;

export const configComparisonSchema = z.object({
  changes: z.array(configChangeSchema),
  summary: z.string(),
  /** Why a side could not be read to its end. */
  problems: z.array(z.string()),
});
export type ConfigComparison = z.infer<typeof configComparisonSchema>;

export const configVersionSchema = z.object({
  id: z.number().int(),
  atMs: ms,
  /** `saved`: from here; `seen`: another program wrote it. */
  kind: z.enum(['saved', 'seen']),
  who: z.string().nullable(),
  sha256: z.string(),
  sizeBytes: lineNumber,
  /** What it changed, in words; null for the first that is kept. */
  summary: z.string().nullable(),
  /** What became of it; null: no server is known to have read it. */
  result: z
    .object({
      status: z.enum(['done', 'done-with', 'stuck', 'failed', 'waiting']),
      text: z.string(),
      atMs: ms.nullable(),
      reloadId: z.string().nullable(),
    })
    .nullable(),
});
export type ConfigVersion = z.infer<typeof configVersionSchema>;

export const configHistorySchema = z.object({
  path: z.string(),
  /** Newest first. */
  versions: z.array(configVersionSchema),
  mostVersions: z.number(),
});
export type ConfigHistory = z.infer<typeof configHistorySchema>;

export const configDriftSchema = z.object({
  status: z.enum(['same', 'drift', 'unknown', 'stopped']),
  /** When the server read its configuration last. */
  loadedAtMs: ms.nullable(),
  /** One sentence: what is compared, or why nothing can be. */
  basis: z.string(),
  /** What is not known for certain. */
  notes: z.array(z.string()),
  /** From what runs to what is on the disk. */
  changes: z.array(configChangeSchema),
});
export type ConfigDrift = z.infer<typeof configDriftSchema>;

export const configDraftSchema = z.object({ atMs: ms, baseSha256: z.string(), text: z.string() });
export type ConfigDraft = z.infer<typeof configDraftSchema>;

export const configDeskSchema = z.object({
  /** Saving alone reloads the server, and why; null: it does not. */
  saveReloads: z.string().nullable(),
  /** A text of an earlier session that was not saved. */
  draft: configDraftSchema.nullable(),
});
