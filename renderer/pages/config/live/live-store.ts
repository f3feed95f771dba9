/**
 * Live figures of one instance while its Config page is open: asked for every few seconds, one question at a time, and
 * replaced only when they are others than before.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OptionFigure } from '../../../../electron/contract/live-figures.ts';
import type { Client } from '../../../client.ts';
import type { LiveFigureMap } from '../../../editor/live-gutter.ts';

export interface LiveStore extends StoreApi<LiveFigureMap> {
  /** Until the returned function is called. */
  follow(): () => void;
}

export interface LiveStoreOptions {
  client: Pick<Client, 'call'>;
  instanceId: string;
  /** Nobody looks: nothing is asked. */
  isHidden: () => boolean;
  setTimer: (fire: () => void, afterMs: number) => () => void;
}

const EVERY_MS = 3_000;
const NONE: LiveFigureMap = new Map();

export function createLiveStore({ client, instanceId, isHidden, setTimer }: LiveStoreOptions): LiveStore {
  const store = createStore<LiveFigureMap>(() => NONE);
  let last = '';

  function take(found: readonly OptionFigure[]): void {
    const text = JSON.stringify(found);
    if (text === last) return;
    last = text;
    store.setState(new Map(found.map((figure) => [figure.option, figure])), true);
  }

  return Object.assign(store, {
    follow: () => {
      let isWanted = true;
      let cancel: (() => void) | null = null;
      const ask = async (): Promise<void> => {
        try {
          const found = isHidden() ? null : await client.call('config.figures', { instanceId });
          if (isWanted && found !== null) take(found.figures);
        } catch {
          // The server or the link is gone: figures of before would be taken for those of now.
          if (isWanted) take([]);
        }
        if (isWanted) cancel = setTimer(() => void ask(), EVERY_MS);
      };
      void ask();
      return () => {
        isWanted = false;
        cancel?.();
      };
    },
  });
}

/** What cards of options show. */
export function rowsOf(found: LiveFigureMap): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  return new Map(
    [...found].map(([option, { rows, suggestion }]) => [
      option,
      suggestion === null ? rows : [...rows, ['Suggested', suggestion.title] as const],
    ]),
  );
}
