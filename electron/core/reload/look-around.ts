/**
 * Looks at all that the ways to reload an instance depend on: its FIFO, touch files, master process, systemd unit and
 * emperor, on the machine it runs on. Changes nothing.
 */
import { posix } from 'node:path';
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { clockAheadMs } from '../config/machine-clock.ts';
import { type Control, checkFifo, isWritable } from '../control/control.ts';
import { findUserName } from '../control/user-name.ts';
import { type ProcessInfo, serverArguments } from '../discover/processes.ts';
import { unitOf } from '../discover/supervisor.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { findMaster, findSignalTrouble } from './master-check.ts';
import type { Findings, TouchFile, TouchId } from './reload-methods.ts';
import { systemdTrouble } from './systemd-unit.ts';

/** `loadedAtMs`: when a reload that was made from here read the configuration last; null: none is known. */
export async function lookAround(
  instance: Instance,
  config: EffectiveConfig | null,
  { sudo, loadedAtMs }: { sudo: boolean; loadedAtMs: number | null },
): Promise<Findings> {
  const { document, link } = instance.monitor;
  if (instance.record.kind === 'emperor') throw new CoreError('reload-emperor', { name: instance.record.name });
  if (document === null || link.status !== 'attached') {
    throw new CoreError('reload-no-figures', { name: instance.record.name });
  }
  const { machine } = instance;
  const control: Control = { machine, sudo };
  const master = await findMaster(instance, document).catch((error: unknown) => {
    if (error instanceof CoreError) return null;
    throw error;
  });
  const [fifo, touch, signalTrouble, systemd, vassal, configChanged] = await Promise.all([
    lookAtFifo(control, config, document),
    lookAtTouchFiles(control, config),
    findSignalTrouble(instance, document, sudo),
    master === null || instance.runner !== null ? null : lookAtUnit(control, master, config),
    master === null || instance.runner !== null ? null : lookAtVassal(control, master, config),
    hasChanged(instance, config, loadedAtMs),
  ]);
  return {
    config,
    masterPid: document.pid,
    fifo,
    touch,
    signalTrouble,
    systemd,
    vassal,
    isReeveEngine: instance.isReeveEngine,
    workers: document.workers.filter((worker) => worker.pid > 0).length,
    configChanged,
    machineName: machine.isLocal ? null : machine.name,
    sudo,
  };
}

async function lookAtFifo(
  control: Control,
  config: EffectiveConfig | null,
  document: StatsDocument,
): Promise<Findings['fifo']> {
  const path = config?.masterFifos[0];
  if (path === undefined) return null;
  const check = await checkFifo(control, path, document.pid);
  const owner = check.status === 'ready' ? await findUserName(control.machine, check.uid) : null;
  return { path, check, owner };
}

async function lookAtTouchFiles(control: Control, config: EffectiveConfig | null): Promise<Findings['touch']> {
  const options: [TouchId, string | undefined][] = [
    ['touch', config?.touchReload[0]],
    ['touch-chain', config?.touchChainReload[0]],
    ['touch-workers', config?.touchWorkersReload[0]],
  ];
  const looked = await Promise.all(
    options.map(async ([id, path]) =>
      path === undefined ? [] : [[id, await lookAtTouchFile(control, path)] as const],
    ),
  );
  return Object.fromEntries(looked.flat());
}

async function lookAtTouchFile(control: Control, path: string): Promise<TouchFile> {
  try {
    const exists = (await control.machine.files.stat(path)) !== null;
    if (await isWritable(control, exists ? path : posix.dirname(path))) return { path, exists, trouble: null };
    return { path, exists, trouble: `${path} can not be touched: this user may not write to it.` };
  } catch (error) {
    if (error instanceof CoreError) return { path, exists: false, trouble: error.message };
    throw error;
  }
}

async function lookAtUnit(
  control: Control,
  master: ProcessInfo,
  config: EffectiveConfig | null,
): Promise<Findings['systemd']> {
  const unit = unitOf(master);
  return unit === null
    ? null
    : { unit, trouble: await systemdTrouble(control.machine, unit, master.pid, config?.touchReload ?? []) };
}

/** A vassal is the child of another uWSGI, and was started by it with the vassal's file. */
async function lookAtVassal(
  control: Control,
  master: ProcessInfo,
  config: EffectiveConfig | null,
): Promise<Findings['vassal']> {
  const path = config?.configPath ?? null;
  const parent = path === null ? null : await control.machine.readProcess(master.parentPid);
  if (path === null || parent === null || serverArguments(parent) === null) return null;
  if (parent.args.join('\0') === master.args.join('\0')) return null;
  const trouble = (await isWritable(control, path))
    ? null
    : `${path} can not be touched: this user may not write to it.`;
  return { path, trouble };
}

/** Unknown counts as unchanged: the pages of the configuration tell more. */
async function hasChanged(
  instance: Instance,
  config: EffectiveConfig | null,
  loadedAtMs: number | null,
): Promise<boolean> {
  // Files and processes there carry the times of that machine's clock.
  const loadedThereMs = loadedAtMs === null ? 0 : loadedAtMs + (await clockAheadMs(instance.machine));
  const since = Math.max(instance.row().upSinceMs ?? 0, loadedThereMs);
  if (config === null || since === 0) return false;
  const times = await Promise.all(
    config.files.map(async (path) => (await instance.machine.files.stat(path).catch(() => null))?.mtimeMs ?? 0),
  );
  // The start of another program's process is known to the second only.
  return Math.max(0, ...times) > since + 1_000;
}
