/** What the bundled engine keeps of the failed runs of a task, `.attempts/NAME` in its folder: one JSON object. Pure. */
import { z } from 'zod';
import type { TaskFailures } from '../../contract/background-model.ts';
import { hideSecrets } from '../logs/line-secrets.ts';
import { stripControls } from '../logs/log-text.ts';

const recordSchema = z.object({
  attempts: z.number().int().nonnegative(),
  last: z.number().nonnegative(),
  reason: z.string(),
});

/** null: there is none, as with a real uWSGI, or it is none of the engine's. */
export function parseFailures(text: string, aheadMs: number): TaskFailures | null {
  const record = recordSchema.safeParse(parseJson(text));
  if (!record.success) return null;
  const { attempts, last, reason } = record.data;
  return { attempts, lastAtMs: last * 1000 - aheadMs, reason: hideSecrets(stripControls(reason)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No record, or one that is being written.
    return null;
  }
}
