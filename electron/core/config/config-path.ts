/** Where the configuration file of an instance is. */
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';

/** Throws `config-none` when it is not known. */
export function configPathOf(instance: Instance): string {
  const path = instance.record.configPath ?? instance.config?.configPath ?? null;
  if (path === null) throw new CoreError('config-none', { name: instance.record.name });
  return path;
}
