/**
 * What running requests carry, secrets too, for a minute: asked for again with each poll and forgotten at the end of
 * the minute, when the page is left, and when the window is hidden. Nothing of it is kept anywhere else.
 */
import { useEffect, useState } from 'react';
import type { RevealedRequest } from '../../../electron/contract/logs-model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';

export interface Revealed {
  /** 0: secrets are hidden. */
  untilMs: number;
  requests: readonly RevealedRequest[];
  failure: Failure | null;
}

const HIDDEN: Revealed = { untilMs: 0, requests: [], failure: null };
const ASK_EVERY_MS = 1_000;

export function useRevealed(instanceId: string): { revealed: Revealed; show: () => void; hide: () => void } {
  const { client } = useStores();
  const [isOn, setIsOn] = useState(false);
  const [revealed, setRevealed] = useState(HIDDEN);

  useEffect(() => {
    if (!isOn) return undefined;
    let isCurrent = true;
    const hide = (failure: Failure | null): void => {
      if (!isCurrent) return;
      setIsOn(false);
      setRevealed({ ...HIDDEN, failure });
    };
    const ask = (begin: boolean): void => {
      client.call('requests.reveal', { instanceId, begin }).then(
        ({ untilMs, requests }) => {
          if (untilMs === 0) hide(null);
          else if (isCurrent) setRevealed({ untilMs, requests, failure: null });
          return untilMs;
        },
        (error: unknown) => hide(failureOf(error)),
      );
    };
    ask(true);
    const timer = setInterval(() => ask(false), ASK_EVERY_MS);
    const onVisibility = (): void => {
      if (document.hidden) hide(null);
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      isCurrent = false;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onVisibility);
      setRevealed(HIDDEN);
    };
  }, [client, instanceId, isOn]);

  return {
    revealed,
    show: () => {
      setRevealed(HIDDEN);
      setIsOn(true);
    },
    hide: () => setIsOn(false),
  };
}
