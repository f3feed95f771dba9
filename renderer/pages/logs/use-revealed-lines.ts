/**
 * Lines of the log with their secrets, for a minute: asked for as they come and forgotten at the end of the minute,
 * with another source, when the page is left, and when the window is hidden. Nothing of it is kept anywhere else.
 */
import { useEffect, useState } from 'react';
import type { RevealedLine } from '../../../electron/contract/logs-model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';

interface RevealedLines {
  /** 0: secrets are hidden. */
  untilMs: number;
  bySeq: ReadonlyMap<number, RevealedLine>;
  failure: Failure | null;
}

const HIDDEN: RevealedLines = { untilMs: 0, bySeq: new Map(), failure: null };
const ASK_EVERY_MS = 1_000;

interface RevealSwitch {
  revealed: RevealedLines;
  show: () => void;
  hide: () => void;
}

export function useRevealedLines(instanceId: string, source: string | null): RevealSwitch {
  const { client } = useStores();
  /** The source that is shown; another one is asked for anew. */
  const [shownSource, setShownSource] = useState<string | null>(null);
  const [revealed, setRevealed] = useState(HIDDEN);
  const isOn = source !== null && shownSource === source;

  useEffect(() => {
    if (!isOn || source === null) return undefined;
    let isCurrent = true;
    let isAsking = false;
    let lastSeq = 0;
    const hide = (failure: Failure | null): void => {
      if (!isCurrent) return;
      setShownSource(null);
      setRevealed({ ...HIDDEN, failure });
    };
    const ask = async (begin: boolean): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      try {
        const { untilMs, lines } = await client.call('log.reveal', { instanceId, source, begin, sinceSeq: lastSeq });
        if (untilMs === 0) hide(null);
        else if (isCurrent) {
          lastSeq = lines.at(-1)?.seq ?? lastSeq;
          const more = lines.map((line): [number, RevealedLine] => [line.seq, line]);
          setRevealed(({ bySeq }) => ({ untilMs, bySeq: new Map([...bySeq, ...more]), failure: null }));
        }
      } catch (error) {
        hide(failureOf(error));
      }
      isAsking = false;
    };
    void ask(true);
    const timer = setInterval(() => void ask(false), ASK_EVERY_MS);
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
  }, [client, instanceId, source, isOn]);

  return { revealed, show: () => setShownSource(source), hide: () => setShownSource(null) };
}
