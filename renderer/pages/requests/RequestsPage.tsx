/**
 * The Requests tab: what runs now, since when, on which worker, against the harakiri deadline.
 * One clock counts for all rows; the variables are what the core hands out, secrets already replaced.
 */
import { Pause } from 'lucide-react';
import { useState } from 'react';
import type { RevealedRequest } from '../../../electron/contract/logs-model.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useRoute, useStores, useUi } from '../../stores/use-stores.ts';
import { FilterField } from '../../ui/Field.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { useHeldWatch } from '../workers/use-held.ts';
import { laneScale } from './lane-scale.ts';
import { RequestInspector } from './RequestInspector.tsx';
import { LANE_PX, RequestLanes } from './RequestLanes.tsx';
import { SecretsSwitch } from './SecretsSwitch.tsx';
import { useRevealed } from './use-revealed.ts';
import './requests.css';
import {
  type AgeFilter,
  calmWords,
  countByAge,
  filterRunning,
  type RunningRequest,
  runningAt,
} from './running-requests.ts';
import { useFastClock } from './use-fast-clock.ts';

type Selection = { type: 'none' } | { type: 'worker'; wid: number } | { type: 'request'; last: RunningRequest };

export default function RequestsPage({ instanceId }: { instanceId: string }) {
  const { router, ui } = useStores();
  const instance = useInstance(instanceId);
  const route = useRoute();
  const isHeld = useUi((state) => state.isHeld);
  const watch = useHeldWatch();
  const nowMs = useFastClock();
  const [age, setAge] = useState<AgeFilter>('all');
  const [text, setText] = useState('');
  const [selection, setSelection] = useState<Selection>(() =>
    route.page === 'instance' && route.worker !== null ? { type: 'worker', wid: route.worker } : { type: 'none' },
  );

  const { revealed, show, hide } = useRevealed(instanceId);

  const harakiriMs = instance?.harakiriMs ?? null;
  const running = runningAt(watch.requests, watch.atMs ?? nowMs, nowMs, harakiriMs);
  const counts = countByAge(running);
  const shown = filterRunning(running, age, text);
  const scale = laneScale(
    LANE_PX,
    harakiriMs,
    running.map((row) => row.elapsedMs ?? 0),
  );

  // A link names a worker; what is looked at from then on is the request it runs at that moment, as each poll has it.
  const found = findSelected(running, selection);
  const isNews = found && (selection.type !== 'request' || selection.last.request !== found.request);
  if (isNews) setSelection({ type: 'request', last: found });
  const inspected = found ?? (selection.type === 'request' ? selection.last : null);

  function select(key: string | null): void {
    const row = running.find((row) => row.key === key);
    setSelection(row ? { type: 'request', last: row } : { type: 'none' });
  }

  return (
    <div className="requests-page">
      <div className="tool">
        <FilterField label="Method, address, client" value={text} onChange={setText} widthPx={210} />
        <Segmented
          label="Age"
          value={age}
          onChange={setAge}
          options={[
            { id: 'all', label: 'Running', count: counts.all },
            { id: 'over1', label: 'Over 1 s', count: counts.over1 },
            { id: 'over10', label: 'Over 10 s', count: counts.over10 },
          ]}
        />
        <Segmented
          label="Live or held"
          value={isHeld ? 'hold' : 'live'}
          onChange={(id) => {
            if ((id === 'hold') !== isHeld) ui.toggleHold();
          }}
          options={[
            {
              id: 'live',
              label: (
                <>
                  <StateGlyph status="busy" size={8} silent />
                  Live, 1 s
                </>
              ),
            },
            {
              id: 'hold',
              label: (
                <>
                  <Pause size={11} strokeWidth={1.75} aria-hidden />
                  Hold
                </>
              ),
            },
          ]}
        />
        <span className="grow" />
        <SecretsSwitch
          untilMs={revealed.untilMs}
          nowMs={nowMs}
          failure={revealed.failure}
          onShow={show}
          onHide={hide}
          title={`Show secrets of requests of ${instance?.name ?? instanceId}`}
          text="Cookies, authorisation, tokens and query values of the requests that run now are shown on this page for 1 min."
        />
      </div>
      <div className="requests-split">
        <div className="col grow">
          {shown.length > 0 ? (
            <RequestLanes running={shown} scale={scale} selectedKey={inspected?.key ?? null} onSelect={select} />
          ) : null}
          {counts.over1 > 0 && shown.length > 0 ? null : (
            <p className="calm">
              {calmWords(running)}{' '}
              {shown.length < running.length && shown.length === 0 ? (
                <button
                  type="button"
                  className="btn-link"
                  onClick={() => {
                    setAge('all');
                    setText('');
                  }}
                >
                  Show all that run
                </button>
              ) : null}
            </p>
          )}
        </div>
        {inspected ? (
          <RequestInspector
            row={inspected}
            shownVars={found ? varsOf(revealed.requests, inspected) : null}
            hasEnded={!found}
            harakiriMs={harakiriMs}
            nowMs={nowMs}
            onClose={() => setSelection({ type: 'none' })}
            onOpenWorker={() => router.go(instanceRoute(instanceId, 'workers', { worker: inspected.request.wid }))}
          />
        ) : null}
      </div>
    </div>
  );
}

/** Only of the same worker process: another request may be on that core by now, and then it shows with the next poll. */
function varsOf(requests: readonly RevealedRequest[], { request }: RunningRequest): RevealedRequest['vars'] | null {
  const same = requests.find(
    ({ wid, core, pid }) => wid === request.wid && core === request.core && pid === request.pid,
  );
  return same?.vars ?? null;
}

function findSelected(running: readonly RunningRequest[], selection: Selection): RunningRequest | undefined {
  switch (selection.type) {
    case 'none':
      return undefined;
    case 'worker':
      return running.find((row) => row.request.wid === selection.wid);
    case 'request':
      return running.find((row) => row.key === selection.last.key);
  }
}
