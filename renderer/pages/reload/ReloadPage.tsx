/**
 * The Reload tab: chooses the method, shows the exact action and the checks, starts, and watches every worker until
 * there is a verdict. The run is in the address, so that a report can be opened again from an event mark.
 */
import { RefreshCw, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Instance, ReloadMethod, ReloadRun } from '../../../electron/contract/model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { runsOf } from '../../stores/reload.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useNow, useReloads, useRoute, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { useFastClock } from '../requests/use-fast-clock.ts';
import { PastReloads } from './PastReloads.tsx';
import { ReloadPlanColumn } from './ReloadPlanColumn.tsx';
import { checksWords, ReloadBand, ReloadSteps, tookWords } from './ReloadSteps.tsx';
import { ReloadWatch } from './ReloadWatch.tsx';
import './reload.css';
import { reportText } from './report-text.ts';

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
  if (run) return <RunView instance={instance} run={run} onAgain={again} onClose={close} />;
  if (isMissing) {
    if (!failure) return <p className="calm">Opening the report</p>;
    return (
      <ErrorBand title={failure.message} text={failure.hint} actions={<Button onClick={again}>Plan a reload</Button>} />
    );
  }
  return <PlanView instance={instance} onClose={close} />;
}

function PlanView({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const { reload, router } = useStores();
  const nowMs = useNow();
  const plan = useReloads((state) => state.plans[instance.id]);
  const runs = useReloads((state) => state.runs);
  const [chosenId, setChosenId] = useState<ReloadMethod['id'] | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (round < 0) return;
    reload.plan(instance.id).then(
      () => setFailure(null),
      (error: unknown) => setFailure(failureOf(error)),
    );
  }, [reload, instance.id, round]);

  const checkAgain = () => setRound((round) => round + 1);
  const wanted = chosenId ?? plan?.recommended;
  const chosen = plan?.methods.find((method) => method.id === wanted && method.enabled) ?? null;
  const failed = plan?.checks.filter((check) => check.status === 'fail') ?? [];

  async function start(): Promise<void> {
    if (!chosen) return;
    setIsStarting(true);
    try {
      const run = await reload.start(instance.id, chosen.id);
      router.replace(instanceRoute(instance.id, 'reload', { reloadId: run.id }));
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setIsStarting(false);
    }
  }

  const error = failure ? (
    <ErrorBand
      title={failure.message}
      text={failure.hint}
      actions={<Button onClick={checkAgain}>Check again</Button>}
    />
  ) : null;
  if (!plan) return error ?? <p className="calm">Looking at the ways to reload {instance.name}</p>;
  const blockedBy = isStarting
    ? 'Starting'
    : chosen === null
      ? 'No way to reload can be used; each says why'
      : failed[0]
        ? `${failed[0].title}: ${failed[0].detail ?? failed[0].value}`
        : null;
  return (
    <div className="reload-page">
      <ReloadSteps
        now={chosen ? 'checks' : 'method'}
        failed={false}
        facts={{ ...(chosen ? { method: chosen.title } : {}), checks: checksWords(plan.checks) }}
      >
        <CloseButton onClose={onClose} />
      </ReloadSteps>
      {error}
      <div className="reload-band plain">
        <div className="grow">
          <h2 className="title">
            {chosen ? `${chosen.title} of ${instance.name}` : `${instance.name} can't be reloaded from here`}
          </h2>
          <p className="s2">{planWords(plan.forecast)}</p>
        </div>
        <Button
          size="md"
          icon={<RefreshCw size={14} strokeWidth={1.75} aria-hidden />}
          variant="quiet"
          onClick={checkAgain}
        >
          Check again
        </Button>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- R, then Enter: the page was opened to press it */}
        <Button variant="primary" disabledReason={blockedBy} autoFocus onClick={() => void start()}>
          Start reload
        </Button>
      </div>
      <div className="reload-split">
        <ReloadPlanColumn
          methods={plan.methods}
          chosen={chosen}
          onChoose={setChosenId}
          isFirstUse={!plan.acceptedBefore}
          checks={plan.checks}
          checksFact={formatClock(plan.checkedAtMs, nowMs)}
          forecast={plan.forecast}
          run={null}
        />
        <div className="reload-right">
          <PastReloads
            runs={runsOf(runs, instance.id)}
            nowMs={nowMs}
            onOpen={(reloadId) => router.go(instanceRoute(instance.id, 'reload', { reloadId }))}
          />
        </div>
      </div>
    </div>
  );
}

