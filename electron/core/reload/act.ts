/**
 * Carries out a reload: the one write, touch, signal or command that the plan has shown. What comes of it is watched
 * elsewhere.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { ReloadMethod } from '../../contract/reload-model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { type Control, reloadUnit, sendSignal, touchFile, writeFifo } from '../control/control.ts';
import { unitOf } from '../discover/supervisor.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { findMaster } from './master-check.ts';
import { letterOf } from './reload-methods.ts';

export interface Act {
  instance: Instance;
  method: ReloadMethod;
  config: EffectiveConfig | null;
  document: StatsDocument;
  sudo: boolean;
}

/** The one thing that changes the server; gives what was done, for the report. */
export async function act({ instance, method, config, document, sudo }: Act): Promise<string> {
  const control: Control = { machine: instance.machine, sudo };
  const letter = letterOf(method.id);
  if (letter !== null) {
    const fifo = given(config?.masterFifos[0], method);
    await writeFifo(control, fifo, letter);
    return `Wrote ${letter} to ${fifo}`;
  }
  switch (method.id) {
    case 'touch':
      return touch(control, given(config?.touchReload[0], method), false);
    case 'touch-chain':
      return touch(control, given(config?.touchChainReload[0], method), false);
    case 'touch-workers':
      return touch(control, given(config?.touchWorkersReload[0], method), false);
    case 'emperor-touch':
      return touch(control, given(config?.configPath, method), true);
    case 'systemd': {
      const unit = given(unitOf(await findMaster(instance, document)), method);
      await reloadUnit(control, unit);
      return `systemd reloaded ${unit}`;
    }
    case 'signal':
    case 'fifo-graceful':
    case 'fifo-chain':
    case 'fifo-workers':
    case 'fifo-force': {
      const { pid, args } = await findMaster(instance, document);
      await sendSignal(control, { pid, masterArgs: args, masterPid: null }, 'HUP');
      return `Sent SIGHUP to process ${pid}`;
    }
  }
}

async function touch(control: Control, path: string, exists: boolean): Promise<string> {
  await touchFile(control, path, exists);
  return `Touched ${path}`;
}

/** The plan enables a method only where this is known; it may have gone since. */
function given(value: string | null | undefined, { title }: ReloadMethod): string {
  if (value == null) throw new CoreError('reload-method', { title, reason: 'The configuration has changed.' });
  return value;
}
