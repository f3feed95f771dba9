/**
 * The one crosshair of a page: which time, and on which chart the pointer is. Outside of the charts' props, so that
 * moving the pointer redraws a line and a few words and never a chart.
 */
import { createContext, useContext, useSyncExternalStore } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Crosshair {
  /** null: no crosshair; legends show the value now. */
  atMs: number | null;
  /** Chart that shows the tooltip. */
  chart: string | null;
}

export type CrosshairStore = StoreApi<Crosshair>;

export const NO_CROSSHAIR: Crosshair = { atMs: null, chart: null };

export function createCrosshair(): CrosshairStore {
  return createStore<Crosshair>(() => NO_CROSSHAIR);
}

export const CrosshairContext = createContext<CrosshairStore>(createCrosshair());

export function useCrosshair(): Crosshair {
  const store = useContext(CrosshairContext);
  return useSyncExternalStore(store.subscribe, store.getState);
}
