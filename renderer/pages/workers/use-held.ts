/** What is being watched, as it was when the page was put on hold; what is known now otherwise. */
import { useState } from 'react';
import { useUi, useWatch } from '../../stores/use-stores.ts';
import type { WatchState } from '../../stores/watch.ts';

export function useHeldWatch(): WatchState {
  const watch = useWatch((state) => state);
  const isHeld = useUi((state) => state.isHeld);
  const [shown, setShown] = useState(watch);
  // A page that opens while it is held has nothing to hold on to yet.
  if (isHeld && shown.status === 'live' && shown.instanceId === watch.instanceId) return shown;
  if (!Object.is(shown, watch)) setShown(watch);
  return watch;
}
