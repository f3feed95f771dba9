/**
 * What is asked of the Config tab from outside of it: by the palette, and by the reference of options. A request waits
 * until the tab of its instance is there with its text; a newer one takes its place.
 */
import { useEffect, useEffectEvent } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EditorAction } from '../../editor/IniEditor.tsx';

export type ConfigRequest =
  | { type: 'focus' }
  | { type: 'go-to'; line: number; column: number }
  | { type: 'fix'; line: number; column: number }
  /** A line for an option, by its main name. */
  | { type: 'add'; name: string }
  | { type: 'edit'; action: EditorAction }
  | { type: 'rehearse' }
  | { type: 'presets' }
  | { type: 'problems' }
  | { type: 'outline' };

export interface ConfigRequests extends StoreApi<{ waiting: { instanceId: string; request: ConfigRequest } | null }> {
  ask(instanceId: string, request: ConfigRequest): void;
  /** The request for this instance, once; null: there is none. */
  take(instanceId: string): ConfigRequest | null;
}

export function createConfigRequests(): ConfigRequests {
  const store = createStore<{ waiting: { instanceId: string; request: ConfigRequest } | null }>(() => ({
    waiting: null,
  }));
  return Object.assign(store, {
    ask: (instanceId: string, request: ConfigRequest) => store.setState({ waiting: { instanceId, request } }),
    take: (instanceId: string) => {
      const { waiting } = store.getState();
      if (waiting?.instanceId !== instanceId) return null;
      store.setState({ waiting: null });
      return waiting.request;
    },
  });
}

/** The one of this window. */
export const configRequests: ConfigRequests = createConfigRequests();

/** Answers requests for an instance for as long as its editor is there. */
export function useConfigRequests(instanceId: string, answer: (request: ConfigRequest) => void): void {
  const answerNow = useEffectEvent(answer);
  useEffect(() => {
    const look = (): void => {
      const request = configRequests.take(instanceId);
      if (request !== null) answerNow(request);
    };
    look();
    return configRequests.subscribe(look);
  }, [instanceId]);
}
