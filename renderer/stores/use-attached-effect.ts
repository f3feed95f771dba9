/** Work that a page does when it opens and after each loss of the link to Reeve: its first call may come before the link. */
import { useEffect } from 'react';
import { useStores } from './use-stores.ts';

/** Runs `work` once Reeve is there, and again each time it is back. `work` is kept by its maker (useCallback). */
export function useAttachedEffect(work: () => void): void {
  const { client } = useStores();
  useEffect(() => {
    if (client.attached) work();
    return client.onAttachment((isAttached) => {
      if (isAttached) work();
    });
  }, [client, work]);
}
