/**
 * The console itself, put together: stores, instances, engines, reloads, and the RPC server that pages talk to.
 * Built from ports, so that it runs the same in Electron's main process, in the headless host and in tests.
 */
import type { EventName, EventPayload } from '../contract/api.ts';
import { DEFAULT_FLEET_VIEW } from '../contract/fleet-model.ts';
import { DEFAULT_SETTINGS, settingsSchema } from '../contract/model.ts';
import { type Connection, type Handlers, RpcServer } from '../rpc/server.ts';
import type { Transport } from '../rpc/transport.ts';
import { Actions } from './actions/actions.ts';
import { AuditLog } from './audit/audit-log.ts';
import { SignIns } from './audit/sign-ins.ts';
import { BackgroundFeeds } from './background/background-feeds.ts';
import { ConfigVersions } from './config/config-versions.ts';
import type { EffectiveConfig } from './config/effective-config.ts';
import { withRunningChannels } from './config/running-channels.ts';
import { currentUser } from './current-user.ts';
import { EmperorFeeds } from './emperor/emperor-feeds.ts';
import { Engines } from './engine/engines.ts';
import { openRunFolder } from './engine/run-folder.ts';
import { TrustStore, trustFileSchema } from './engine/trust.ts';
import { toErrorData } from './errors.ts';
import { DocumentStore } from './files/document-store.ts';
import { makeFolder } from './files/make-folder.ts';
import { createHandlers, ensureSampleInstance, type HandlerContext } from './handlers.ts';
import { openHistory } from './history/history-db.ts';
import { openConfigHistory } from './history/open-config-history.ts';
import { followMaster, readAttachedConfig } from './instances/attach.ts';
import type { Instance } from './instances/instance.ts';
import { instancesFileSchema } from './instances/record.ts';
import { Registry } from './instances/registry.ts';
import { POLL_INTERVAL_MS } from './link/link-machine.ts';
import { LogFeeds } from './logs/log-feeds.ts';
import { Machines } from './machine/machines.ts';
import { SshMachine } from './machine/ssh-machine.ts';
import type { Ports } from './ports.ts';
import { Rehearsals } from './rehearse/rehearsals.ts';
import { removeAbandonedScratch } from './rehearse/scratch-folder.ts';
import { ReloadFlow } from './reload/reload-flow.ts';
import { ReloadReports, reportsFileSchema } from './reload/reload-reports.ts';
import { RollingReloads, rollingFileSchema } from './reload/rolling.ts';
import { SampleLoad } from './sample/sample-load.ts';
import { HOSTS_FILE, hostsFileSchema, SshHosts } from './ssh/ssh-hosts.ts';
import { connectSystemSsh } from './ssh/system-transport.ts';
import { UserTrust } from './ssh/user-trust.ts';

export interface Core {
  /** For hosts that call without a page, and for tests. */
  readonly handlers: Handlers;
  /** Serves a page until its transport closes. */
  connect(transport: Transport): Connection;
  /** Tells all pages, e.g. `command.run` for an item of the host's menu. */
  broadcast<E extends EventName>(event: E, payload: EventPayload<E>): void;
  /** Ends engines, links and stores. Nothing of it is left after that. */
  dispose(): Promise<void>;
}

export interface CoreOptions {
  /** Start the sample at the first start, and the engines that ran at the last end. */
  autoStart?: boolean;
  /** Lines of logs keep their secrets: for who asked for it on the command line. */
  rawLogs?: boolean;
  /** Told at the start, beside the notice that pages get, when a file of the data folder was set aside. */
  onBrokenFile?: (text: string) => void;
}

/** Settings of earlier versions lack what came later. */
const settingsFileSchema = settingsSchema.extend({
  readOnlyTags: settingsSchema.shape.readOnlyTags.default([]),
  fleet: settingsSchema.shape.fleet.default(DEFAULT_FLEET_VIEW),
  mutedUntilMs: settingsSchema.shape.mutedUntilMs.default({}),
});
const MOST_WAITING_NOTICES = 10;

