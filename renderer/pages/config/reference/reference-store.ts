/**
 * The option reference of this window: open or not, the page it shows and those before it, what is searched, and the
 * text of the Config tab that it speaks of while that tab is open. One for the window, as the drawer is. The reference
 * itself is fetched when it is first opened; this part is small and always there.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';

/** A page of the reference. */
export type ReferencePlace =
  | { type: 'index' }
  | { type: 'option'; name: string }
  | { type: 'rule'; code: string }
  | { type: 'section'; title: string };

/** The text that is open in the editor. */
export interface ReferenceDesk {
  instanceId: string;
  path: string;
  text: string;
  diagnostics: readonly ConfigDiagnostic[];
  isWritable: boolean;
  /** It is not what is on the disk. */
  isDirty: boolean;
}

export interface ReferenceState {
  isOpen: boolean;
  /** Pages in the order of the visit; `at` is the one that shows. */
  trail: readonly ReferencePlace[];
  at: number;
  /** Results are shown instead of the page while this is not empty. */
  query: string;
  desk: ReferenceDesk | null;
  /** Counts how often the reference was asked for: each time it takes the focus. */
  asked: number;
}

export interface ReferenceStore extends StoreApi<ReferenceState> {
  /** Opens the reference there, from outside of it: the focus follows. */
  open(place: ReferencePlace): void;
  /** Goes to another page from within. */
  go(place: ReferencePlace): void;
  back(): void;
  forward(): void;
  search(query: string): void;
  close(): void;
  setDesk(desk: ReferenceDesk): void;
  /** The Config tab is left: only a text that is nowhere else is still spoken of. */
  leaveDesk(): void;
}

const MOST_PAGES = 50;

export function createReferenceStore(): ReferenceStore {
  const store = createStore<ReferenceState>(() => ({
    isOpen: false,
    trail: [{ type: 'index' }],
    at: 0,
    query: '',
    desk: null,
    asked: 0,
  }));
  const step = (by: 1 | -1) =>
    store.setState(({ at, trail }) => ({ query: '', at: Math.min(Math.max(at + by, 0), trail.length - 1) }));
  return Object.assign(store, {
    open: (place: ReferencePlace) =>
      store.setState((state) => ({ ...visited(state, place), isOpen: true, asked: state.asked + 1 })),
    go: (place: ReferencePlace) => store.setState((state) => visited(state, place)),
    back: () => step(-1),
    forward: () => step(1),
    search: (query: string) => store.setState({ query }),
    close: () => store.setState({ isOpen: false, query: '' }),
    setDesk: (desk: ReferenceDesk) => store.setState({ desk }),
    leaveDesk: () => store.setState(({ desk }) => ({ desk: desk?.isDirty ? desk : null })),
  });
}

/** What lay ahead is forgotten, as in a browser; the same page again is no new visit. */
function visited({ trail, at }: ReferenceState, place: ReferencePlace): Pick<ReferenceState, 'trail' | 'at' | 'query'> {
  const current = trail[at];
  if (current !== undefined && isSame(current, place)) return { trail, at, query: '' };
  const next = [...trail.slice(0, at + 1), place].slice(-MOST_PAGES);
  return { trail: next, at: next.length - 1, query: '' };
}

function isSame(a: ReferencePlace, b: ReferencePlace): boolean {
  return keyOf(a) === keyOf(b);
}

/** Tells pages apart. */
export function keyOf(place: ReferencePlace): string {
  switch (place.type) {
    case 'index':
      return 'index';
    case 'option':
      return `option ${place.name}`;
    case 'rule':
      return `rule ${place.code}`;
    case 'section':
      return `section ${place.title}`;
  }
}

/** The one of this window. */
export const reference: ReferenceStore = createReferenceStore();
