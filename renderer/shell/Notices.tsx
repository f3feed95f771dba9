/** Toasts for what the core reports from elsewhere, with a way to where it happened. */
import { useEffect } from 'react';
import { instanceRoute } from '../stores/router.ts';
import { useStores } from '../stores/use-stores.ts';
import { showToast } from '../ui/toast.tsx';

export function Notices() {
  const { client, router } = useStores();
  useEffect(
    () =>
      client.on('notice', ({ level, text, instanceId, reloadId }) => {
        const route = router.getState().route;
        // What is in view is shown in view.
        if (reloadId !== null && route.page === 'instance' && route.tab === 'reload' && route.instanceId === instanceId)
          return;
        if (reloadId !== null && route.page === 'rolling') return;
        const target =
          instanceId === null
            ? null
            : instanceRoute(instanceId, reloadId === null ? 'overview' : 'reload', { reloadId });
        const action = target
          ? { title: reloadId === null ? 'Open' : 'Open report', run: () => router.go(target) }
          : undefined;
        showToast({ level, text, ...(action ? { action } : {}) });
      }),
    [client, router],
  );
  return null;
}
