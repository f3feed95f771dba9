/**
 * What is kept of an instance between sessions, in instances.json of the data folder.
 */
import { z } from 'zod';

export const instanceRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['engine', 'attached', 'emperor']),
  /**
   * In the one spelling of stats/target.ts. Without a socket (empty, `ssh://web1`): an engine that has not been started
   * yet, or a vassal of which only the configuration is known.
   */
  statsAddress: z.string(),
  configPath: z.string().nullable(),
  sample: z.boolean(),
  /** Engines that ran when Reeve was closed run again at its next start. */
  wanted: z.enum(['running', 'stopped']),
  /** Reload methods whose exact action the user has seen and accepted. */
  acceptedMethods: z.array(z.string()),
  lastReloadAtMs: z.number().nullable(),
  tags: z.array(z.string()).default([]),
  /** Reloads and actions go through `sudo -n`, as the last time. */
  sudo: z.boolean().optional(),
});
export type InstanceRecord = z.infer<typeof instanceRecordSchema>;

export const instancesFileSchema = z.object({ version: z.literal(1), instances: z.array(instanceRecordSchema) });
export type InstancesFile = z.infer<typeof instancesFileSchema>;
