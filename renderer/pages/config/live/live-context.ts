/** Live figures for whatever the Config page shows beside the text. */
import { createContext, use, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { OptionFigure } from '../../../../electron/contract/live-figures.ts';
import type { LiveFigureMap } from '../../../editor/live-gutter.ts';
import { useStores } from '../../../stores/use-stores.ts';
import { createLiveStore } from './live-store.ts';

export const LiveFiguresContext = createContext<LiveFigureMap>(new Map());

/** Asks for as long as the page is there. */
export function useLiveFigures(instanceId: string): LiveFigureMap {
  const { client } = useStores();
  const [store] = useState(() =>
    createLiveStore({
      client,
      instanceId,
      isHidden: () => document.hidden,
      setTimer: (fire, afterMs) => {
        const timer = setTimeout(fire, afterMs);
        return () => clearTimeout(timer);
      },
    }),
  );
  useEffect(() => store.follow(), [store]);
  return useStore(store);
}

/** Of one option, by its main name; null: nothing is known. */
export function useLiveFigure(option: string): OptionFigure | null {
  return use(LiveFiguresContext).get(option) ?? null;
}
