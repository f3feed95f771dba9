/**
 * The answer to a question about the file, asked again whenever its key changes; the last answer stays while the next
 * one is on its way, and a late answer to an old question is left aside.
 */
import { useEffect, useEffectEvent, useState } from 'react';
import { type Failure, failureOf } from '../../../client.ts';

export interface Asked<T> {
  /** null: not answered yet. */
  answer: T | null;
  failure: Failure | null;
  /** The key that `answer` or `failure` is about. */
  key: string | null;
}

/** `key` null: nothing is asked. */
export function useAsked<T>(key: string | null, ask: () => Promise<T>, afterMs = 0): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({ answer: null, failure: null, key: null });
  const askNow = useEffectEvent(async (isWanted: () => boolean) => {
    try {
      const answer = await ask();
      if (isWanted()) setAsked({ answer, failure: null, key });
    } catch (error) {
      if (isWanted()) setAsked((last) => ({ ...last, failure: failureOf(error), key }));
    }
  });
  useEffect(() => {
    if (key === null) return undefined;
    let isWanted = true;
    const timer = setTimeout(() => void askNow(() => isWanted), afterMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, afterMs]);
  return asked;
}
