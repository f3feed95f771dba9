/**
 * Which page is shown. The address keeps it in its query (`?instance=…&tab=workers`), so that links, reload of the
 * page and the back button work whatever serves the page. `parseRoute` and `formatRoute` are pure.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export const INSTANCE_TABS = [
  'overview',
  'workers',
  'requests',
  'config',
  'logs',
  'spooler',
  'background',
  'emperor',
  'reload',
] as const;
export type InstanceTab = (typeof INSTANCE_TABS)[number];

export const TAB_TITLES: Readonly<Record<InstanceTab, string>> = {
  overview: 'Overview',
  workers: 'Workers',
  requests: 'Requests',
  config: 'Config',
  logs: 'Logs',
  spooler: 'Spooler',
  background: 'Background',
  emperor: 'Vassals',
  reload: 'Reload',
};

/** Whether an instance with these sections has a tab; a reload is started by its button. */
export function hasTab(tab: InstanceTab, sections: readonly string[]): boolean {
  if (sections.includes('emperor')) return tab === 'emperor' || tab === 'config' || tab === 'logs';
  if (tab === 'spooler' || tab === 'background' || tab === 'emperor') return sections.includes(tab);
  return tab !== 'reload';
}

/** The tab that is shown where this one is asked for: an emperor has no workers and no requests, but vassals. */
export function shownTab(tab: InstanceTab, sections: readonly string[]): InstanceTab {
  return sections.includes('emperor') && !hasTab(tab, sections) ? 'emperor' : tab;
}

/** Tabs that servers of its kind can have, in their order. */
export function tabsOfKind(sections: readonly string[]): readonly InstanceTab[] {
  if (sections.includes('emperor')) return ['emperor', 'config', 'logs'];
  return INSTANCE_TABS.filter((tab) => tab !== 'emperor');
}

export type Route =
  | { page: 'home' }
  | { page: 'fleet'; filter: string }
  | { page: 'alerts' }
  | { page: 'settings' }
  /** null: the newest. */
  | { page: 'rolling'; rollingId: string | null }
  | {
      page: 'instance';
      instanceId: string;
      tab: InstanceTab;
      /** Worker to select on the Workers and Requests tabs. */
      worker: number | null;
      /** Past run to show on the Reload tab. */
      reloadId: string | null;
    };

export interface RouterStore extends StoreApi<{ route: Route }> {
  go(route: Route): void;
  /** Like `go`, without a new entry for the back button. */
  replace(route: Route): void;
  dispose(): void;
}

/** Route to a tab of an instance. */
export function instanceRoute(
  instanceId: string,
  tab: InstanceTab = 'overview',
  { worker = null, reloadId = null }: { worker?: number | null; reloadId?: string | null } = {},
): Route {
  return { page: 'instance', instanceId, tab, worker, reloadId };
}

export function fleetRoute(filter = ''): Route {
  return { page: 'fleet', filter };
}

/** Reads the query of an address; anything it does not know leads home. */
export function parseRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const instanceId = query.get('instance');
  if (instanceId) {
    const tab = INSTANCE_TABS.find((name) => name === query.get('tab')) ?? 'overview';
    const worker = Number.parseInt(query.get('worker') ?? '', 10);
    return instanceRoute(instanceId, tab, {
      worker: Number.isSafeInteger(worker) && worker >= 0 ? worker : null,
      reloadId: query.get('reload'),
    });
  }
  switch (query.get('page')) {
    case 'fleet':
      return fleetRoute(query.get('filter') ?? '');
    case 'alerts':
      return { page: 'alerts' };
    case 'settings':
      return { page: 'settings' };
    case 'rolling':
      return { page: 'rolling', rollingId: query.get('rolling') };
    case null:
    default:
      return { page: 'home' };
  }
}

/** The query of a route, `?…`; `keep` are parameters of the address that are not ours. */
export function formatRoute(route: Route, keep: readonly [string, string][] = []): string {
  const query = new URLSearchParams(keep.map(([name, value]) => [name, value]));
  if (route.page === 'instance') {
    query.set('instance', route.instanceId);
    if (route.tab !== 'overview') query.set('tab', route.tab);
    if (route.worker !== null) query.set('worker', String(route.worker));
    if (route.reloadId !== null) query.set('reload', route.reloadId);
  } else if (route.page !== 'home') {
    query.set('page', route.page);
    if (route.page === 'fleet' && route.filter) query.set('filter', route.filter);
    if (route.page === 'rolling' && route.rollingId !== null) query.set('rolling', route.rollingId);
  }
  const text = query.toString();
  return text ? `?${text}` : '?';
}

const OURS = new Set(['attach', 'instance', 'tab', 'worker', 'reload', 'page', 'filter', 'rolling']);

/** What the router needs of the window. */
export interface RouterPage {
  readonly location: { readonly search: string };
  readonly history: {
    pushState(data: unknown, unused: string, url: string): void;
    replaceState(data: unknown, unused: string, url: string): void;
  };
  addEventListener(type: 'popstate', listener: () => void): void;
  removeEventListener(type: 'popstate', listener: () => void): void;
}

export function createRouterStore(page: RouterPage): RouterStore {
  const store = createStore<{ route: Route }>(() => ({ route: parseRoute(page.location.search) }));
  const address = (route: Route) =>
    formatRoute(
      route,
      [...new URLSearchParams(page.location.search)].filter(([name]) => !OURS.has(name)),
    );
  const onPop = () => store.setState({ route: parseRoute(page.location.search) });
  page.addEventListener('popstate', onPop);
  return Object.assign(store, {
    go(route: Route) {
      if (address(route) !== address(store.getState().route)) page.history.pushState(null, '', address(route));
      store.setState({ route });
    },
    replace(route: Route) {
      page.history.replaceState(null, '', address(route));
      store.setState({ route });
    },
    dispose() {
      page.removeEventListener('popstate', onPop);
    },
  });
}
