/**
 * Attaching to a server that runs already: first contact, then what its process and configuration tell, and again
 * whenever its master is another process.
 */

import { randomUUID } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { EmperorStats } from '../../../engine/api/emperor-stats.ts';
import { loadingArguments } from '../../../engine/config/sources.ts';
import type { Params } from '../../contract/api.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { readEffectiveConfig } from '../config/read-effective.ts';
import { findServerOf, nameOf } from '../discover/discover.ts';
import { toErrorData } from '../errors.ts';
import type { Machines } from '../machine/machines.ts';
import type { Ports } from '../ports.ts';
import { FIRST_CONTACT_LIMITS, pollStats } from '../stats/stats-client.ts';
import { onMachine, parseStatsTarget } from '../stats/target.ts';
import type { Instance } from './instance.ts';
import type { Registry } from './registry.ts';

/** Begins to poll it; gives the instance that is there when it is attached already. Throws a `stats-…` error. */
export async function attachInstance(
  { statsAddress, name, configPath, tags }: Params<'instances.attach'>,
  registry: Registry,
  machines: Machines,
  ports: Ports,
  onTrouble: (text: string) => void,
): Promise<Instance> {
  let target = parseStatsTarget(statsAddress, ports.homeFolder);
  const known = registry.find((record) => record.statsAddress === target.text);
  if (known !== null) return known;
  const machine = machines.get(target.machine);
  // Its user asks for it, also after a disconnect. A way that waits or was refused is left as it is.
  if (machine.way?.state.status === 'idle') machine.way.connect();
  // Making the connection may take longer than an answer may: somebody may be asked on the way.
  await machine.way?.reached();
  const poll = await pollStats(target, FIRST_CONTACT_LIMITS, machine);
  if (!poll.ok) throw poll.error;
  if (poll.http && target.httpPath === null) {
    target = onMachine(machine.id, parseStatsTarget(`http://${target.address}`, ports.homeFolder));
  }
  const { text } = target;
  const server = await findServerOf(machine, poll.document, target.address);
  // Another call may have attached to it meanwhile.
  const rival = registry.find((record) => record.statsAddress === text);
  if (rival !== null) return rival;
  const ruled = poll.emperor === null || server?.config?.configPath != null ? null : nameOfRealm(poll.emperor);
  const found = name ?? ruled ?? (server === null ? basename(poll.document.cwd) || text : nameOf(server));
  const instance = registry.add({
    id: randomUUID(),
    name: registry.freeName(found),
    kind: poll.emperor === null ? 'attached' : 'emperor',
    statsAddress: text,
    configPath: configPath ?? server?.config?.configPath ?? null,
    sample: false,
    wanted: 'running',
    acceptedMethods: [],
    lastReloadAtMs: null,
    tags: [...new Set(tags)],
  });
  instance.setConfig(await withPath(server?.config ?? null, instance, ports));
  followMaster(instance, ports, onTrouble);
  instance.attach({ known: poll.document });
  return instance;
}

/** `vassals` for an emperor of /etc/uwsgi/vassals and of /etc/uwsgi/vassals/*.ini; null: of a database. */
function nameOfRealm({ emperor }: EmperorStats): string | null {
  const [first = ''] = emperor;
  if (first === '' || first.includes('://')) return null;
  return basename(/[*?[]/.test(first) ? dirname(first) : first) || null;
}

/** The configuration of an attached server as its process and its file say now; null: neither is known. */
export async function readAttachedConfig(instance: Instance, ports: Ports): Promise<EffectiveConfig | null> {
  const { document } = instance.monitor;
  const server = document === null ? null : await findServerOf(instance.machine, document, instance.target().address);
  return withPath(server?.config ?? null, instance, ports);
}

/** Reads the configuration again whenever the master is another process. */
export function followMaster(instance: Instance, ports: Ports, onTrouble: (text: string) => void): void {
  let lastPid: number | null = null;
  instance.listen({
    onDocument: (document) => {
      if (document.pid === lastPid) return;
      lastPid = document.pid;
      readAttachedConfig(instance, ports).then(
        (config) => {
          instance.setConfig(config);
          const path = config?.configPath ?? null;
          if (path !== null && instance.record.configPath === null) instance.updateRecord({ configPath: path });
          return config;
        },
        (error: unknown) => onTrouble(toErrorData(error).message),
      );
    },
  });
}

async function withPath(
  found: EffectiveConfig | null,
  instance: Instance,
  ports: Ports,
): Promise<EffectiveConfig | null> {
  const { configPath } = instance.record;
  if (found !== null) return configPath === null ? found : { ...found, configPath };
  if (configPath === null) return null;
  const cwd = instance.monitor.document?.cwd ?? '/';
  const options = { cwd, env: {}, binaryPath: 'uwsgi', version: ports.version };
  return instance.machine.withConfigHost(options, (host) => readEffectiveConfig(loadingArguments(configPath), host));
}
