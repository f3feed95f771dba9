/** Whether an instance should answer and doesn't. */
import type { Instance } from '../../../electron/contract/model.ts';

/**
 * True from the second failed poll on, also while the next try runs (the reason of the last one stays until it answers).
 * A stopped engine has no link and needs none; one missed poll is no news. `idle` is a link that was given up.
 */
export function isLinkDown({ engine, link }: Pick<Instance, 'engine' | 'link'>): boolean {
  if (engine !== null && engine.status !== 'running') return false;
  if (link.status === 'waiting' || link.status === 'failed' || link.status === 'idle') return true;
  return link.status === 'connecting' && link.code !== null;
}

/** No figures come from it now, because of the link or because it does not run: what is shown of it is of before. */
export function isSilent(instance: Pick<Instance, 'engine' | 'link'>): boolean {
  return isLinkDown(instance) || (instance.engine !== null && instance.engine.status !== 'running');
}
