/** Rolling reloads: those that are known at the left, the one that is chosen wave by wave, live, with stop and resume. */
import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { RollingMember, RollingRun } from '../../../electron/contract/actions-model.ts';
import type { Health } from '../../../electron/contract/model.ts';
import { FailureText } from '../../dialogs/FailureText.tsx';
import { useCall } from '../../dialogs/use-call.ts';
import { formatClock } from '../../format/time.ts';
import { fleetRoute, instanceRoute } from '../../stores/router.ts';
import { useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { Field } from '../../ui/Field.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { Meter } from '../../ui/Meter.tsx';
import './rolling.css';
import { gateWords, namesNeeded, progressWords, STATUS_WORDS, wavesOf, whyNotStart } from './rolling-words.ts';

const ICON = { size: 13, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function RollingPage({ rollingId }: { rollingId: string | null }) {
  const { rolling, router } = useStores();
  const { runs, status, failure } = useStore(rolling);
  const nowMs = useNow();
  const run = runs.find(({ id }) => id === rollingId) ?? (rollingId === null ? runs[0] : undefined);
  if (runs.length === 0) {
    return failure ? (
      <ErrorBand title={failure.message} text={failure.hint} />
    ) : status === 'ready' ? (
      <EmptyState
        title="No rolling reload yet"
        text="Choose instances on the Fleet page; they are reloaded one after another, each with proof, until one fails."
        actions={[
          {
            id: 'fleet',
            icon: null,
            title: 'Choose instances',
            text: 'Space selects, Shift R begins.',
            control: (
              <Button variant="primary" onClick={() => router.go(fleetRoute())}>
                Go to the fleet
              </Button>
            ),
          },
        ]}
      />
    ) : null;
  }
  return (
    <div className="rolling-page">
      <ul className="rolling-runs" aria-label="Rolling reloads">
        {runs.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              className="pick"
              aria-current={one.id === run?.id ? 'true' : undefined}
              onClick={() => router.go({ page: 'rolling', rollingId: one.id })}
            >
              <HealthGlyph level={levelOf(one)} />
              <span className="first-line ell">{progressWords(one.members)}</span>
              <span className="m q">{formatClock(one.startedAtMs, nowMs)}</span>
            </button>
          </li>
        ))}
      </ul>
      {run ? <RunView key={run.id} run={run} /> : <p className="calm">This rolling reload is not kept any more.</p>}
    </div>
  );
}

function RunView({ run }: { run: RollingRun }) {
  const { rolling, instances } = useStores();
  const { byId } = useStore(instances);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const nowMs = useNow();
  const call = useCall();
  const busy = call.isRunning ? 'It is on its way.' : null;
  const needed = run.status === 'stopped' ? namesNeeded(run.members, byId) : [];
  return (
    <section className="rolling-run scroll" aria-label="Rolling reload">
      <div className={`rolling-band ${run.status}`} role="status">
        <HealthGlyph level={levelOf(run)} />
        <span className="title">{TITLES[run.status]}</span>
        <span className="s2 ell">
          {run.reason ?? progressWords(run.members)}, begun {formatClock(run.startedAtMs, nowMs)}
        </span>
        <span className="grow" />
        {run.status === 'running' ? (
          <Button
            icon={<Square {...ICON} />}
            disabledReason={busy}
            hint="Nothing further is begun; what is being reloaded is watched to its end."
            onClick={() =>
              call.run(
                () => rolling.stop(run.id),
                () => undefined,
              )
            }
          >
            Stop after this wave
          </Button>
        ) : null}
        {run.status === 'stopped' ? (
          <Button
            variant="primary"
            icon={<Play {...ICON} />}
            disabledReason={busy ?? whyNotStart({ needed, typed }, [])}
            onClick={() =>
              call.run(
                () => rolling.resume(run.id, needed),
                () => setTyped({}),
              )
            }
          >
            Go on with the others
          </Button>
        ) : null}
      </div>
      {call.failure ? <FailureText failure={call.failure} /> : null}
      {needed.map((name) => (
        <Field
          key={name}
          className="rolling-gate"
          label={`${name} is read-only. Type its name to go on with it.`}
          mono
          value={typed[name] ?? ''}
          onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
        />
      ))}
      <p className="s2 rolling-gate">{gateWords(run.options)}</p>
      {wavesOf(run).map((wave) => (
        <div key={wave.number} role="group" aria-label={wave.title}>
          <h2 className="rolling-wave">
            {wave.title} <span className="q">{progressWords(wave.members)}</span>
          </h2>
          {wave.members.map((member) => (
            <MemberLine key={member.instanceId} member={member} />
          ))}
        </div>
      ))}
    </section>
  );
}

function MemberLine({ member }: { member: RollingMember }) {
  const { router } = useStores();
  const { instanceId, name, status, method, progress, reloadId, text } = member;
  return (
    <div className="rolling-member">
      <HealthGlyph level={MEMBER_LEVELS[status]} />
      <span className="md ell">{name}</span>
      <span className="s2">{STATUS_WORDS[status]}</span>
      <span className="row g3">
        {progress ? (
          <>
            <Meter
              value={progress.fresh}
              max={progress.of}
              isProgress
              label={`${progress.fresh} of ${progress.of} workers are new`}
            />
            <span className="m s2">
              {progress.fresh}/{progress.of}
            </span>
          </>
        ) : null}
      </span>
      <span className={status === 'failed' ? 'ell crit' : 'ell s2'} title={text ?? undefined}>
        {text ?? method}
      </span>
      {reloadId === null ? (
        <span />
      ) : (
        <button
          type="button"
          className="btn-link"
          onClick={() => router.go(instanceRoute(instanceId, 'reload', { reloadId }))}
        >
          Report
        </button>
      )}
    </div>
  );
}

const TITLES: Readonly<Record<RollingRun['status'], string>> = {
  running: 'Rolling',
  stopped: 'Stopped',
  done: 'Done',
};

const MEMBER_LEVELS: Readonly<Record<RollingMember['status'], Health['level']>> = {
  waiting: 'off',
  reloading: 'ok',
  gate: 'ok',
  done: 'ok',
  failed: 'crit',
  skipped: 'lost',
};

function levelOf({ status, members }: RollingRun): Health['level'] {
  if (members.some((member) => member.status === 'failed')) return 'crit';
  return status === 'stopped' ? 'warn' : 'ok';
}
