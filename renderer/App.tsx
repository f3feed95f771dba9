/** The window: frame, page of the route, dialogs, palette, toasts. It decides nothing; the route and the stores do. */
import { Notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useShortcuts } from './commands/use-shortcuts.ts';
import { Dialogs } from './dialogs/Dialogs.tsx';
import { AlertsPage } from './pages/alerts/AlertsPage.tsx';
import { ReferenceSide } from './pages/config/reference/ReferenceSide.tsx';
import { FleetPage } from './pages/fleet/FleetPage.tsx';
import { InstanceFrame } from './pages/instance/InstanceFrame.tsx';
import { RollingPage } from './pages/rolling/RollingPage.tsx';
import { SettingsPage } from './pages/settings/SettingsPage.tsx';
import { DeniedPage, LinkBand } from './shell/LinkBand.tsx';
import { Notices } from './shell/Notices.tsx';
import { Palette } from './shell/Palette.tsx';
import { QuestionBar } from './shell/QuestionBar.tsx';
import { Rail } from './shell/Rail.tsx';
import { StatusBar } from './shell/StatusBar.tsx';
import './shell/shell.css';
import { TopBar } from './shell/TopBar.tsx';
import { NARROW, useMedia } from './shell/use-media.ts';
import { useTheme } from './shell/use-theme.ts';
import type { AppStores } from './stores/app.ts';
import { homeRoute } from './stores/home-route.ts';
import type { Route } from './stores/router.ts';
import { useInstances, useLink, useRoute, useSettings, useStores } from './stores/use-stores.ts';
import { ErrorBoundary } from './ui/ErrorBoundary.tsx';

const TOAST_MOST = 3;

export function App() {
  const stores = useStores();
  useTheme();
  useShortcuts(stores);
  useAttachLink(stores);
  useHomeRoute(stores);
  useWindowTitle();
  const isNarrow = useMedia(NARROW);
  const isFolded = useSettings((settings) => settings.railFolded) || isNarrow;
  const link = useLink();
  const route = useRoute();
  if (link.status === 'denied') return <DeniedPage reason={link.reason} />;
  return (
    <div className={isFolded ? 'app narrow' : 'app'}>
      <TopBar isNarrow={isFolded} />
      <Rail isFolded={isFolded} />
      <main className={link.status === 'lost' ? 'main unlinked' : 'main'}>
        <LinkBand />
        <QuestionBar />
        <ErrorBoundary key={route.page} what="This page">
          <Page route={route} />
        </ErrorBoundary>
      </main>
      <ReferenceSide />
      <StatusBar />
      <Dialogs />
      <Palette />
      <Notices />
      <Notifications position="bottom-right" limit={TOAST_MOST} containerWidth={320} transitionDuration={0} />
      <Patterns />
    </div>
  );
}

function Page({ route }: { route: Route }) {
  const failure = useInstances((state) => state.failure);
  switch (route.page) {
    case 'instance':
      return <InstanceFrame route={route} />;
    case 'fleet':
      return <FleetPage filter={route.filter} />;
    case 'alerts':
      return <AlertsPage />;
    case 'settings':
      return <SettingsPage />;
    case 'rolling':
      return <RollingPage rollingId={route.rollingId} />;
    case 'home':
      return failure ? <div className="calm crit">{failure.message}</div> : <FirstWords />;
  }
}

/** Before the first answer: under 300 ms nothing, then what is going on. */
function FirstWords() {
  const link = useLink();
  if (link.status === 'lost') return null;
  return (
    <div className="calm late">{link.status === 'open' ? 'Reading the list of instances' : 'Connecting to Reeve'}</div>
  );
}

/** Home is the sample at the first start, the only instance, or the fleet; known once list and settings are there. */
function useHomeRoute({ router, instances, settings }: AppStores): void {
  const route = useRoute();
  useEffect(() => {
    if (route.page !== 'home') return undefined;
    const leave = () => {
      const target = homeRoute(instances.getState(), settings.getState());
      if (target) router.replace(target);
    };
    leave();
    const stops = [instances.subscribe(leave), settings.subscribe(leave)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [route.page, router, instances, settings]);
}

/** `?attach=web-03.ams` opens the attach dialog with this host. */
function useAttachLink({ ui }: AppStores): void {
  useEffect(() => {
    const host = new URLSearchParams(window.location.search).get('attach');
    if (host !== null && host !== '') ui.openDialog({ type: 'attach', host, isLinked: true });
  }, [ui]);
}

function useWindowTitle(): void {
  const route = useRoute();
  const instanceId = route.page === 'instance' ? route.instanceId : null;
  const name = useInstances((state) => (instanceId === null ? null : (state.byId[instanceId]?.name ?? null)));
  useEffect(() => {
    document.title = name === null ? 'Reeve' : `${name} · Reeve`;
  }, [name]);
}

/** Fill patterns that charts refer to by name. */
function Patterns() {
  return (
    <svg width="0" height="0" style={{ position: 'absolute' }} aria-hidden="true">
      <defs>
        <pattern id="hatch-cheap" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="4" height="4" fill="var(--bg-1)" />
          <rect width="1.4" height="4" fill="var(--st-cheap)" />
        </pattern>
      </defs>
    </svg>
  );
}
