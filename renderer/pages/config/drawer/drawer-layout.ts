/**
 * How the drawer below the editor stands in this window: open or not, which tab, how high. Kept in the browser's own
 * storage, where that is allowed: it belongs to the window, not to an instance.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export const DRAWER_TABS = ['diff', 'history', 'drift', 'effective'] as const;
export type DrawerTab = (typeof DRAWER_TABS)[number];

export interface Comparison {
  instanceId: string;
  other: { id: string; name: string };
}

export interface DrawerLayout {
  isOpen: boolean;
  tab: DrawerTab;
  heightPx: number;
  /** The instance that Drift of another compares with when it opens; null: what runs. Not kept. */
  comparison: Comparison | null;
}

export const DRAWER_HEIGHT_PX = 202;
const LEAST_HEIGHT_PX = 96;
const MOST_HEIGHT_PX = 900;
const KEY = 'reeve.configDrawer';

export interface DrawerStore extends StoreApi<DrawerLayout> {
  show(tab: DrawerTab): void;
  /** Opens Drift, of this instance against the other one. */
  compare(comparison: Comparison): void;
  close(): void;
  /** As the key does: opens the tab, or closes the drawer when it is the one that shows. */
  toggle(tab: DrawerTab): void;
  resize(heightPx: number): void;
}

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>;

export function createDrawerStore(storage: Storage | null): DrawerStore {
  const store = createStore<DrawerLayout>(() => readLayout(storage));
  store.subscribe((layout) => writeLayout(storage, layout));
  return Object.assign(store, {
    show: (tab: DrawerTab) => store.setState({ isOpen: true, tab, comparison: null }),
    compare: (comparison: Comparison) => store.setState({ isOpen: true, tab: 'drift', comparison }),
    close: () => store.setState({ isOpen: false }),
    toggle: (tab: DrawerTab) => store.setState((layout) => ({ isOpen: !(layout.isOpen && layout.tab === tab), tab })),
    resize: (heightPx: number) =>
      store.setState({ heightPx: Math.round(Math.min(Math.max(heightPx, LEAST_HEIGHT_PX), MOST_HEIGHT_PX)) }),
  });
}

function readLayout(storage: Storage | null): DrawerLayout {
  const layout: DrawerLayout = { isOpen: false, tab: 'diff', heightPx: DRAWER_HEIGHT_PX, comparison: null };
  try {
    const [open, tab, height] = (storage?.getItem(KEY) ?? '').split(' ');
    const known = DRAWER_TABS.find((name) => name === tab);
    if (known === undefined) return layout;
    const heightPx = Number(height);
    const isHeight = heightPx >= LEAST_HEIGHT_PX && heightPx <= MOST_HEIGHT_PX;
    return { ...layout, isOpen: open === 'open', tab: known, heightPx: isHeight ? heightPx : DRAWER_HEIGHT_PX };
  } catch {
    // A browser that keeps nothing for this page.
    return layout;
  }
}

function writeLayout(storage: Storage | null, { isOpen, tab, heightPx }: DrawerLayout): void {
  try {
    storage?.setItem(KEY, `${isOpen ? 'open' : 'closed'} ${tab} ${heightPx}`);
  } catch {
    // It is then as it was when the page opened.
  }
}

/** Storage of the page; null where the browser refuses it, and outside of one. */
function pageStorage(): Storage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage;
  } catch {
    return null;
  }
}

/** The one of this window. */
export const drawer: DrawerStore = createDrawerStore(pageStorage());
