/**
 * The Reload tab: chooses the method, shows the exact action and the checks, starts, and watches every worker until
 * there is a verdict. The run is in the address, so that a report can be opened again from an event mark.
 */
import { useEffect, useState } from 'react';
import { type Failure, failureOf } from '../../client.ts';
import { runsOf } from '../../stores/reload.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useReloads, useRoute, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { ReloadPlanView } from './ReloadPlanView.tsx';
import { ReloadRunView } from './ReloadRunView.tsx';
import './reload.css';

export default function ReloadPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const route = useRoute();
  const instance = useInstance(instanceId);
  const reloadId = route.page === 'instance' ? route.reloadId : null;
  const runs = useReloads((state) => state.runs);
  const run = reloadId === null ? undefined : runs[reloadId];
  const active = runsOf(runs, instanceId).find((run) => run.phase !== 'finished');
  const activeId = active?.id ?? null;
  const isMissing = reloadId !== null && !run;
  const [failure, setFailure] = useState<Failure | null>(null);

  useEffect(() => {
    stores.reload.list(instanceId).catch((error: unknown) => setFailure(failureOf(error)));
  }, [stores, instanceId]);

  useEffect(() => {
    if (reloadId !== null && isMissing)
      stores.reload.load(reloadId).catch((error: unknown) => setFailure(failureOf(error)));
  }, [stores, reloadId, isMissing]);

  // One reload at a time: the one that runs is what this page is about.
  useEffect(() => {
    if (reloadId === null && activeId !== null) {
      stores.router.replace(instanceRoute(instanceId, 'reload', { reloadId: activeId }));
    }
  }, [stores, instanceId, reloadId, activeId]);

  if (!instance) return null;
  const close = () => stores.router.go(instanceRoute(instanceId));
  const again = () => {
    setFailure(null);
    stores.router.go(instanceRoute(instanceId, 'reload'));
  };
  if (run) return <ReloadRunView instance={instance} run={run} onAgain={again} onClose={close} />;
  if (isMissing) {
    if (!failure) return <p className="calm">Opening the report</p>;
    return (
      <ErrorBand title={failure.message} text={failure.hint} actions={<Button onClick={again}>Plan a reload</Button>} />
    );
  }
  return <ReloadPlanView instance={instance} onClose={close} />;
}
