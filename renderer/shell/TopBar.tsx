/** Top bar: mark, where one is, the command field. It is the window's handle; the system draws its own buttons over it. */
import { Search } from 'lucide-react';
import { Fragment } from 'react';
import { fleetRoute, instanceRoute, type Route, TAB_TITLES } from '../stores/router.ts';
import { useHostInfo, useInstances, useRoute, useStores } from '../stores/use-stores.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { Mark } from './Mark.tsx';

interface Crumb {
  title: string;
  route: Route | null;
}

const PAGE_TITLES = {
  home: 'Reeve',
  fleet: 'Fleet',
  alerts: 'Alerts',
  settings: 'Settings',
  rolling: 'Rolling reloads',
} as const;

export function TopBar({ isNarrow }: { isNarrow: boolean }) {
  const { router, ui } = useStores();
  const info = useHostInfo();
  const crumbs = useCrumbs(isNarrow);
  return (
    <header className={info?.capabilities.windowControls ? 'top with-controls' : 'top'}>
      <div className="mark">
        <Mark />
        {isNarrow ? null : 'Reeve'}
      </div>
      <nav className="crumb" aria-label="Where you are">
        {crumbs.map(({ title, route }, index) => (
          <Fragment key={title}>
            {index > 0 ? <span className="sep">/</span> : null}
            {route && index < crumbs.length - 1 ? (
              <button type="button" onClick={() => router.go(route)}>
                {title}
              </button>
            ) : (
              <b className="ell" aria-current="page">
                {title}
              </b>
            )}
          </Fragment>
        ))}
      </nav>
      <button type="button" className="omni" onClick={() => ui.setPaletteOpen(true)}>
        <Search size={13} strokeWidth={1.75} aria-hidden />
        <span className="grow">{isNarrow ? 'Search' : 'Search or run a command'}</span>
        <Kbd keys="Mod+K" />
      </button>
    </header>
  );
}

function useCrumbs(isNarrow: boolean): Crumb[] {
  const route = useRoute();
  const instanceId = route.page === 'instance' ? route.instanceId : null;
  const name = useInstances((state) => (instanceId === null ? null : (state.byId[instanceId]?.name ?? instanceId)));
  const group = useInstances((state) => (instanceId === null ? null : (state.byId[instanceId]?.group ?? null)));
  if (route.page !== 'instance')
    return [
      ...(route.page === 'rolling' ? [{ title: PAGE_TITLES.fleet, route: fleetRoute() }] : []),
      { title: PAGE_TITLES[route.page], route: null },
    ];
  const tab = route.tab === 'overview' ? null : TAB_TITLES[route.tab];
  return [
    ...(isNarrow ? [] : [{ title: 'Instances', route: fleetRoute() }]),
    ...(group === null ? [] : [{ title: group, route: fleetRoute(`group:${group}`) }]),
    { title: name ?? '', route: instanceRoute(route.instanceId) },
    ...(tab === null ? [] : [{ title: tab, route: null }]),
  ];
}
