/**
 * Carries out a reload: the one write, touch or signal that the plan has shown. What comes of it is watched elsewhere.
 */
import { open } from 'node:fs/promises';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { ReloadMethod } from '../../contract/model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { CoreError, describe } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { writeFifo } from './fifo.ts';
import { letterOf } from './reload-methods.ts';
import { checkMaster } from './reload-plan.ts';

/** The one thing that changes the server; gives what was done, for the report. */
export async function act(
  instance: Instance,
  method: ReloadMethod,
  config: EffectiveConfig | null,
  document: StatsDocument,
): Promise<string> {
  const letter = letterOf(method.id);
  const fifo = config?.masterFifos[0];
  if (letter !== null && fifo !== undefined) {
    await writeFifo(fifo, letter);
    return `Wrote ${letter} to ${fifo}`;
  }
  const touch = config?.touchReload[0];
  if (method.id === 'touch' && touch !== undefined) {
    await touchFile(touch);
    return `Touched ${touch}`;
  }
  const { pid } = document;
  await checkMaster(instance, document);
  try {
    process.kill(pid, 'SIGHUP');
  } catch (error) {
    throw new CoreError('signal-failed', { pid, reason: describe(error) }, { cause: error });
  }
  return `Sent SIGHUP to process ${pid}`;
}

/** uWSGI compares whole seconds: a second touch within one second gets the time of the next one. */
async function touchFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'a');
    try {
      const before = await handle.stat();
      const seconds = Math.max(Math.floor(Date.now() / 1000), Math.floor(before.mtimeMs / 1000) + 1);
      await handle.utimes(seconds, seconds);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CoreError('touch-failed', { path, reason: describe(error) }, { cause: error });
  }
}
