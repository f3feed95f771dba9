/**
 * What is open and chosen in this window: dialogs, palette, chart window, live or held, folded groups, unsaved files.
 * Nothing here is known to the core; what must survive a restart is in settings.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ActionKind } from '../../electron/contract/actions-model.ts';

export type OpenDialog =
  /** `host`: a destination to begin with. `isLinked`: an address named it, so nothing connects before its user says so. */
  | { type: 'attach'; host?: string; isLinked?: boolean }
  /** What a host on its way asks. */
  | { type: 'question' }
  /** `path`: what it would run is shown at once. */
  | { type: 'open'; path?: string }
  | { type: 'shortcuts' }
  | { type: 'rename'; instanceId: string }
  | { type: 'remove'; instanceId: string }
  | { type: 'tags'; instanceIds: readonly string[] }
  | { type: 'rolling'; instanceIds: readonly string[] }
  | { type: 'save-filter'; filter: string }
  | { type: 'import' }
  /** Vassals of one emperor, by the keys of their rows. */
  | { type: 'vassals'; what: 'touch' | 'attach'; instanceId: string; vassals: readonly string[] }
  | { type: 'drift'; instanceIds: readonly string[] }
  /** A small action on the server; `wid` for a worker's. */
  | { type: 'action'; instanceId: string; kind: ActionKind; wid: number | null };

export interface UiState {
  dialog: OpenDialog | null;
  isPaletteOpen: boolean;
  chartWindowMs: number;
  /** Charts and tables stand still; data goes on coming in. */
  isHeld: boolean;
  foldedGroups: readonly string[];
  /** Instances whose configuration has unsaved changes (the dot on the Config tab). */
  unsavedConfigs: readonly string[];
  /** Instances chosen on the Fleet page. */
  selected: readonly string[];
  /** Instance that the Fleet page has to bring into view. */
  shownInstance: string | null;
}

export interface UiStore extends StoreApi<UiState> {
  openDialog(dialog: OpenDialog): void;
  closeDialog(): void;
  setPaletteOpen(open: boolean): void;
  setChartWindow(ms: number): void;
  toggleHold(): void;
  setGroupFolded(group: string, folded: boolean): void;
  setConfigUnsaved(instanceId: string, unsaved: boolean): void;
  select(instanceIds: readonly string[]): void;
  showInstance(instanceId: string | null): void;
}

export const CHART_WINDOWS_MS = [5 * 60_000, 15 * 60_000] as const;

export function createUiStore(): UiStore {
  const store = createStore<UiState>(() => ({
    dialog: null,
    isPaletteOpen: false,
    chartWindowMs: CHART_WINDOWS_MS[0],
    isHeld: false,
    foldedGroups: [],
    unsavedConfigs: [],
    selected: [],
    shownInstance: null,
  }));
  return Object.assign(store, {
    openDialog: (dialog: OpenDialog) => store.setState({ dialog, isPaletteOpen: false }),
    closeDialog: () => store.setState({ dialog: null }),
    setPaletteOpen: (isPaletteOpen: boolean) => store.setState({ isPaletteOpen }),
    setChartWindow: (chartWindowMs: number) => store.setState({ chartWindowMs }),
    toggleHold: () => store.setState((state) => ({ isHeld: !state.isHeld })),
    setGroupFolded: (group: string, folded: boolean) =>
      store.setState((state) => ({ foldedGroups: withMember(state.foldedGroups, group, folded) })),
    select: (selected: readonly string[]) => store.setState({ selected }),
    showInstance: (shownInstance: string | null) => store.setState({ shownInstance }),
    setConfigUnsaved: (instanceId: string, unsaved: boolean) =>
      store.setState((state) => ({ unsavedConfigs: withMember(state.unsavedConfigs, instanceId, unsaved) })),
  });
}

function withMember(list: readonly string[], member: string, isIn: boolean): readonly string[] {
  if (list.includes(member) === isIn) return list;
  return isIn ? [...list, member] : list.filter((other) => other !== member);
}
