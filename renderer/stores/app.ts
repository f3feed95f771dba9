/** All stores of a window, made together around one client, and disposed together. */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../client.ts';
import { type BackgroundStore, createBackgroundStore } from './background.ts';
import { type ClockPage, type ClockStore, createClockStore } from './clock.ts';
import { createEmperorStore, type EmperorStore } from './emperor.ts';
import { createHostInfoStore, type HostInfoStore } from './host-info.ts';
import { createHostsStore, type HostsStore } from './hosts.ts';
import { createInstancesStore, type InstancesStore } from './instances.ts';
import type { LinkState } from './link.ts';
import { createLogStore, type LogStore } from './log.ts';
import { createReloadStore, type ReloadStore } from './reload.ts';
import { createRollingStore, type RollingStore } from './rolling.ts';
import { createRouterStore, type RouterPage, type RouterStore } from './router.ts';
import { createSettingsStore, type SettingsStore } from './settings.ts';
import { SparkHistory } from './spark-history.ts';
import { createUiStore, type UiStore } from './ui.ts';
import { createWatchStore, type WatchStore } from './watch.ts';

export interface AppStores {
  client: Client;
  link: StoreApi<LinkState>;
  /** Tries the link to Reeve again at once. */
  retryLink: () => void;
  clock: ClockStore;
  host: HostInfoStore;
  hosts: HostsStore;
  instances: InstancesStore;
  /** Requests per second of every instance, for sparklines. */
  sparks: SparkHistory;
  watch: WatchStore;
  settings: SettingsStore;
  log: LogStore;
  background: BackgroundStore;
  emperor: EmperorStore;
  reload: ReloadStore;
  rolling: RollingStore;
  ui: UiStore;
  router: RouterStore;
  dispose(): void;
}

export interface AppStoresOptions {
  client: Client;
  link: StoreApi<LinkState>;
  retryLink: () => void;
  page: RouterPage & { readonly document: ClockPage };
}

export function createAppStores({ client, link, retryLink, page }: AppStoresOptions): AppStores {
  const clock = createClockStore(page.document);
  const disposable = {
    clock,
    host: createHostInfoStore(client),
    hosts: createHostsStore(client),
    instances: createInstancesStore(client),
    watch: createWatchStore(client),
    settings: createSettingsStore(client),
    log: createLogStore(client),
    background: createBackgroundStore(client),
    emperor: createEmperorStore(client),
    reload: createReloadStore(client),
    rolling: createRollingStore(client),
    router: createRouterStore(page),
  };
  const sparks = new SparkHistory();
  const stopSparks = disposable.instances.subscribe(({ byId }) => sparks.take(Object.values(byId)));
  const stopSeeding = seedSparks(client, sparks);
  const stopHearing = client.on('tick', ({ atMs }) => clock.hear(atMs));
  return {
    ...disposable,
    sparks,
    client,
    link,
    retryLink,
    ui: createUiStore(),
    dispose() {
      stopHearing();
      stopSeeding();
      stopSparks();
      for (const store of Object.values(disposable)) store.dispose();
    },
  };
}

/** Sparklines begin with what the core has, at every connection anew. */
function seedSparks(client: Client, sparks: SparkHistory): () => void {
  const seed = () => {
    client.call('fleet.sparks', {}).then(
      (known) => sparks.seed(known),
      // They grow from now on.
      () => undefined,
    );
  };
  if (client.attached) seed();
  return client.onAttachment((attached) => {
    if (attached) seed();
  });
}
