/**
 * The frame of every instance page: head, tabs, at most one line that asks for attention, then the page of the tab.
 * It watches the instance while it is open, so that all tabs share one stream of ticks.
 */
import { Suspense, useEffect } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import {
  hasTab,
  type InstanceTab,
  instanceRoute,
  type Route,
  shownTab,
  TAB_TITLES,
  tabsOfKind,
} from '../../stores/router.ts';
import { useInstance, useInstances, useStores, useUi, useWatch } from '../../stores/use-stores.ts';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { ErrorBoundary } from '../../ui/ErrorBoundary.tsx';
import { type TabItem, Tabs } from '../../ui/Tabs.tsx';
import { lazyPage } from '../lazy-page.ts';
import OverviewPage from '../overview/OverviewPage.tsx';
import { AttentionBar } from './AttentionBar.tsx';
import { EngineBand } from './EngineBand.tsx';
import { InstanceHead } from './InstanceHead.tsx';
import './instance.css';
import { hasAddress } from './instance-words.ts';
import { LinkLost } from './LinkLost.tsx';
import { isLinkDown, isSilent } from './link-down.ts';
import { UnknownInstance } from './UnknownInstance.tsx';

/** Pages other than the overview are fetched when they are first opened; the first chart must not wait for them. */
const PAGES: Record<InstanceTab, React.ComponentType<{ instanceId: string }>> = {
  overview: OverviewPage,
  workers: lazyPage(() => import('../workers/WorkersPage.tsx')),
  requests: lazyPage(() => import('../requests/RequestsPage.tsx')),
  config: lazyPage(fetchConfigPage),
  logs: lazyPage(() => import('../logs/LogsPage.tsx')),
  spooler: lazyPage(() => import('../spooler/SpoolerPage.tsx')),
  background: lazyPage(() => import('../background/BackgroundPage.tsx')),
  emperor: lazyPage(() => import('../emperor/EmperorPage.tsx')),
  reload: lazyPage(() => import('../reload/ReloadPage.tsx')),
};

/** The editor is the largest page: it is fetched while its user looks at another one, so that a click shows it at once. */
const FETCH_EDITOR_AFTER_MS = 1_500;

async function fetchConfigPage() {
  return import('../config/ConfigPage.tsx');
}

export function InstanceFrame({ route }: { route: Route & { page: 'instance' } }) {
  const { instanceId } = route;
  const { watch } = useStores();
  const instance = useInstance(instanceId);
  useEffect(() => {
    // What can't be fetched now is fetched, and told of, when the page is opened.
    const timer = setTimeout(() => void fetchConfigPage().catch(() => null), FETCH_EDITOR_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const isListReady = useInstances((state) => state.status === 'ready');
  const isKnown = instance !== undefined;

  useEffect(() => (isKnown ? watch.open(instanceId) : undefined), [watch, instanceId, isKnown]);

  if (!instance) return isListReady ? <UnknownInstance instanceId={instanceId} /> : null;
  const tab = shownTab(route.tab, instance.sections);
  const Page = PAGES[tab];
  const hasBand = instance.engine?.status === 'failed' || isLinkDown(instance);
  return (
    <>
      <InstanceHead instance={instance} tab={tab} />
      <InstanceTabs instance={instance} tab={tab} />
      {hasBand ? null : <AttentionBar instance={instance} />}
      <EngineBand instance={instance} hasFigures={tab === 'overview' || tab === 'workers'} />
      {hasAddress(instance) ? null : <NoAddress instance={instance} />}
      {isLinkDown(instance) && hasAddress(instance) ? (
        <LinkLost instance={instance} isOpen={tab === 'overview' || tab === 'emperor'} />
      ) : null}
      <WatchFailure />
      <div className={isOfBefore(instance, tab) ? 'page stale' : 'page'} role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <ErrorBoundary key={`${instanceId} ${tab}`} what={`The page ${TAB_TITLES[tab]}`}>
          <Suspense fallback={null}>
            <Page key={instanceId} instanceId={instanceId} />
          </Suspense>
        </ErrorBoundary>
      </div>
    </>
  );
}

/** Tables whose rows are the last ones that were seen; the overview marks its own parts. */
function isOfBefore(instance: Instance, tab: InstanceTab): boolean {
  if (tab !== 'workers' && tab !== 'requests' && tab !== 'background' && tab !== 'emperor') return false;
  return isSilent(instance);
}

function InstanceTabs({ instance, tab }: { instance: Instance; tab: InstanceTab }) {
  const { router } = useStores();
  const running = useWatch((state) => (state.instanceId === instance.id ? state.requests.length : 0));
  const workers = instance.figures?.workers;
  const vassals = instance.emperor?.vassals;
  const isUnsaved = useUi((state) => state.unsavedConfigs.includes(instance.id));
  const counts: Partial<Record<InstanceTab, number>> = {
    ...(workers === undefined ? {} : { workers }),
    ...(vassals === undefined ? {} : { emperor: vassals }),
    ...(running > 0 ? { requests: running } : {}),
  };
  // A page that is open keeps its tab: a reload's, or one of what the server has no more.
  const shown = tabsOfKind(instance.sections).filter((id) => id === tab || hasTab(id, instance.sections));
  const items = shown.map(
    (id): TabItem<InstanceTab> => ({ id, title: TAB_TITLES[id], count: counts[id], dot: id === 'config' && isUnsaved }),
  );
  return (
    <Tabs
      label={`Pages of ${instance.name}`}
      items={items}
      active={tab}
      onSelect={(id) => router.go(instanceRoute(instance.id, id))}
    />
  );
}

function NoAddress({ instance: { name } }: { instance: Instance }) {
  return (
    <ErrorBand
      title={`Only the configuration of ${name} is known`}
      text={
        <>
          It has no address of statistics, so nothing else of it can be seen. Add{' '}
          <span className="m">stats = /run/{name}.stats</span> to its configuration; then attach to it on the page of
          its emperor.
        </>
      }
    />
  );
}

function WatchFailure() {
  const failure = useWatch((state) => (state.status === 'failed' ? state.failure : null));
  return failure ? <ErrorBand title={failure.message} text={failure.hint} /> : null;
}
