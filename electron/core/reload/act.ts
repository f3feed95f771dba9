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

/** The one thing that changes the server. */
export async function act(
  instance: Instance,
  method: ReloadMethod,
  config: EffectiveConfig | null,
  document: StatsDocument,
): Promise<void> {
  const letter = letterOf(method.id);
  const fifo = config?.masterFifos[0];
  if (letter !== null && fifo !== undefined) {
    await writeFifo(fifo, letter);
    return;
  }
  const touch = config?.touchReload[0];
  if (method.id === 'touch' && touch !== undefined) {
    await touchFile(touch);
    return;
  }
  const masterPid = document.pid;
  await checkMaster(instance, document);
  try {
    process.kill(masterPid, 'SIGHUP');
  } catch (error) {
    throw new CoreError('signal-failed', { pid: masterPid, reason: describe(error) }, { cause: error });
  }
}

/** uWSGI compares whole seconds: a second touch within one second gets the time of the next one. */
async function touchFile(path: string): Promise<void> {
  try {
    const handle = await open(path, 'a');
    const before = await handle.stat();
    const seconds = Math.max(Math.floor(Date.now() / 1000), Math.floor(before.mtimeMs / 1000) + 1);
    await handle.utimes(seconds, seconds);
    await handle.close();
  } catch (error) {
    throw new CoreError('touch-failed', { path, reason: describe(error) }, { cause: error });
  }
}

/** What was done, for the report. */
export function actedText(method: ReloadMethod, config: EffectiveConfig | null, masterPid: number): string {
  const letter = letterOf(method.id);
  if (letter !== null) return `Wrote ${letter} to ${config?.masterFifos[0] ?? 'the FIFO'}`;
  return method.id === 'touch'
    ? `Touched ${config?.touchReload[0] ?? 'the file'}`
    : `Sent SIGHUP to process ${masterPid}`;
}
