/**
 * The Vassals tab of an emperor: what it watches, all its vassals as a tree with their state and its cause, those in
 * trouble first, and what can be done with them.
 */
import { useEffect, useMemo, useState } from 'react';
import type { Emperor, VassalRow } from '../../../electron/contract/emperor-model.ts';
import { runAction } from '../../commands/run-action.ts';
import { formatCount } from '../../format/quantity.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useEmperor, useInstance, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { nextOrder, type RowOrder } from '../workers/row-order.ts';
import './emperor.css';
import { VassalInspector } from './VassalInspector.tsx';
import { VassalStateGlyph } from './VassalState.tsx';
import { VassalTable } from './VassalTable.tsx';
import { countVassals, listVassals, VASSAL_STATES, type VassalFilter, type VassalOrder } from './vassal-list.ts';

export default function EmperorPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const instance = useInstance(instanceId);
  const status = useEmperor((state) => state.status);
  const failure = useEmperor((state) => state.failure);
  const emperor = useEmperor((state) => state.emperor);
  useEffect(() => stores.emperor.open(instanceId), [stores, instanceId]);

  const name = instance?.name ?? instanceId;
  if (status === 'failed' && failure) return <ErrorBand title={failure.message} text={failure.hint} />;
  if (emperor === null) return <p className="calm late">Reading the vassals of {name}</p>;
  if (emperor.vassals.length === 0) return <NoVassals emperor={emperor} name={name} />;
  return <Vassals key={instanceId} instanceId={instanceId} emperor={emperor} />;
}

function NoVassals({ emperor, name }: { emperor: Emperor; name: string }) {
  return (
    <EmptyState
      title="No vassals"
      text={
        <>
          {name} watches <span className="m">{emperor.head.monitors.join(', ')}</span> and has found nothing there yet.
          A configuration that is put there is started with its next look.
        </>
      }
    />
  );
}

function Vassals({ instanceId, emperor }: { instanceId: string; emperor: Emperor }) {
  const { client, router, ui, instances } = useStores();
  const nowMs = useNow();
  const [filter, setFilter] = useState<VassalFilter>('all');
  const [text, setText] = useState('');
  const [order, setOrder] = useState<VassalOrder>({ by: 'state', isDown: false });
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<VassalRow | null>(null);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [isHeld, setIsHeld] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const { vassals, head } = emperor;
  const counts = useMemo(() => countVassals(vassals), [vassals]);
  const sorted = useMemo(
    () => listVassals(vassals, { filter, text, order, folded }),
    [vassals, filter, text, order, folded],
  );
  // Those that come below an emperor come to their place at once.
  const below = sorted.reduce((sum, { depth }) => sum + Number(depth > 0), 0);
  const rows = useCalmRows(
    sorted,
    `${filter} ${text} ${order.by} ${order.isDown} ${folded.size} ${below}`,
    isHeld,
    nowMs,
  );
  const found = opened === null ? undefined : vassals.find(({ key }) => key === opened.key);
  const row = found ?? opened;
  const chosen = vassals.filter(({ key }) => ticked.has(key)).map(({ key }) => key);

  const ask = (what: 'touch' | 'attach', keys: readonly string[]) =>
    ui.openDialog({ type: 'vassals', what, instanceId, vassals: keys });

  async function edit({ emperorId, key }: VassalRow): Promise<void> {
    setIsBusy(true);
    try {
      const instance = await client.call('emperor.open', { instanceId: emperorId, vassal: key });
      instances.adopt(instance);
      router.go(instanceRoute(instance.id, 'config'));
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <div className="emperor-page">
      <div className="tool">
        <FilterField label="Filter vassals" value={text} onChange={setText} widthPx={190} />
        <Segmented
          label="State of vassals"
          value={filter}
          onChange={setFilter}
          options={[
            { id: 'all', label: 'All', count: counts.all },
            { id: 'trouble', label: 'In trouble', count: counts.trouble },
            { id: 'blacklist', label: 'Blacklist', count: counts.blacklist },
            ...VASSAL_STATES.filter((id) => counts[id] > 0 || id === filter || id === ALWAYS).map((id) => ({
              id,
              label: (
                <>
                  <VassalStateGlyph state={id} size={9} />
                  {id}
                </>
              ),
              count: counts[id],
            })),
          ]}
        />
        <span className="grow" />
        <span className="q ell" title={head.monitors.join('\n')}>
          watches <span className="m">{head.monitors.join(', ')}</span>
          {head.tyrant ? ', as a tyrant' : ''}
        </span>
      </div>
      <div className="emperor-split">
        <div className="col grow">
          {rows.length === 0 ? (
            <p className="calm grow">
              No vassal matches. {formatCount(vassals.length)} are hidden.{' '}
              <button
                type="button"
                className="btn-link"
                onClick={() => {
                  setText('');
                  setFilter('all');
                }}
              >
                Clear filter
              </button>
            </p>
          ) : (
            <VassalTable
              rows={rows}
              nowMs={nowMs}
              order={order}
              openKey={opened?.key ?? null}
              ticked={ticked}
              folded={folded}
              onSort={(by) => setOrder({ by, isDown: order.by === by && !order.isDown })}
              onOpen={setOpened}
              onTick={(keys, isTicked) => setTicked((before) => changed(before, keys, isTicked))}
              onFold={(key, isFolded) => setFolded((before) => changed(before, [key], isFolded))}
              onHold={setIsHeld}
            />
          )}
          {chosen.length > 0 ? (
            <div className="selection-bar" role="region" aria-label="Ticked vassals">
              <span className="b">
                {formatCount(chosen.length)} {chosen.length === 1 ? 'vassal' : 'vassals'}
              </span>
              <span className="grow" />
              <Button onClick={() => ask('touch', chosen)}>Reload…</Button>
              <Button onClick={() => ask('attach', chosen)}>Attach…</Button>
              <Button variant="quiet" onClick={() => setTicked(new Set())}>
                Clear
              </Button>
            </div>
          ) : null}
        </div>
        {row === null ? null : (
          <VassalInspector
            key={row.key}
            row={row}
            isGone={found === undefined}
            nowMs={nowMs}
            isBusy={isBusy}
            onClose={() => setOpened(null)}
            onTouch={() => ask('touch', [row.key])}
            onEdit={() => runAction(edit(row))}
            onAttach={() =>
              row.instanceId === null ? ask('attach', [row.key]) : router.go(instanceRoute(row.instanceId))
            }
          />
        )}
      </div>
    </div>
  );
}

function changed(set: ReadonlySet<string>, keys: readonly string[], isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  for (const key of keys) {
    if (isIn) next.add(key);
    else next.delete(key);
  }
  return next;
}

/** The count that stays, also when it is zero. */
const ALWAYS: VassalFilter = 'loyal';

/** Rows with their newest facts, in an order that does not change under the pointer. */
function useCalmRows(sorted: readonly VassalRow[], key: string, held: boolean, nowMs: number): VassalRow[] {
  const [order, setOrder] = useState<RowOrder<string> | null>(null);
  const ids = sorted.map((row) => row.key);
  const next = nextOrder(order, { sorted: ids, key, nowMs, held });
  if (next !== order) setOrder(next);
  const byKey = new Map(sorted.map((row) => [row.key, row]));
  return next.ids.flatMap((id) => byKey.get(id) ?? []);
}
