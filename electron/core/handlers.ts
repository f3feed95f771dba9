/**
 * Every method of the contract, each a few lines: who does it, and what of it is told. No state of its own.
 */

import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Params } from '../contract/api.ts';
import type { Settings } from '../contract/model.ts';
import type { Handlers } from '../rpc/server.ts';
import { actionHandlers } from './actions/action-handlers.ts';
import type { Actions } from './actions/actions.ts';
import { auditHandlers } from './audit/audit-handlers.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { BackgroundFeeds } from './background/background-feeds.ts';
import { backgroundHandlers } from './background/background-handlers.ts';
import { configHandlers } from './config/config-handlers.ts';
import type { ConfigVersions } from './config/config-versions.ts';
import { describeServers, type FoundServer, findServers, nameOfFile } from './discover/discover.ts';
import type { EmperorFeeds } from './emperor/emperor-feeds.ts';
import { emperorHandlers } from './emperor/emperor-handlers.ts';
import type { Engines } from './engine/engines.ts';
import { lookAtProject, writeProjectFile } from './engine/project.ts';
import type { TrustStore } from './engine/trust.ts';
import { CoreError } from './errors.ts';
import type { DocumentStore } from './files/document-store.ts';
import { listFolder } from './files/list-folder.ts';
import { fleetHandlers } from './fleet/fleet-handlers.ts';
import { attachInstance } from './instances/attach.ts';
import type { Instance } from './instances/instance.ts';
import type { Registry } from './instances/registry.ts';
import type { LogFeeds } from './logs/log-feeds.ts';
import { logHandlers } from './logs/log-handlers.ts';
import { LOCAL, type Machine } from './machine/machine.ts';
import type { Machines } from './machine/machines.ts';
import type { Ports } from './ports.ts';
import type { Rehearsals } from './rehearse/rehearsals.ts';
import { rehearseHandlers } from './rehearse/rehearse-handlers.ts';
import type { ReloadFlow } from './reload/reload-flow.ts';
import type { RollingReloads } from './reload/rolling.ts';
import { sendAndForget } from './sample/sample-load.ts';
import { ensureSample } from './sample/sample-project.ts';
import type { HostKeys } from './ssh/host-keys.ts';
import type { Questions } from './ssh/questions.ts';
import { sshHandlers } from './ssh/ssh-handlers.ts';
import type { SshHosts } from './ssh/ssh-hosts.ts';
import { sshAddress } from './stats/target.ts';

export interface HandlerContext {
  ports: Ports;
  registry: Registry;
  machines: Machines;
  hosts: SshHosts;
  /** What waits for an answer on the way to a host. */
  questions: Questions;
  hostKeys: HostKeys;
  engines: Engines;
  reloads: ReloadFlow;
  rolling: RollingReloads;
  actions: Actions;
  logs: LogFeeds;
  background: BackgroundFeeds;
  emperors: EmperorFeeds;
  /** What is done to servers goes on record here. */
  audit: AuditLog;
  rehearsals: Rehearsals;
  trust: TrustStore;
  /** History of the configuration files. */
  versions: ConfigVersions;
  settings: DocumentStore<Settings>;
  /** Keeps the changed settings and tells all pages. */
  changeSettings: (change: Params<'settings.set'>) => Promise<Settings>;
  /** Shown to all pages, or to the next one when there is none. */
  onTrouble: (text: string) => void;
}

export function createHandlers(context: HandlerContext): Handlers {
  return {
    ...appHandlers(context),
    ...instanceHandlers(context),
    ...engineHandlers(context),
    ...logHandlers(context),
    ...auditHandlers(context),
    ...backgroundHandlers(context),
    ...emperorHandlers(context),
    ...configHandlers(context),
    ...reloadHandlers(context),
    ...actionHandlers(context),
    ...rehearseHandlers(context),
    ...fleetHandlers(context),
    ...sshHandlers(context),
  };
}

