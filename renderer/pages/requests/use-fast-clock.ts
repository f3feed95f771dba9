/** The core's time four times a second, for what counts while one looks; it stands still while the page is hidden or held. */
import { useEffect, useState } from 'react';
import { useStores, useUi } from '../../stores/use-stores.ts';

const BEAT_MS = 250;

export function useFastClock(): number {
  const { clock } = useStores();
  const isHeld = useUi((state) => state.isHeld);
  const [nowMs, setNowMs] = useState(() => clock.exactNow());
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setNowMs(clock.exactNow());
    }, BEAT_MS);
    return () => clearInterval(timer);
  }, [clock, isHeld]);
  return nowMs;
}
