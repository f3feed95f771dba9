/**
 * One clock for the whole page: "now" once a second, in the core's time. In the headless host the page may be on another
 * machine whose clock is off; ticks tell by how much. It stands still while the page is hidden.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface ClockState {
  nowMs: number;
}

export interface ClockStore extends StoreApi<ClockState> {
  /** The core's time at this moment, more exact than the state. */
  exactNow(): number;
  /** Tells the core's time as it was just heard. */
  hear(coreMs: number): void;
  dispose(): void;
}

/** Less than this is delay on the way, not a wrong clock. */
const SAME_CLOCK_MS = 2_000;

/** What the clock needs of the document. */
export interface ClockPage {
  readonly hidden: boolean;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
  removeEventListener(type: 'visibilitychange', listener: () => void): void;
}

export function createClockStore(page: ClockPage): ClockStore {
  let offsetMs = 0;
  const exactNow = () => Date.now() + offsetMs;
  const store = createStore<ClockState>(() => ({ nowMs: exactNow() }));
  const beat = () => {
    if (!page.hidden) store.setState({ nowMs: exactNow() });
  };
  const timer = setInterval(beat, 1000);
  page.addEventListener('visibilitychange', beat);
  return Object.assign(store, {
    exactNow,
    hear(coreMs: number) {
      const differenceMs = coreMs - Date.now();
      offsetMs = Math.abs(differenceMs) < SAME_CLOCK_MS ? 0 : differenceMs;
    },
    dispose() {
      clearInterval(timer);
      page.removeEventListener('visibilitychange', beat);
    },
  });
}
