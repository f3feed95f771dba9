/** What the open task says: read when it is opened, and again for a minute with its secrets when they are asked for. */
import { useEffect, useState } from 'react';
import type { SpoolTask, TaskName } from '../../../electron/contract/background-model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';

/** As long as the core grants it. */
const SHOWN_MS = 60_000;

interface Read {
  key: string;
  task: SpoolTask | null;
  failure: Failure | null;
}

export interface OpenTask {
  task: SpoolTask | null;
  failure: Failure | null;
  show: () => void;
  hide: () => void;
}

/** `chosen` null: none is open. */
export function useTask(instanceId: string, folder: string, chosen: TaskName | null): OpenTask {
  const { client } = useStores();
  const key = chosen === null ? '' : `${folder} ${chosen.place}/${chosen.name}`;
  const [read, setRead] = useState<Read | null>(null);
  /** The task whose secrets are asked for. */
  const [shownKey, setShownKey] = useState('');
  const isShown = key !== '' && shownKey === key;
  const [place, name] = [chosen?.place ?? '', chosen?.name ?? ''];

  useEffect(() => {
    if (key === '') return undefined;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = (reveal: boolean): void => {
      client.call('spool.task', { instanceId, folder, task: { place, name }, reveal }).then(
        (task) => {
          if (!isCurrent) return task;
          setRead({ key, task, failure: null });
          if (isShown) timer = setTimeout(() => setShownKey(''), SHOWN_MS);
          return task;
        },
        (error: unknown) => {
          if (isCurrent) setRead({ key, task: null, failure: failureOf(error) });
        },
      );
    };
    ask(isShown);
    const onVisibility = (): void => {
      if (document.hidden) setShownKey('');
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [client, instanceId, folder, place, name, key, isShown]);

  const current = read?.key === key ? read : null;
  return {
    task: current?.task ?? null,
    failure: current?.failure ?? null,
    show: () => setShownKey(key),
    hide: () => setShownKey(''),
  };
}