function RunView({
  instance,
  run,
  onAgain,
  onClose,
}: {
  instance: Instance;
  run: ReloadRun;
  onAgain: () => void;
  onClose: () => void;
}) {
  const { reload } = useStores();
  const nowMs = useFastClock();
  const [failure, setFailure] = useState<Failure | null>(null);
  const isOver = run.phase === 'finished';
  const listenMax = instance.figures?.listenMax ?? null;
  const subject = { name: instance.name, statsAddress: instance.statsAddress, version: instance.version };

  function stop(): void {
    reload.stopWatching(run.id).catch((error: unknown) => setFailure(failureOf(error)));
  }

  return (
    <div className="reload-page">
      <ReloadSteps
        now={isOver ? 'verdict' : 'watch'}
        failed={run.verdict?.status === 'failed'}
        facts={{
          method: run.method.title,
          checks: checksWords(run.checks),
          watch: isOver ? tookWords(run) : shortTimeText(Math.max(nowMs - run.startedAtMs, 0), { live: true }),
          ...(isOver && run.verdict ? { verdict: VERDICT_WORDS[run.verdict.status] } : {}),
        }}
      >
        {isOver ? (
          <>
            <CopyButton size="sm" text={() => reportText(run, subject)}>
              Copy report
            </CopyButton>
            <Button size="sm" icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />} onClick={onAgain}>
              Reload again
            </Button>
          </>
        ) : (
          <Button size="sm" variant="primary" onClick={stop}>
            Stop watching
          </Button>
        )}
        <CloseButton onClose={onClose} />
      </ReloadSteps>
      {failure ? <ErrorBand title={failure.message} text={failure.hint} /> : null}
      <ReloadBand run={run} nowMs={nowMs} listenMax={listenMax} />
      <div className="reload-split">
        <ReloadPlanColumn
          methods={[run.method]}
          chosen={run.method}
          isFirstUse={false}
          checks={run.checks}
          checksFact={formatClock(run.startedAtMs, nowMs)}
          forecast={run.forecast}
          run={run}
        />
        <ReloadWatch run={run} nowMs={nowMs} listenMax={listenMax} />
      </div>
    </div>
  );
}

const VERDICT_WORDS = { done: 'done', 'done-with': 'done, with trouble', stuck: 'stuck', failed: 'failed' } as const;

function planWords(forecast: ReloadRun['forecast']): string {
  const parts = [
    ...(forecast.durationMs === null ? [] : [`about ${shortTimeText(forecast.durationMs)}`]),
    ...(forecast.queuePeak === null ? [] : [queueWords(forecast.queuePeak)]),
    ...(forecast.requestsAtRisk === null ? [] : [riskWords(forecast.requestsAtRisk)]),
  ];
  const expected =
    parts.length === 0 ? 'There are not enough figures for a forecast yet.' : `Expected: ${parts.join(', ')}.`;
  return `${expected} Every worker is watched until it is new, or until it is known why not.`;
}

function queueWords(peak: number): string {
  return peak < 1 ? 'an empty listen queue' : `a listen queue of up to ${Math.ceil(peak)}`;
}

function riskWords(count: number): string {
  if (count === 0) return 'no request at risk';
  return count === 1 ? '1 request at risk' : `${count} requests at risk`;
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return <IconButton size="sm" label="Close" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />;
}
