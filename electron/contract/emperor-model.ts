/**
 * What an emperor rules, as data for its page: one row a vassal, with its state, the cause in words and the wait of the
 * blacklist. The same of a real uWSGI and of the bundled engine. null means "not known", never 0.
 */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number();

/**
 *   on demand   waits for its first connection      accepting  its workers take requests
 *   starting    its process exists                   loyal      it has answered a request
 *   ready       its application is loaded            late       its heartbeat does not come
 *   throttled   it died early and waits              cursed     it was told to end
 *   refused     it is not started as it is              gone       on the blacklist, and not tried any more
 */
export const vassalStateSchema = z.enum([
  'refused',
  'throttled',
  'cursed',
  'late',
  'starting',
  'ready',
  'accepting',
  'loyal',
  'on demand',
  'gone',
]);
export type VassalRowState = z.infer<typeof vassalStateSchema>;

export const vassalRowSchema = z.object({
  /** One of a kind on this page. */
  key: z.string(),
  /** Of the vassal that is its emperor; null: it stands on top. */
  parentKey: z.string().nullable(),
  depth: count,
  /** Instance of the emperor it is under. */
  emperorId: z.string(),
  /** As its emperor calls it. */
  id: z.string(),
  state: vassalStateSchema,
  level: z.enum(['ok', 'warn', 'crit', 'off']),
  /** In words; empty: there is nothing to say. */
  cause: z.string(),
  pid: count.nullable(),
  upSinceMs: ms.nullable(),
  respawns: count,
  uid: count.nullable(),
  gid: count.nullable(),
  /** Folder, pattern or address that has announced it. */
  monitor: z.string().nullable(),
  /** Its configuration file; null: it comes from elsewhere, or it is not known where it is. */
  configPath: z.string().nullable(),
  /** Socket that the emperor holds for it. */
  onDemand: z.string().nullable(),
  /** When its file was changed, as the emperor has seen it. */
  changedAtMs: ms.nullable(),
  readyAtMs: ms.nullable(),
  loyalAtMs: ms.nullable(),
  heartbeatAtMs: ms.nullable(),
  /** It died early, so often in a row. `nextAtMs` null: not known. */
  blacklist: z.object({ waitMs: ms, attempts: count, firstAtMs: ms, lastAtMs: ms, nextAtMs: ms.nullable() }).nullable(),
  /** Instance that is attached to it. */
  instanceId: z.string().nullable(),
  /** It is an emperor itself. */
  isEmperor: z.boolean(),
});
export type VassalRow = z.infer<typeof vassalRowSchema>;

export const emperorHeadSchema = z.object({
  atMs: ms,
  pid: count,
  /** What is watched, as it was written. */
  monitors: z.array(z.string()),
  tyrant: z.boolean(),
  /** The bundled engine tells states and causes itself; of a real uWSGI they are concluded. */
  tellsCauses: z.boolean(),
});

export const emperorSchema = z.object({ head: emperorHeadSchema, vassals: z.array(vassalRowSchema) });
export type Emperor = z.infer<typeof emperorSchema>;

/** Vassals of one call: each may be a command on another machine, and a call ends after 15 s. */
export const MOST_VASSALS_A_CALL = 10;
export const vassalIdSchema = z.string().min(1).max(4_096);

export const vassalResultSchema = z.object({
  id: z.string(),
  status: z.enum(['done', 'already', 'failed']),
  /** What was done, or why not, in a sentence. */
  text: z.string(),
  instanceId: z.string().nullable(),
});
export type VassalResult = z.infer<typeof vassalResultSchema>;

/** Lines of the emperor's log that name a vassal, oldest first. */
export const vassalLogSchema = z.object({
  /** The file; null: none is known. */
  path: z.string().nullable(),
  lines: z.array(z.string()),
  /** Why there are none; null: it was read. */
  reason: z.string().nullable(),
});
export type VassalLog = z.infer<typeof vassalLogSchema>;
