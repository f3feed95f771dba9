/**
 * The one tick that all charts of a page share: which span of time, and a version that changes when they must redraw.
 * It stands still while charts are held, and while the page is hidden; then one redraw catches up.
 */
import { useRef, useSyncExternalStore } from 'react';
import { useStores, useUi, useWatch } from '../stores/use-stores.ts';
import type { Span } from './points.ts';
import { timeStepMs, timeTicks } from './scale.ts';

export interface ChartFrame extends Span {
  version: number;
  tickMs: readonly number[];
  tickStepMs: number;
}

export function useChartFrame(windowMs: number): ChartFrame {
  const { clock } = useStores();
  const version = useWatch((state) => state.ringVersion);
  const atMs = useWatch((state) => state.atMs);
  const isHeld = useUi((state) => state.isHeld);
  const isHidden = useIsHidden();
  const drawn = useRef<ChartFrame | null>(null);
  const before = drawn.current;
  if (before && before.toMs - before.fromMs === windowMs && (isHeld || isHidden || before.version === version))
    return before;
  const toMs = atMs ?? clock.exactNow();
  const fromMs = toMs - windowMs;
  drawn.current = { version, fromMs, toMs, tickMs: timeTicks(fromMs, toMs), tickStepMs: timeStepMs(windowMs) };
  return drawn.current;
}

function useIsHidden(): boolean {
  return useSyncExternalStore(
    (changed) => {
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
    () => document.hidden,
  );
}
