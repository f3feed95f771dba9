/** Whether an instance should answer and doesn't. */
import type { Instance } from '../../../electron/contract/model.ts';

/** A stopped engine has no link and needs none. */
export function isLinkDown(instance: Instance): boolean {
  const status = instance.engine?.status;
  if (status !== undefined && status !== 'running') return false;
  return ['lost', 'waiting', 'failed'].includes(instance.link.status);
}
