/**
 * The one tick that all charts of a page share: which span of time they show, and a version that changes when they must
 * redraw. It stands still while charts are held and while the page is hidden; then one redraw catches up.
 */
import type { AppStores } from '../stores/app.ts';
import type { ClockPage } from '../stores/clock.ts';
import type { Span } from './points.ts';
import { timeStepMs, timeTicks } from './scale.ts';

export interface ChartFrame extends Span {
  version: number;
  tickMs: readonly number[];
  tickStepMs: number;
}

export interface FrameSource {
  subscribe(changed: () => void): () => void;
  current(): ChartFrame;
}

type Stores = Pick<AppStores, 'watch' | 'ui' | 'clock'>;

export function createFrameSource({ watch, ui, clock }: Stores, page: ClockPage, windowMs: number): FrameSource {
  let frame: ChartFrame | null = null;
  return {
    subscribe(changed) {
      const stops = [watch.subscribe(changed), ui.subscribe(changed)];
      page.addEventListener('visibilitychange', changed);
      return () => {
        for (const stop of stops) stop();
        page.removeEventListener('visibilitychange', changed);
      };
    },
    current() {
      const { ringVersion, atMs } = watch.getState();
      if (frame && (ui.getState().isHeld || page.hidden || frame.version === ringVersion)) return frame;
      const toMs = atMs ?? clock.exactNow();
      const fromMs = toMs - windowMs;
      frame = { version: ringVersion, fromMs, toMs, tickMs: timeTicks(fromMs, toMs), tickStepMs: timeStepMs(windowMs) };
      return frame;
    },
  };
}
