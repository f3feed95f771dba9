/**
 * Where a running server listens for reloads: the FIFO and the watched files of the configuration that it has read,
 * which the file on the disk may not say any more. What it says by now comes into effect with that very reload.
 */
import type { ConfigHistory } from '../history/config-history.ts';
import type { Instance } from '../instances/instance.ts';
import type { Ports } from '../ports.ts';
import { filesAt } from './config-drift.ts';
import type { EffectiveConfig } from './effective-config.ts';
import { findLastLoad } from './last-load.ts';
import { readingOf, readWith } from './option-reading.ts';
import { readEffectiveConfig } from './read-effective.ts';

/**
 * `config`: as on the disk. It stays as it is when that was not changed since, or when what was read is not known.
 * `argv`: what the server was started with, where that is known; otherwise it is looked for.
 */
export async function withRunningChannels(
  config: EffectiveConfig,
  instance: Instance,
  history: ConfigHistory,
  ports: Ports,
  argv: readonly string[] | null,
): Promise<EffectiveConfig> {
  const path = instance.record.configPath ?? config.configPath;
  if (path === null) return config;
  const load = await findLastLoad(instance, history, path);
  if (load === null) return config;
  const reading = await readingOf(instance, ports);
  const { texts, missing } = await filesAt(reading, path, load, history);
  if (missing !== null || texts.size === 0) return config;
  const { masterFifos, touchReload } = await readWith(reading, texts, (host) =>
    readEffectiveConfig(argv ?? reading.argv, host),
  );
  return { ...config, masterFifos, touchReload };
}