/** The sample's instance, made when there is none. Does not start it. */
export async function ensureSampleInstance({ ports, registry, engines }: HandlerContext): Promise<Instance> {
  const { resourcesFolder, dataFolder } = ports;
  const configPath = await ensureSample({ resourcesFolder, dataFolder, path: ports.env['PATH'] ?? '' });
  return registry.find((record) => record.sample) ?? addEngine(registry, engines, configPath, 'hello', true);
}

/** The methods whose names begin so. */
export type Part<Prefix extends string> = Pick<Handlers, Extract<keyof Handlers, `${Prefix}.${string}`>>;

function appHandlers(context: HandlerContext): Part<'app' | 'settings' | 'files' | 'shell'> {
  const { ports, registry, settings } = context;
  return {
    'app.info': () => ({
      version: ports.version,
      platform: ports.platform,
      hostname: ports.hostname,
      capabilities: {
        pickFile: ports.pickFile === null ? 'browse' : 'native',
        windowControls: ports.windowControls,
        notifications: ports.notifications,
        secrets: ports.secrets.kind,
      },
      sshHosts: context.hosts.readyCount,
    }),
    'settings.get': () => settings.value,
    'settings.set': async (change) => context.changeSettings(change),
    'files.pick': async ({ kind }) => {
      if (ports.pickFile === null) throw new CoreError('files-no-dialog');
      return { path: await ports.pickFile(kind) };
    },
    'files.list': async ({ path }) => listFolder(path, ports.homeFolder),
    'shell.openUrl': async ({ url }) => {
      const known = registry.all().some((instance) => isWithin(url, instance.config?.url ?? null));
      if (!known) throw new CoreError('url-not-known', { url: url.slice(0, 200) });
      try {
        await ports.openExternal(url);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new CoreError('url-not-opened', { url: url.slice(0, 200), reason }, { cause: error });
      }
      return {};
    },
  };
}

function instanceHandlers(context: HandlerContext): Part<'instances'> {
  const { ports, registry, reloads, rehearsals, versions } = context;
  return {
    'instances.list': () => registry.snapshot(),
    'instances.attach': async (params) => {
      const instance = await attachInstance(params, registry, context.machines, ports, context.onTrouble);
      return instance.row();
    },
    'instances.rename': ({ instanceId, name }) => {
      const instance = registry.get(instanceId);
      instance.updateRecord({ name });
      return instance.row();
    },
    'instances.tag': ({ instanceIds, add, remove }) => {
      for (const instance of instanceIds.map((id) => registry.get(id))) {
        const kept = instance.record.tags.filter((tag) => !remove.includes(tag));
        instance.updateRecord({ tags: [...new Set([...kept, ...add])] });
      }
      return {};
    },
    'instances.remove': async ({ instanceId }) => {
      await registry.get(instanceId).runner?.stop();
      await reloads.forget(instanceId);
      rehearsals.forget(instanceId);
      context.logs.forget(instanceId);
      context.background.forget(instanceId);
      context.emperors.forget(instanceId);
      await registry.remove(instanceId);
      versions.history.forget(instanceId);
      return {};
    },
    'instances.discover': async ({ machine: id = LOCAL }) => {
      const machine = context.machines.get(id);
      const servers = await findServers(machine);
      return describeServers(machine, servers, (server) => instanceOf(server, machine, registry));
    },
    'instances.retry': ({ instanceId }) => {
      const instance = registry.get(instanceId);
      // Without an address there is nothing to try: that is told.
      if (instance.record.kind !== 'engine') instance.target();
      instance.monitor.retry();
      return {};
    },
    'instances.pause': ({ instanceId }) => {
      registry.get(instanceId).monitor.pause();
      return {};
    },
    'instances.watch': ({ instanceId }, connection) => registry.get(instanceId).watch(connection),
    'instances.unwatch': ({ instanceId }, connection) => {
      registry.get(instanceId).unwatch(connection);
      return {};
    },
  };
}

