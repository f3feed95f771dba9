/**
 * Many instances, as data: how the Fleet page is arranged, what an import would add, what an export gives. Figures of
 * many instances travel as rows of numbers (FIGURE_NAMES), because every one of them is new every second.
 */
import { z } from 'zod';

/** Order of a row of figures; `model.ts` has their meaning. */
export const FIGURE_NAMES = [
  'atMs',
  'reqPerSec',
  'avgRtMs',
  'busy',
  'workers',
  'listenQueue',
  'listenMax',
  'listenQueueErrors',
  'rssBytes',
  'rssLargestBytes',
  'txBytesPerSec',
  'txBytesTotal',
  'exceptionsPerMin',
  'exceptionsTotal',
  'harakiriTotal',
  'harakiriLastHour',
  'requestsTotal',
  'staticPerSec',
  'staticTotal',
  'routedPerSec',
  'routedTotal',
  'websockets',
] as const;

export const groupBySchema = z.enum(['tag', 'host']);

export const fleetViewSchema = z.object({
  /** Of the fleet and of the rail. */
  groupBy: groupBySchema,
  filters: z.array(z.object({ name: z.string().min(1).max(40), filter: z.string().max(400) })).max(30),
  /** Columns in the user's order; what is not named keeps its place and width. */
  columns: z
    .array(z.object({ id: z.string().max(40), widthPx: z.number().min(40).max(800).nullable(), isHidden: z.boolean() }))
    .max(40),
});
export type FleetView = z.infer<typeof fleetViewSchema>;
export const DEFAULT_FLEET_VIEW: FleetView = { groupBy: 'tag', filters: [], columns: [] };

/** Sparklines: one point in so long, so many points. */
export const SPARK_EVERY_MS = 10_000;
export const MOST_SPARK_POINTS = 90;

export const fleetSparksSchema = z.object({
  /** Of each instance, the newest point last; null: not known then. */
  sparks: z.array(
    z.object({
      instanceId: z.string(),
      lastAtMs: z.number(),
      reqPerSec: z.array(z.number().nullable()).max(MOST_SPARK_POINTS),
    }),
  ),
});
export type FleetSparks = z.infer<typeof fleetSparksSchema>;

/** Characters of a file that is imported. */
export const LARGEST_IMPORT = 4_000_000;

export const importFormatSchema = z.enum(['csv', 'ansible-ini', 'ansible-yaml']);
export type ImportFormat = z.infer<typeof importFormatSchema>;
export const exportFormatSchema = z.enum(['csv', 'json']);
export type ExportFormat = z.infer<typeof exportFormatSchema>;

const tagsSchema = z.array(z.string().min(1).max(60)).max(20);

export const importRowSchema = z.object({
  name: z.string().max(100),
  /** Stats address with its machine. */
  address: z.string().min(1).max(1_000),
  tags: tagsSchema,
});
export type ImportRow = z.infer<typeof importRowSchema>;

export const previewRowSchema = z.object({
  /** Line of the file it stands in. */
  line: z.number().int().nonnegative(),
  name: z.string(),
  /** In its one spelling; null: only the host is known, its servers have to be looked for. */
  address: z.string().nullable(),
  /** MachineId. */
  machine: z.string(),
  tags: tagsSchema,
  /** `known`: it is in the list already; `again`: an earlier line of the file has it. */
  status: z.enum(['new', 'known', 'again']),
});
export type PreviewRow = z.infer<typeof previewRowSchema>;

export const fleetPreviewSchema = z.object({
  rows: z.array(previewRowSchema),
  errors: z.array(z.object({ line: z.number().int().nonnegative(), text: z.string() })),
});
export type FleetPreview = z.infer<typeof fleetPreviewSchema>;

export const importResultSchema = z.object({
  added: z.number().int().nonnegative(),
  /** Left out, each with its reason. */
  refused: z.array(z.object({ address: z.string(), text: z.string() })),
});

export const fleetExportSchema = z.object({ fileName: z.string(), text: z.string() });