/** Resolves when pages may connect; links and engines come up after that. */
export async function createCore(
  ports: Ports,
  { autoStart = true, rawLogs = false, onBrokenFile }: CoreOptions = {},
): Promise<Core> {
  await makeFolder(ports.dataFolder);
  const waitingNotices: string[] = [];
  const onTrouble = (text: string): void => {
    if (server !== null && server.connectionCount > 0) server.broadcast('notice', trouble(text));
    else if (waitingNotices.length < MOST_WAITING_NOTICES) waitingNotices.push(text);
  };
  let server: RpcServer | null = null;
  const common = {
    folder: ports.dataFolder,
    clock: ports.clock,
    onBroken: (text: string): void => {
      onTrouble(text);
      onBrokenFile?.(text);
    },
  };
  const [settings, instances, trustStore, hostsStore, reports, rollingStore] = await Promise.all([
    DocumentStore.open({ ...common, name: 'settings.json', schema: settingsFileSchema, initial: DEFAULT_SETTINGS }),
    DocumentStore.open({
      ...common,
      name: 'instances.json',
      schema: instancesFileSchema,
      initial: { version: 1, instances: [] },
    }),
    DocumentStore.open({
      ...common,
      name: 'trust.json',
      schema: trustFileSchema,
      initial: { version: 1, accepted: {} },
    }),
    DocumentStore.open({ ...common, name: HOSTS_FILE, schema: hostsFileSchema, initial: { version: 1, hosts: [] } }),
    DocumentStore.open({
      ...common,
      name: 'reloads.json',
      schema: reportsFileSchema,
      initial: { version: 1, runs: [] },
    }),
    DocumentStore.open({
      ...common,
      name: 'rolling.json',
      schema: rollingFileSchema,
      initial: { version: 1, runs: [] },
    }),
  ]);
  const runFolder = await openRunFolder(ports.dataFolder);
  const leftovers = await runFolder.endLeftovers();
  if (leftovers > 0)
    onTrouble(
      `${leftovers === 1 ? 'An engine' : `${leftovers} engines`} of an earlier session still ran and was ended.`,
    );
  await removeAbandonedScratch(runFolder.path);
  const history = openHistory(ports.dataFolder, ports.clock, onTrouble);
  const configHistory = openConfigHistory({
    folder: ports.dataFolder,
    clock: ports.clock,
    onTrouble,
    onBroken: common.onBroken,
  });
  const versions = new ConfigVersions(configHistory, ports);
  const load = new SampleLoad(ports.clock);
  const trust = new TrustStore(trustStore);

  const aimLoad = (): void => {
    const sample = registry.find((record) => record.sample);
    const runs = sample?.runner?.state.status === 'running';
    load.aim(runs && settings.value.sampleLoad ? (sample.config?.url ?? null) : null);
  };
  const followEngine = (instance: Instance): void => {
    aimLoad();
    versions.noteEngine(instance);
  };
  const sshTrust = await UserTrust.open(ports, common.onBroken);
  sshTrust.questions.onChanged = (questions) => server?.broadcast('ssh.questions', { questions });
  const audit = new AuditLog({
    folder: ports.dataFolder,
    who: `${currentUser().name}@${ports.hostname}`,
    clock: ports.clock,
    onTrouble,
  });
  const signIns = new SignIns(ports.clock, (record) => audit.record(record));
  const hosts = new SshHosts({
    clock: ports.clock,
    trust: sshTrust,
    store: hostsStore,
    connectSystem: async (destination, signal) =>
      connectSystemSsh({
        destination,
        configFile: sshTrust.systemConfigFile,
        controlFolder: runFolder.path,
        platform: ports.platform,
        env: ports.env,
        signal,
      }),
    instanceCount: (id) => registry.all().filter((instance) => instance.machine.id === id).length,
    emitChanged: (changed) => {
      signIns.see(changed);
      server?.broadcast('hosts.changed', { hosts: changed });
    },
    onTrouble,
  });
  const machines = new Machines((id) => new SshMachine(hosts.get(id)));
  const registry = new Registry({
    clock: ports.clock,
    homeFolder: ports.homeFolder,
    history,
    machines,
    isReadOnly: (tags) => tags.some((tag) => settings.value.readOnlyTags.includes(tag)),
    store: instances,
    onConfig: (instance) => versions.follow(instance),
    isHeard: () => (server?.connectionCount ?? 0) > 0,
    emitChanged: (payload) => server?.broadcast('instances.changed', payload),
    onTrouble,
  });
  const engines = new Engines({ ports, runFolder, trust, onState: followEngine, onTrouble });
  const readConfig = async (instance: Instance): Promise<EffectiveConfig | null> => {
    const config =
      instance.record.kind === 'engine' ? engines.readConfig(instance) : await readAttachedConfig(instance, ports);
    return config === null
      ? null
      : withRunningChannels(config, instance, configHistory, ports, engines.startArguments(instance));
  };
  const reloads = new ReloadFlow({
    clock: ports.clock,
    reports: new ReloadReports(reports, onTrouble),
    readConfig,
    record: (record) => audit.record(record),
    emitRun: (run) => {
      versions.noteReload(run);
      rolling.see(run);
      server?.broadcast('reload.changed', run);
    },
    emitNotice: (notice) => server?.broadcast('notice', notice),
    onTrouble,
  });
  const rolling = new RollingReloads({
    clock: ports.clock,
    store: rollingStore,
    registry,
    reloads,
    emit: (run) => server?.broadcast('rolling.changed', run),
    onTrouble,
  });
  const actions = new Actions({ clock: ports.clock, readConfig, record: (record) => audit.record(record) });
  const rehearsals = new Rehearsals({
    ports,
    runFolder,
    engines,
    trust,
    emit: (data) => server?.broadcast('rehearse.changed', data),
    onTrouble,
  });
  const logs = new LogFeeds(ports.clock, rawLogs);
  const background = new BackgroundFeeds(ports.clock);
  const emperors = new EmperorFeeds({ clock: ports.clock, all: () => registry.all() });
  const context: HandlerContext = {
    ports,
    logs,
    background,
    emperors,
    audit,
    registry,
    machines,
    hosts,
    questions: sshTrust.questions,
    hostKeys: sshTrust.hostKeys,
    engines,
    reloads,
    rolling,
    actions,
    rehearsals,
    trust,
    versions,
    settings,
    onTrouble,
    changeSettings: async (change) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      const next = settingsSchema.parse({ ...settings.value, ...Object.fromEntries(given) });
      await settings.set(next);
      server?.broadcast('settings.changed', next);
      if (change.readOnlyTags !== undefined) registry.markAllChanged();
      aimLoad();
      return next;
    },
  };
  const handlers = createHandlers(context);
  const rpc = new RpcServer({
    handlers,
    setTimer: (callback, ms) => ports.clock.setTimer(callback, ms),
    toErrorData,
    onConnectionClosed: (connection) => {
      for (const instance of registry.all()) instance.unwatch(connection);
      logs.closed(connection);
      background.closed(connection);
      emperors.closed(connection);
    },
  });
  server = rpc;

  takeUp(registry.all(), engines, ports, onTrouble);
  const starting = autoStart
    ? startEngines(context, instances.isNew).catch((error: unknown) => onTrouble(toErrorData(error).message))
    : Promise.resolve();

  return {
    handlers,
    connect: (transport) => {
      const connection = rpc.connect(transport);
      for (const text of waitingNotices.splice(0)) connection.emit('notice', trouble(text));
      return connection;
    },
    broadcast: (event, payload) => rpc.broadcast(event, payload),
    dispose: async () => {
      engines.close();
      load.dispose();
      rolling.dispose();
      reloads.dispose();
      logs.dispose();
      background.dispose();
      emperors.dispose();
      await Promise.all([starting, rehearsals.dispose()]);
      await registry.dispose();
      hosts.dispose();
      await sshTrust.dispose();
      rpc.dispose();
      await Promise.all(
        [settings, instances, trustStore, hostsStore, reports, rollingStore].map(async (store) => store.settle()),
      );
      history.dispose();
      await versions.dispose();
      await audit.settle();
      await runFolder.dispose();
    },
  };
}

/** Instances of the last session: engines get their runners, links begin, spread over one interval. */
function takeUp(instances: Instance[], engines: Engines, ports: Ports, onTrouble: (text: string) => void): void {
  for (const [i, instance] of instances.entries()) {
    if (instance.record.kind === 'engine') {
      engines.adopt(instance);
      continue;
    }
    followMaster(instance, ports, onTrouble);
    try {
      instance.attach({ phaseMs: Math.floor((i * POLL_INTERVAL_MS) / instances.length) });
    } catch (error) {
      onTrouble(toErrorData(error).message);
    }
  }
}

async function startEngines(context: HandlerContext, firstStart: boolean): Promise<void> {
  const { registry, engines } = context;
  if (firstStart) await engines.start(await ensureSampleInstance(context));
  for (const instance of registry.all()) {
    if (instance.record.kind !== 'engine' || instance.record.wanted !== 'running') continue;
    try {
      await engines.start(instance);
    } catch (error) {
      context.onTrouble(`${instance.record.name} was not started: ${toErrorData(error).message}`);
    }
  }
}

function trouble(text: string): EventPayload<'notice'> {
  return { level: 'error', text, instanceId: null, reloadId: null };
}
