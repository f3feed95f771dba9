/** Before the start: the way, the exact action, the checks and the forecast, and what earlier reloads came to. */
import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import type { ReloadMethod, ReloadRun } from '../../../electron/contract/reload-model.ts';
import { type Failure, failureOf } from '../../client.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { runsOf } from '../../stores/reload.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useNow, useReloads, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Field } from '../../ui/Field.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { CloseButton } from './CloseButton.tsx';
import { PastReloads } from './PastReloads.tsx';
import { ReloadPlanColumn } from './ReloadPlanColumn.tsx';
import { checksWords, ReloadSteps } from './ReloadSteps.tsx';

export function ReloadPlanView({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const { reload, router } = useStores();
  const nowMs = useNow();
  const plan = useReloads((state) => state.plans[instance.id]);
  const runs = useReloads((state) => state.runs);
  const [chosenId, setChosenId] = useState<ReloadMethod['id'] | null>(null);
  const [isStarting, setIsStarting] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const [sudo, setSudo] = useState<boolean | undefined>(undefined);
  const [typedName, setTypedName] = useState('');

  useEffect(() => {
    if (round < 0) return;
    reload.plan(instance.id, sudo).then(
      () => setFailure(null),
      (error: unknown) => setFailure(failureOf(error)),
    );
  }, [reload, instance.id, round, sudo]);

  const checkAgain = () => setRound((round) => round + 1);
  const wanted = chosenId ?? plan?.recommended;
  const chosen = plan?.methods.find((method) => method.id === wanted && method.enabled) ?? null;
  // A FIFO that fails its checks rules out only the ways that use it.
  const usesFifo = chosen === null || chosen.id.startsWith('fifo');
  const failed =
    plan?.checks.filter(({ id, status }) => status === 'fail' && (usesFifo || !id.startsWith('fifo'))) ?? [];

  async function start(): Promise<void> {
    if (!chosen) return;
    setIsStarting(true);
    try {
      const run = await reload.start(instance.id, chosen.id, {
        ...(plan?.needsName ? { confirmedName: typedName } : {}),
        ...(sudo === undefined ? {} : { sudo }),
      });
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
    : instance.link.status !== 'attached'
      ? 'There is no link to it.'
      : chosen === null
        ? 'No way to reload can be used; each says why'
        : failed[0]
          ? `${failed[0].title}: ${failed[0].detail ?? failed[0].value}`
          : plan.needsName && typedName.trim() !== instance.name
            ? 'It is read-only: type its name first'
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
          <p className="s2">
            {plan.why && chosen?.id === plan.recommended ? `${plan.why} ` : null}
            {chosen ? planWords(plan.forecast) : noWayWords(instance)}
          </p>
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
          isFirstUse={chosen !== null && !plan.acceptedMethods.includes(chosen.id)}
          checks={plan.checks}
          checksFact={formatClock(plan.checkedAtMs, nowMs)}
          forecast={plan.forecast}
          run={null}
        >
          <div className="reload-how">
            {instance.kind === 'attached' ? (
              <Switch label="Through sudo -n" checked={plan.sudo} onChange={setSudo} />
            ) : null}
            {plan.needsName ? (
              <Field
                label={`Type ${instance.name}: it is read-only by its tags`}
                value={typedName}
                onChange={(event) => setTypedName(event.target.value)}
              />
            ) : null}
          </div>
        </ReloadPlanColumn>
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

/** Each way says why not; most of them need the configuration. */
function noWayWords({ configPath }: Pick<Instance, 'configPath'>): string {
  const next =
    configPath === null
      ? 'Most need its configuration: name the file it reads in the Config tab, then check again.'
      : '';
  return `None of the ways below can be used now; each says why. ${next}`.trimEnd();
}

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