function engineHandlers(context: HandlerContext): Part<'engine' | 'project' | 'sample'> {
  const { registry, engines, trust, audit } = context;
  const act = async (action: string, instance: Instance, work: () => Promise<unknown>) => {
    const { name, configPath } = instance.record;
    await audit.around({ action, instance: name, machine: LOCAL, detail: configPath ?? '' }, work);
    return instance.row();
  };
  return {
    'engine.inspect': async ({ path }) => engines.inspect(path),
    'project.look': async ({ path }) => lookAtProject(path, context.ports.homeFolder),
    'project.write': async (file) => {
      const detail = join(file.folder, file.name);
      const what = { action: 'project.write', instance: basename(file.folder), machine: LOCAL, detail };
      return { path: await audit.around(what, async () => writeProjectFile(file)) };
    },
    'engine.run': async ({ path, trustDigest }) => {
      const inspection = await engines.inspect(path);
      if (trustDigest === inspection.digest) await trust.accept(inspection.path, inspection.digest);
      else if (inspection.commands.length > 0 && !inspection.trusted)
        throw new CoreError('trust-needed', { path: inspection.path });
      const known = registry.find((record) => record.kind === 'engine' && record.configPath === inspection.path);
      const instance = known ?? addEngine(registry, engines, inspection.path, nameOfFile(inspection.path), false);
      return act('engine.start', instance, async () => engines.start(instance));
    },
    'engine.start': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      return act('engine.start', instance, async () => engines.start(instance));
    },
    'engine.stop': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      return act('engine.stop', instance, async () => engines.stop(instance));
    },
    'engine.restart': async ({ instanceId }) => {
      const instance = registry.get(instanceId);
      return act('engine.restart', instance, async () => engines.restart(instance));
    },
    'engine.sample': async () => {
      const instance = await ensureSampleInstance(context);
      await engines.start(instance);
      return instance.row();
    },
    'sample.load': async ({ on }) => context.changeSettings({ sampleLoad: on }),
    'sample.slow': ({ seconds }) => {
      const sample = registry.find((record) => record.sample);
      const url = sample?.config?.url ?? null;
      if (sample?.runner?.state.status !== 'running' || url === null) throw new CoreError('sample-not-running');
      const address = `${url}/slow?s=${seconds}`;
      sendAndForget(address, undefined, () => {});
      return { url: address };
    },
  };
}

function reloadHandlers({ registry, reloads }: HandlerContext): Part<'reload'> {
  return {
    'reload.plan': async ({ instanceId, sudo }) => reloads.plan(registry.get(instanceId), sudo),
    'reload.start': async ({ instanceId, method, confirmedName, sudo }) =>
      reloads.start(registry.get(instanceId), method, { confirmedName, sudo }),
    'reload.get': ({ reloadId }) => reloads.get(reloadId),
    'reload.stopWatching': ({ reloadId }) => reloads.stopWatching(reloadId),
    'reload.list': ({ instanceId }) => reloads.list(registry.get(instanceId).id),
  };
}

function addEngine(registry: Registry, engines: Engines, configPath: string, name: string, sample: boolean): Instance {
  const instance = registry.add({
    id: randomUUID(),
    name: registry.freeName(name),
    kind: 'engine',
    statsAddress: '',
    configPath,
    sample,
    wanted: 'stopped',
    acceptedMethods: [],
    lastReloadAtMs: null,
    tags: [],
  });
  engines.adopt(instance);
  return instance;
}

function instanceOf({ process, config }: FoundServer, machine: Machine, registry: Registry): string | null {
  const { pid } = process;
  const address = config?.statsAddress ?? null;
  const statsAddress = address === null ? null : sshAddress(machine.id, address);
  const found = registry.all().find(({ record, monitor, runner, machine: its }) => {
    if (its.id !== machine.id) return false;
    if (statsAddress !== null && record.statsAddress === statsAddress) return true;
    return runner?.state.pid === pid || (monitor.link.status === 'attached' && monitor.document?.pid === pid);
  });
  return found?.id ?? null;
}

function isWithin(url: string, base: string | null): boolean {
  if (base === null || !URL.canParse(url)) return false;
  const { protocol, origin, username } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && origin === new URL(base).origin;
}
