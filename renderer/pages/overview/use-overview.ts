/** What both forms of the overview need: events in the window, where clicks lead, whether figures are from before. */
import { useCallback, useMemo } from 'react';
import type { Instance, InstanceEvent } from '../../../electron/contract/model.ts';
import type { ChartFrame } from '../../charts/frame-source.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useStores, useWatch } from '../../stores/use-stores.ts';
import { isSilent } from '../instance/link-down.ts';

/** Older than three polls is stale. */
const STALE_MS = 3_500;

/** Events of the watched instance within the charts' span. */
export function useEventsIn({ fromMs, toMs }: ChartFrame): readonly InstanceEvent[] {
  const events = useWatch((state) => state.events);
  return useMemo(() => events.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs), [events, fromMs, toMs]);
}

export function useOpeners(instanceId: string) {
  const { router } = useStores();
  const openEvent = useCallback(
    (event: InstanceEvent) => {
      if (event.reloadId !== null) router.go(instanceRoute(instanceId, 'reload', { reloadId: event.reloadId }));
    },
    [router, instanceId],
  );
  const openWorker = useCallback(
    (worker: number) => router.go(instanceRoute(instanceId, 'workers', { worker })),
    [router, instanceId],
  );
  return { openEvent, openWorker };
}

/** True when the figures are from before: no link, a stopped engine, or no answer for three polls. */
export function useIsStale(instance: Instance, { toMs }: ChartFrame): boolean {
  const { figures } = instance;
  if (isSilent(instance)) return true;
  return figures !== null && toMs - figures.atMs > STALE_MS;
}
