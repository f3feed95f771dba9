/** Parameters that many methods of the contract have. */
import { z } from 'zod';

export const nothing = z.object({});
/** Of an instance, a reload, a question. */
export const shortId = z.string().max(100);
export const pathText = z.string().max(4_096);
export const byId = z.object({ instanceId: shortId });
