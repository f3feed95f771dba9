/** The shared frame of a page's charts, as a hook. */
import { useMemo, useSyncExternalStore } from 'react';
import { useStores } from '../stores/use-stores.ts';
import { type ChartFrame, createFrameSource } from './frame-source.ts';

export function useChartFrame(windowMs: number): ChartFrame {
  const stores = useStores();
  const source = useMemo(() => createFrameSource(stores, document, windowMs), [stores, windowMs]);
  return useSyncExternalStore(
    (changed) => source.subscribe(changed),
    () => source.current(),
  );
}
