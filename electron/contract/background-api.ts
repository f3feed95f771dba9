/** The part of the RPC table (api.ts) about work beside requests, tasks of spoolers, and emperors with their vassals. */
import { z } from 'zod';
import {
  backgroundSchema,
  MOST_TASKS_A_CALL,
  spoolListSchema,
  spoolTaskSchema,
  taskNameSchema,
  taskResultSchema,
} from './background-model.ts';
import {
  emperorHeadSchema,
  emperorSchema,
  MOST_VASSALS_A_CALL,
  vassalIdSchema,
  vassalLogSchema,
  vassalResultSchema,
  vassalRowSchema,
} from './emperor-model.ts';
import { instanceSchema } from './model.ts';
import { byId, nothing, pathText } from './params.ts';

const inSpool = byId.extend({ folder: pathText.min(1) });
const chosenTasks = inSpool.extend({
  tasks: z.array(taskNameSchema).min(1).max(MOST_TASKS_A_CALL),
  /** What was typed for a read-only instance. */
  confirmedName: z.string().max(200).optional(),
});
const chosenVassals = byId.extend({ vassals: z.array(vassalIdSchema).min(1).max(MOST_VASSALS_A_CALL) });

export const backgroundMethods = {
  /**
   * What runs beside requests, and from then on `background.changed` with each poll, on this connection, until
   * `background.unwatch`. null: the server has not answered yet.
   */
  'background.watch': { params: byId, result: z.object({ background: backgroundSchema.nullable() }) },
  'background.unwatch': { params: byId, result: nothing },

  /**
   * An emperor's vassals, and from then on `emperor.changed` with each poll, on this connection, until
   * `emperor.unwatch`. null: it has not answered yet. A vassal is named by the key of its row, to the emperor it is under.
   */
  'emperor.watch': { params: byId, result: z.object({ emperor: emperorSchema.nullable() }) },
  'emperor.unwatch': { params: byId, result: nothing },
  /** Touches the files of vassals: their emperor reloads them. */
  'emperor.touch': {
    /** `confirmedName`: what was typed for a read-only instance. */
    params: chosenVassals.extend({ confirmedName: z.string().max(200).optional() }),
    result: z.object({ results: z.array(vassalResultSchema) }),
  },
  /** Attaches to those that have a stats address in their configuration. */
  'emperor.attach': { params: chosenVassals, result: z.object({ results: z.array(vassalResultSchema) }) },
  /** The instance that has the configuration of a vassal on its Config page; made when there is none. */
  'emperor.open': { params: byId.extend({ vassal: vassalIdSchema }), result: instanceSchema },
  'emperor.log': { params: byId.extend({ vassal: vassalIdSchema }), result: vassalLogSchema },

  /** The tasks in a spooler's folder, which is one that the instance has. */
  'spool.list': { params: inSpool, result: spoolListSchema },
  /** What a task says; with its secrets by `reveal`, which goes onto the record of actions. A page shows them for a minute. */
  'spool.task': {
    params: inSpool.extend({ task: taskNameSchema, reveal: z.boolean() }),
    result: spoolTaskSchema,
  },
  /** Makes tasks due now; those that were given up are put back into the queue. */
  'spool.retry': { params: chosenTasks, result: z.object({ results: z.array(taskResultSchema) }) },
  'spool.delete': { params: chosenTasks, result: z.object({ results: z.array(taskResultSchema) }) },
} as const;

export const backgroundEvents = {
  'background.changed': z.object({ instanceId: z.string(), background: backgroundSchema }),
  /** `order`: keys of all rows, when it is another than before; rows that are not in it are gone. */
  'emperor.changed': z.object({
    instanceId: z.string(),
    head: emperorHeadSchema,
    changed: z.array(vassalRowSchema),
    order: z.array(z.string()).nullable(),
  }),
} as const;
