/**
 * The Workers tab: counts by state that filter, the table, the inspector of the selected worker, the state timeline.
 * The selected worker is in the address, so that a link leads to it.
 */
import { useMemo, useState } from 'react';
import { instanceRoute } from '../../stores/router.ts';
import { useInstance, useRoute, useSettings, useStores, useUi } from '../../stores/use-stores.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { StateTimeline } from './StateTimeline.tsx';
import { useHeldWatch } from './use-held.ts';
import { WorkerInspector } from './WorkerInspector.tsx';
import { WorkerTable } from './WorkerTable.tsx';
import { countByStatus, filterWorkers, STATUSES, type StatusFilter } from './worker-rows.ts';
import './workers.css';

export default function WorkersPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const instance = useInstance(instanceId);
  const watch = useHeldWatch();
  const theme = useSettings((settings) => settings.theme);
  const windowMs = useUi((state) => state.chartWindowMs);
  const route = useRoute();
  const [status, setStatus] = useState<StatusFilter>('all');
  const [text, setText] = useState('');

  const { workers } = watch;
  const counts = useMemo(() => countByStatus(workers), [workers]);
  const shown = useMemo(() => filterWorkers(workers, status, text), [workers, status, text]);
  const wids = useMemo(() => workers.map((worker) => worker.wid), [workers]);
  const selectedWid = route.page === 'instance' ? route.worker : null;
  const selected = workers.find((worker) => worker.wid === selectedWid);
  const harakiriMs = instance?.harakiriMs ?? null;
  const atMs = watch.atMs ?? stores.clock.exactNow();

  function select(worker: number | null): void {
    stores.router.replace(instanceRoute(instanceId, 'workers', { worker }));
  }

  if (watch.status === 'failed' && watch.failure)
    return (
      <ErrorBand title="The workers can't be read." text={`${watch.failure.message} ${watch.failure.hint ?? ''}`} />
    );
  if (workers.length === 0)
    return <NoWorkers isLoading={watch.status === 'loading'} name={instance?.name ?? instanceId} />;

  return (
    <div className="workers-page">
      <div className="tool">
        <FilterField label="Filter workers" value={text} onChange={setText} widthPx={190} />
        <Segmented
          label="State"
          value={status}
          onChange={setStatus}
          options={[
            { id: 'all', label: 'All', count: counts.all },
            ...STATUSES.map((id) => ({
              id,
              label: (
                <>
                  <StateGlyph status={id} size={9} silent />
                  {id}
                </>
              ),
              count: counts[id],
            })),
          ]}
        />
      </div>
      <div className="workers-split">
        <div className="col grow">
          {shown.length === 0 ? (
            <div className="calm grow">
              No worker matches. {workers.length} are hidden.{' '}
              <button
                type="button"
                className="btn-link"
                onClick={() => {
                  setText('');
                  setStatus('all');
                }}
              >
                Clear filter
              </button>
            </div>
          ) : (
            <WorkerTable
              workers={shown}
              harakiriMs={harakiriMs}
              atMs={atMs}
              selectedWid={selectedWid}
              onSelect={select}
            />
          )}
          <StateTimeline
            ring={stores.watch.ring}
            ringVersion={watch.ringVersion}
            wids={wids}
            events={watch.events}
            windowMs={windowMs}
            atMs={atMs}
            selectedWid={selected ? selectedWid : null}
            theme={theme}
            onSelect={select}
            onOpenReload={(reloadId) => stores.router.go(instanceRoute(instanceId, 'reload', { reloadId }))}
          />
        </div>
        {selected ? (
          <WorkerInspector
            worker={selected}
            harakiriMs={harakiriMs}
            nowMs={atMs}
            onClose={() => select(null)}
            onRespawn={() =>
              stores.ui.openDialog({ type: 'action', instanceId, kind: 'respawn-worker', wid: selected.wid })
            }
            onOpenRequest={() => stores.router.go(instanceRoute(instanceId, 'requests', { worker: selected.wid }))}
          />
        ) : null}
      </div>
    </div>
  );
}

function NoWorkers({ isLoading, name }: { isLoading: boolean; name: string }) {
  if (isLoading) return <p className="calm">Reading stats of {name}</p>;
  return (
    <EmptyState
      title="No workers to show"
      text={`${name} has not reported any worker yet. They appear with the first stats document: start the server, or bring its link back.`}
    />
  );
}
