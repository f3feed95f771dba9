/**
 * The Background tab: what a server does beside requests, a panel for each part that it has, all on one page; the counts
 * lead to one part alone. A part that it has not says which option would give it.
 */
import { Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Background } from '../../../electron/contract/background-model.ts';
import { formatCount } from '../../format/quantity.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useBackground, useInstance, useInstances, useNow, useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { FilterField } from '../../ui/Field.tsx';
import { PanelHead } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { configRequests } from '../config/config-requests.ts';
import { isSilent } from '../instance/link-down.ts';
import { logRequests } from '../logs/log-requests.ts';
import './background.css';
import { ABOUT, countParts, matches, PARTS, type Part, textsOf } from './background-parts.ts';
import { FactTable } from './FactTable.tsx';
import { AllMetrics, MetricTable } from './MetricTable.tsx';
import {
  alarmColumns,
  CACHE_COLUMNS,
  cronColumns,
  DAEMON_COLUMNS,
  LOCK_COLUMNS,
  muleColumns,
  signalColumns,
  timerColumns,
} from './part-columns.tsx';

export default function BackgroundPage({ instanceId }: { instanceId: string }) {
  const stores = useStores();
  const name = useInstance(instanceId)?.name ?? instanceId;
  const status = useBackground((state) => state.status);
  const failure = useBackground((state) => state.failure);
  const background = useBackground((state) => state.background);
  const [part, setPart] = useState<Part | 'all'>('all');
  const [filter, setFilter] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => stores.background.open(instanceId), [stores, instanceId]);

  if (status === 'failed' && failure) return <ErrorBand title={failure.message} text={failure.hint} />;
  if (background === null) return <p className="calm late">Reading stats of {name}</p>;
  const counts = countParts(background);
  const has = PARTS.filter((id) => counts[id] > 0);
  const found = has.filter((id) => textsOf(id, background).some((texts) => matches(filter, texts)));
  const shown = part === 'all' ? found : [part];
  return (
    <div className="background-page">
      <div className="tool">
        <FilterField label="Filter by name" value={filter} onChange={setFilter} widthPx={190} />
        <Segmented
          label="Part"
          value={part}
          onChange={setPart}
          options={[
            { id: 'all', label: 'All' },
            ...PARTS.map((id) => ({ id, label: ABOUT[id].title, count: counts[id] })),
          ]}
        />
      </div>
      <div className="scroll grow background-parts" ref={scroller}>
        {shown.map((id) =>
          counts[id] === 0 ? (
            <MissingPart key={id} part={id} instanceId={instanceId} name={name} background={background} />
          ) : (
            <PartPanel
              key={id}
              part={id}
              instanceId={instanceId}
              background={background}
              filter={filter}
              scroller={scroller}
              onAll={part === 'all' ? () => setPart(id) : null}
            />
          ),
        )}
        {shown.length > 0 ? null : has.length === 0 ? (
          <p className="calm">
            {name} does nothing beside its requests. Each part above says which option would give it one.
          </p>
        ) : (
          <p className="calm">
            Nothing matches <span className="m">{filter}</span>.{' '}
            <button type="button" className="btn-link" onClick={() => setFilter('')}>
              Clear filter
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

interface PartPanelProps {
  part: Part;
  instanceId: string;
  background: Background;
  filter: string;
  scroller: React.RefObject<HTMLDivElement | null>;
  /** Shows this part alone; null: it is alone. */
  onAll: (() => void) | null;
}

const FIRST_METRICS = 20;

function PartPanel({ part, instanceId, background, filter, scroller, onAll }: PartPanelProps) {
  const { router } = useStores();
  const now = useNow();
  // Nothing goes on while nothing is told.
  const isOfBefore = useInstances(({ byId }) => {
    const instance = byId[instanceId];
    return instance !== undefined && isSilent(instance);
  });
  const nowMs = isOfBefore ? background.atMs : now;
  const openLog = (): void => {
    logRequests.ask(instanceId, 'cron');
    router.go(instanceRoute(instanceId, 'logs'));
  };
  const { title } = ABOUT[part];
  const kept = textsOf(part, background).map((texts) => matches(filter, texts));
  const isKept = (_row: unknown, index: number): boolean => kept[index] ?? false;
  return (
    <section aria-label={title}>
      <PanelHead title={title} fact={factOf(part, background)} />
      {kept.includes(true) ? tableOf() : <p className="calm part-empty">None of them matches the filter.</p>}
    </section>
  );

  function tableOf(): ReactNode {
    switch (part) {
      case 'crons': {
        const rows = background.crons.filter(isKept);
        return (
          <FactTable
            label={title}
            columns={cronColumns(nowMs, openLog)}
            rows={rows}
            keyOf={({ command }, index) => `${index} ${command}`}
          />
        );
      }
      case 'timers': {
        const rows = background.timers.filter(isKept);
        return (
          <FactTable
            label={title}
            columns={timerColumns(nowMs)}
            rows={rows}
            keyOf={({ kind, signal }, index) => `${index} ${kind} ${signal}`}
          />
        );
      }
      case 'signals': {
        const rows = background.signals.filter(isKept);
        return (
          <FactTable label={title} columns={signalColumns(nowMs)} rows={rows} keyOf={({ number }) => String(number)} />
        );
      }
      case 'mules': {
        const rows = background.mules.filter(isKept);
        return <FactTable label={title} columns={muleColumns(nowMs)} rows={rows} keyOf={({ id }) => String(id)} />;
      }
      case 'caches': {
        const rows = background.caches.filter(isKept);
        return <FactTable label={title} columns={CACHE_COLUMNS} rows={rows} keyOf={(cache) => cache.name} />;
      }
      case 'daemons': {
        const rows = background.daemons.filter(isKept);
        return (
          <FactTable
            label={title}
            columns={DAEMON_COLUMNS}
            rows={rows}
            keyOf={({ command }, index) => `${index} ${command}`}
          />
        );
      }
      case 'alarms': {
        const rows = background.alarms.filter(isKept);
        return (
          <FactTable
            label={title}
            columns={alarmColumns(nowMs)}
            rows={rows}
            keyOf={({ name, action }) => `${name} ${action}`}
          />
        );
      }
      case 'locks': {
        const rows = background.locks.filter(isKept);
        return (
          <FactTable
            label={title}
            columns={LOCK_COLUMNS}
            rows={rows}
            keyOf={(lock, index) => `${index} ${lock.name}`}
          />
        );
      }
      case 'metrics': {
        const rows = background.metrics.filter(isKept);
        if (onAll === null) return <AllMetrics metrics={rows} scroller={scroller} />;
        return (
          <>
            <MetricTable metrics={rows.slice(0, FIRST_METRICS)} />
            {rows.length > FIRST_METRICS ? (
              <p className="part-more">
                <button type="button" className="btn-link" onClick={onAll}>
                  All {formatCount(rows.length)} metrics
                </button>
              </p>
            ) : null}
          </>
        );
      }
    }
  }
}

/** What stands beside the title of a panel. */
function factOf(part: Part, background: Background): ReactNode {
  switch (part) {
    case 'mules':
      return background.tellsOfSignals
        ? null
        : 'of the configuration; the stats document of uWSGI does not tell of mules';
    case 'alarms':
      return background.tellsOfSignals ? null : 'of the configuration; whether uWSGI raised them is in its log';
    case 'locks':
      return `held now, of ${formatCount(background.lockCount)}`;
    case 'metrics': {
      const { metrics, metricCount } = background;
      return metricCount > metrics.length
        ? `the first ${formatCount(metrics.length)} of ${formatCount(metricCount)}`
        : null;
    }
    case 'crons':
      return 'in the time of the server';
    case 'timers':
    case 'signals':
    case 'caches':
    case 'daemons':
      return null;
  }
}

interface MissingPartProps {
  part: Part;
  instanceId: string;
  name: string;
  background: Background;
}

function MissingPart({ part, instanceId, name, background }: MissingPartProps) {
  const { router } = useStores();
  const { title, text, option, example } = ABOUT[part];
  const isUntold = (part === 'timers' || part === 'signals') && !background.tellsOfSignals;
  const add = (): void => {
    configRequests.ask(instanceId, { type: 'add', name: option ?? '' });
    router.go(instanceRoute(instanceId, 'config'));
  };
  return (
    <EmptyState
      title={
        isUntold
          ? `${title} are not known`
          : part === 'locks' && background.lockCount > 0
            ? 'No lock is held'
            : `No ${title.toLowerCase()}`
      }
      text={
        isUntold
          ? `Whether ${name} has any is not known: the stats document of uWSGI does not tell of them.`
          : part === 'locks' && background.lockCount > 0
            ? `None of its ${formatCount(background.lockCount)} locks is held by a process.`
            : `${name} has none. ${text}`
      }
      actions={
        part === 'locks' && background.lockCount > 0
          ? []
          : [
              {
                id: part,
                icon: <Plus size={16} strokeWidth={1.75} aria-hidden />,
                title: <span className="m">{example}</span>,
                text: option === null ? 'A line of the application.' : 'A line of the section [uwsgi].',
                control: option === null ? null : <Button onClick={add}>Add the option</Button>,
              },
            ]
      }
    />
  );
}
