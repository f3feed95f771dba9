/**
 * What is done to vassals from here: a touch of their file, which reloads them, and instances that are attached to them
 * or only hold their configuration, so that one that does not run can be opened in the editor and mended.
 */
import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { loadingArguments } from '../../../engine/config/sources.ts';
import type { VassalResult } from '../../contract/emperor-model.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import { touchFile } from '../control/control.ts';
import { addressToAsk, configOfProcess, nameOfFile } from '../discover/discover.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { HandlerContext } from '../handlers.ts';
import { attachInstance, followMaster } from '../instances/attach.ts';
import type { Instance } from '../instances/instance.ts';
import { LOCAL } from '../machine/machine.ts';
import { hasSocket, sshAddress } from '../stats/target.ts';
import { keyOfVassal } from './emperor-tree.ts';
import type { OwnRow } from './vassal-rows.ts';

/** Throws `emperor-not` or `emperor-no-vassal`. */
export function vassalOf(instance: Instance, key: string): OwnRow {
  const { name } = instance.record;
  if (instance.monitor.emperor === null) throw new CoreError('emperor-not', { name });
  const row = instance.vassals.find((own) => keyOfVassal(instance.id, own) === key);
  if (row === undefined) throw new CoreError('emperor-no-vassal', { name, id: key.split('\n').at(-1) ?? key });
  return row;
}

/** Gives each file the time of now; one that fails keeps none of the others. */
export async function touchVassals(instance: Instance, keys: readonly string[]): Promise<VassalResult[]> {
  const control = { machine: instance.machine, sudo: instance.record.sudo === true };
  return eachOf(instance, keys, async ({ id, configPath }) => {
    const path = fileOf(id, configPath);
    await touchFile(control, path, true);
    return { status: 'done', text: `Touched ${path}`, instanceId: null };
  });
}

/** Attaches to each that has a stats address in its configuration. */
export async function attachVassals(
  context: HandlerContext,
  instance: Instance,
  keys: readonly string[],
): Promise<VassalResult[]> {
  return eachOf(instance, keys, async (row) => {
    const config = await configOf(context, instance, row);
    const address = config === null ? null : addressToAsk(config);
    if (address === null) {
      const where = row.configPath ?? 'its configuration';
      const text = `It has no stats address. Add "stats = /run/${plainName(row.id)}.stats" to ${where}; its emperor reloads it then.`;
      return { status: 'failed', text, instanceId: null };
    }
    const statsAddress = sshAddress(instance.machine.id, address);
    const { registry, machines, ports, onTrouble } = context;
    const known = registry.find((record) => record.statsAddress === statsAddress);
    if (known !== null) return { status: 'already', text: 'It is in the list.', instanceId: known.id };
    const kept = withoutSocket(context, instance, row.configPath);
    if (kept !== null) {
      kept.updateRecord({ statsAddress });
      kept.attach();
      return { status: 'done', text: statsAddress, instanceId: kept.id };
    }
    const configPath = row.configPath === null ? {} : { configPath: row.configPath };
    const tags = [...instance.record.tags];
    const added = await attachInstance(
      { statsAddress, name: plainName(row.id), ...configPath, tags },
      registry,
      machines,
      ports,
      onTrouble,
    );
    return { status: 'done', text: statsAddress, instanceId: added.id };
  });
}

/**
 * The instance whose Config page shows the file of a vassal; it is made when there is none, also for one that does not
 * run. Throws `emperor-no-file` or `config-gone`.
 */
export async function openVassal(context: HandlerContext, instance: Instance, key: string): Promise<Instance> {
  const row = vassalOf(instance, key);
  const path = fileOf(row.id, row.configPath);
  const { machine } = instance;
  const { registry, ports, onTrouble } = context;
  const known = registry
    .all()
    .find(
      ({ record, machine: its }) => record.kind !== 'engine' && record.configPath === path && its.id === machine.id,
    );
  if (known !== undefined) return known;
  if ((await machine.files.stat(path)) === null) throw new CoreError('config-gone', { path });
  const config = await configOf(context, instance, row);
  const address = config === null ? null : addressToAsk(config);
  const statsAddress = address === null ? placeOf(machine.id) : sshAddress(machine.id, address);
  const rival = address === null ? null : registry.find((record) => record.statsAddress === statsAddress);
  if (rival !== null) return rival;
  const added = registry.add({
    id: randomUUID(),
    name: registry.freeName(plainName(row.id)),
    kind: 'attached',
    statsAddress,
    configPath: path,
    sample: false,
    wanted: 'running',
    acceptedMethods: [],
    lastReloadAtMs: null,
    tags: [...instance.record.tags],
  });
  if (config !== null) added.setConfig({ ...config, configPath: path });
  followMaster(added, ports, onTrouble);
  added.attach();
  return added;
}

async function eachOf(
  instance: Instance,
  keys: readonly string[],
  act: (row: OwnRow) => Promise<Omit<VassalResult, 'id'>>,
): Promise<VassalResult[]> {
  return Promise.all(
    keys.map(async (key): Promise<VassalResult> => {
      const id = key.split('\n').at(-1) ?? key;
      try {
        return { id, ...(await act(vassalOf(instance, key))) };
      } catch (error) {
        const { message, hint } = toErrorData(error);
        return { id, status: 'failed', text: hint === null ? message : `${message} ${hint}`, instanceId: null };
      }
    }),
  );
}

function fileOf(id: string, configPath: string | null): string {
  if (configPath === null) throw new CoreError('emperor-no-file', { id });
  return configPath;
}

/** As its process runs it, with what its emperor adds; of one that does not run as its file says. null: neither is known. */
async function configOf(
  { ports }: HandlerContext,
  { machine }: Instance,
  { pid, configPath }: OwnRow,
): Promise<EffectiveConfig | null> {
  const process = pid === null ? null : await machine.readProcess(pid);
  const running = process === null ? null : await configOfProcess(machine, process);
  if (running !== null || configPath === null) return running;
  const options = { cwd: posix.dirname(configPath), env: {}, binaryPath: 'uwsgi', version: ports.version };
  return machine.withConfigHost(options, (host) => readEffectiveConfig(loadingArguments(configPath), host));
}

/** An instance that holds only the configuration of this vassal. */
function withoutSocket({ registry }: HandlerContext, { machine }: Instance, path: string | null): Instance | null {
  if (path === null) return null;
  const found = registry
    .all()
    .find(
      ({ record, machine: its }) => record.kind === 'attached' && record.configPath === path && its.id === machine.id,
    );
  return found !== undefined && !hasSocket(found.record.statsAddress) ? found : null;
}

function placeOf(machine: string): string {
  return machine === LOCAL ? '' : `ssh://${machine}`;
}

/** `shop` for `shop.ini` and `/etc/vassals/shop.ini`. */
function plainName(id: string): string {
  return nameOfFile(id.startsWith('/') ? id : `/${id}`).slice(0, 100) || id.slice(0, 100);
}
