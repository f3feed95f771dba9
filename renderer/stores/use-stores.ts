/**
 * How components reach the stores. `useStores` for actions, the other hooks for reading: each takes a selector and
 * re-renders only when its result changes, so select the smallest thing that is shown.
 */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { HostInfo, Instance, Settings } from '../../electron/contract/model.ts';
import type { AppStores } from './app.ts';
import type { BackgroundState } from './background.ts';
import type { EmperorState } from './emperor.ts';
import type { HostsState } from './hosts.ts';
import type { InstancesState } from './instances.ts';
import type { LinkState } from './link.ts';
import type { LogState } from './log.ts';
import type { ReloadState } from './reload.ts';
import type { Route } from './router.ts';
import type { UiState } from './ui.ts';
import type { WatchState } from './watch.ts';

export const StoresContext = createContext<AppStores | null>(null);

export function useStores(): AppStores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error('This component is outside of StoresContext.');
  return stores;
}

export function useInstances<T>(selector: (state: InstancesState) => T): T {
  return useStore(useStores().instances, selector);
}

/** One instance; undefined when there is none with this id. */
export function useInstance(instanceId: string): Instance | undefined {
  return useInstances((state) => state.byId[instanceId]);
}

export function useHosts<T>(selector: (state: HostsState) => T): T {
  return useStore(useStores().hosts, selector);
}

export function useWatch<T>(selector: (state: WatchState) => T): T {
  return useStore(useStores().watch, selector);
}

export function useSettings<T>(selector: (settings: Settings) => T): T {
  return useStore(useStores().settings, (state) => selector(state.settings));
}

export function useLog<T>(selector: (state: LogState) => T): T {
  return useStore(useStores().log, selector);
}

export function useBackground<T>(selector: (state: BackgroundState) => T): T {
  return useStore(useStores().background, selector);
}

export function useEmperor<T>(selector: (state: EmperorState) => T): T {
  return useStore(useStores().emperor, selector);
}

export function useReloads<T>(selector: (state: ReloadState) => T): T {
  return useStore(useStores().reload, selector);
}

export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(useStores().ui, selector);
}

export function useRoute(): Route {
  return useStore(useStores().router, (state) => state.route);
}

export function useLink(): LinkState {
  return useStore(useStores().link);
}

/** null until the host has answered. */
export function useHostInfo(): HostInfo | null {
  return useStore(useStores().host, (state) => state.info);
}

/** The core's time for a page that changes by itself once a second: is read anew on each render, moves alone only every 5 s. */
export function useSlowNow(): number {
  const { clock } = useStores();
  useStore(clock, ({ nowMs }) => Math.floor(nowMs / SLOW_MS));
  return clock.exactNow();
}

const SLOW_MS = 5_000;

/** The core's time, once a second. */
export function useNow(): number {
  return useStore(useStores().clock, (state) => state.nowMs);
}
