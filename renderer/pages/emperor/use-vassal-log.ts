/** What the emperor's log says about the vassal that is open; asked when it is opened and when it changes its state. */
import { useEffect, useState } from 'react';
import type { VassalLog, VassalRow } from '../../../electron/contract/emperor-model.ts';
import { failureOf } from '../../client.ts';
import { useStores } from '../../stores/use-stores.ts';

/** null: it is being read. */
export function useVassalLog({ emperorId, key, state, blacklist }: VassalRow): VassalLog | null {
  const { client } = useStores();
  const [read, setRead] = useState<{ key: string; log: VassalLog } | null>(null);
  const attempts = blacklist?.attempts ?? 0;
  useEffect(() => {
    let isOpen = true;
    client.call('emperor.log', { instanceId: emperorId, vassal: key }).then(
      (log) => {
        if (isOpen) setRead({ key, log });
        return log;
      },
      (error: unknown) => {
        if (isOpen) setRead({ key, log: { path: null, lines: [], reason: failureOf(error).message } });
      },
    );
    return () => {
      isOpen = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- another state or attempt means other lines
  }, [client, emperorId, key, state, attempts]);
  return read?.key === key ? read.log : null;
}
