/** Instances whose tags make them read-only are changed only by who types their name. */
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';

/** Throws `name-needed`. */
export function requireName(instance: Instance, confirmedName: string | undefined): void {
  const { name } = instance.record;
  if (instance.isReadOnly && confirmedName?.trim() !== name) throw new CoreError('name-needed', { name });
}
