/**
 * What is in the folders of an instance's spoolers: the chosen one every few seconds, the others less often, one after
 * another, so that a slow machine is asked one thing at a time. Nothing is asked while the window is hidden.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { SpoolList } from '../../../electron/contract/background-model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';

const CHOSEN_EVERY_MS = 3_000;
const OTHERS_EVERY_MS = 15_000;

export interface SpoolLists {
  lists: ReadonlyMap<string, SpoolList>;
  /** Why the chosen one could not be asked for. */
  failure: Failure | null;
  /** Asks for the chosen one at once. */
  refresh: () => void;
}

export function useSpoolLists(instanceId: string, folders: readonly string[], chosen: string | null): SpoolLists {
  const { client } = useStores();
  const [lists, setLists] = useState<ReadonlyMap<string, SpoolList>>(new Map());
  const [failure, setFailure] = useState<Failure | null>(null);
  const askNow = useRef(() => {});
  const readAt = useRef(new Map<string, number>());
  const all = folders.join('\n');

  useEffect(() => {
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (folder: string): Promise<void> => {
      if (!client.attached || document.hidden) return;
      try {
        const list = await client.call('spool.list', { instanceId, folder });
        if (!isCurrent) return;
        readAt.current.set(folder, performance.now());
        setLists((lists) => new Map(lists).set(folder, list));
        if (folder === chosen) setFailure(null);
      } catch (error) {
        if (isCurrent && folder === chosen && client.attached) setFailure(failureOf(error));
      }
    };
    const round = async (): Promise<void> => {
      if (chosen !== null) await ask(chosen);
      for (const folder of all.split('\n')) {
        const last = readAt.current.get(folder);
        const isOld = last === undefined || performance.now() - last >= OTHERS_EVERY_MS;
        if (isCurrent && folder !== '' && folder !== chosen && isOld) await ask(folder);
      }
      if (isCurrent) timer = setTimeout(() => void round(), CHOSEN_EVERY_MS);
    };
    askNow.current = () => {
      if (chosen !== null) void ask(chosen);
    };
    void round();
    const stop = client.onAttachment((isAttached) => {
      if (isAttached) askNow.current();
    });
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      stop();
    };
  }, [client, instanceId, all, chosen]);

  return { lists, failure, refresh: useCallback(() => askNow.current(), []) };
}
