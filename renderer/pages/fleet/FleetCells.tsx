/** What stands in a cell of the fleet, by column: for an instance, and the sums of a group. */
import { memo, type ReactNode } from 'react';
import type { Figures, Instance } from '../../../electron/contract/model.ts';
import {
  formatBytes,
  formatCount,
  formatPerMinute,
  formatRate,
  type Quantity,
  UNKNOWN_TEXT,
} from '../../format/quantity.ts';
import { formatAge, formatShortTime } from '../../format/time.ts';
import { type SparkHistory, sparkEnd, sparkPath } from '../../stores/spark-history.ts';
import { Figure } from '../../ui/Figure.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { serverOf } from '../instance/instance-words.ts';
import type { ColumnId } from './fleet-columns.ts';
import type { FleetTotals } from './fleet-model.ts';

export interface CellContext {
  nowMs: number;
  sparks: SparkHistory;
  isStale: boolean;
}

/** Without a link every figure is unknown. */
export function cellOf(id: ColumnId, instance: Instance, { nowMs, sparks, isStale }: CellContext): ReactNode {
  const { figures, link, health } = instance;
  const known = link.status === 'attached' ? figures : null;
  switch (id) {
    case 'name':
      return <span className="md">{instance.name}</span>;
    case 'host':
      return <span className="m s2">{instance.machine === 'local' ? 'this machine' : instance.hostName}</span>;
    case 'tags':
      return <span className="s2">{instance.tags.join(' ')}</span>;
    case 'rps':
      return isStale && figures ? (
        <span className="q">{formatAge(nowMs - figures.atMs)} old</span>
      ) : (
        <Figure of={withoutUnit(formatRate(known?.reqPerSec ?? null))} />
      );
    case 'busy':
      return instance.emperor === null ? <Busy figures={known} /> : <Vassals instance={instance} />;
    case 'queue':
      return <Queue figures={known} />;
    case 'avg':
      return <Figure of={formatShortTime(known?.avgRtMs ?? null)} />;
    case 'memory':
      return <Figure of={formatBytes(known?.rssBytes ?? null)} />;
    case 'harakiri':
      return (
        <span className={known?.harakiriLastHour ? 'm crit' : 'm z'}>
          {formatCount(known?.harakiriLastHour ?? null)}
        </span>
      );
    case 'exceptions':
      return (
        <Figure
          of={withoutUnit(formatPerMinute(known?.exceptionsPerMin ?? null))}
          tone={known?.exceptionsPerMin ? 'warn' : undefined}
        />
      );
    case 'version':
      return <Version version={instance.version} />;
    case 'reloaded':
      return (
        <span className="s2">
          {instance.lastReloadAtMs === null ? UNKNOWN_TEXT : formatAge(nowMs - instance.lastReloadAtMs)}
        </span>
      );
    case 'spark':
      return (
        <Sparkline id={instance.id} version={sparks.versionOf(instance.id)} sparks={sparks} level={health.level} />
      );
  }
}

export function sumOf(id: ColumnId, totals: FleetTotals): ReactNode {
  if (id === 'rps') return formatRate(totals.reqPerSec).text;
  if (id === 'busy') return totals.workers === 0 ? UNKNOWN_TEXT : `${totals.busy}/${totals.workers}`;
  if (id === 'memory' && totals.rssBytes !== null) return <Figure of={formatBytes(totals.rssBytes)} />;
  return null;
}

function Busy({ figures }: { figures: Figures | null }) {
  if (!figures) return <span className="q">{UNKNOWN_TEXT}</span>;
  const { busy, workers } = figures;
  return (
    <span className="row g4">
      <Meter value={busy} max={workers} label={`${busy} of ${workers} workers busy`} />
      <span className="m grow" style={{ textAlign: 'right' }}>
        {busy}
        <span className="q">/{workers}</span>
      </span>
    </span>
  );
}

/** How many of an emperor's vassals need nobody. */
function Vassals({ instance: { emperor, link } }: { instance: Instance }) {
  if (emperor === null || link.status !== 'attached') return <span className="q">{UNKNOWN_TEXT}</span>;
  const { vassals, trouble } = emperor;
  return (
    <span className="m" title={`${vassals - trouble} of ${vassals} vassals are well`}>
      <span className={trouble > 0 ? 'warn' : undefined}>{vassals - trouble}</span>
      <span className="q">/{vassals} ok</span>
    </span>
  );
}

function Queue({ figures }: { figures: Figures | null }) {
  const isFull = figures?.listenMax ? figures.listenQueue >= figures.listenMax : false;
  return (
    <span className="m">
      <span className={isFull ? 'crit' : figures?.listenQueue ? undefined : 'z'}>
        {formatCount(figures?.listenQueue ?? null)}
      </span>
      {figures?.listenMax && figures.listenQueue > 0 ? <span className="q">/{figures.listenMax}</span> : null}
    </span>
  );
}

function Version({ version }: { version: string | null }) {
  if (version === null) return <span className="q">{UNKNOWN_TEXT}</span>;
  const { program, number } = serverOf(version);
  return (
    <span className="m s2" title={`${program} ${number}`}>
      {/* `2.0.21-debian`: the column is as wide as a number. */}
      {number.replace(/-[a-z]+$/i, '')}
    </span>
  );
}

const SPARK_WIDTH = 180;
const SPARK_HEIGHT = 20;

interface SparklineProps {
  id: string;
  /** Drawn again when there is another. */
  version: number;
  sparks: SparkHistory;
  level: Instance['health']['level'];
}

const Sparkline = memo(function Sparkline({ id, sparks, level }: SparklineProps) {
  const points = sparks.pointsOf(id);
  const stroke = level === 'crit' ? 'var(--crit)' : level === 'warn' ? 'var(--warn)' : 'var(--c-1)';
  return (
    <svg
      className="spark"
      width="100%"
      height={SPARK_HEIGHT}
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={sparkPath(points, SPARK_WIDTH, SPARK_HEIGHT)}
        fill="none"
        stroke={stroke}
        vectorEffect="non-scaling-stroke"
      />
      <path
        d={sparkEnd(points, SPARK_WIDTH, SPARK_HEIGHT)}
        stroke={stroke}
        strokeWidth="3"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});

function withoutUnit(quantity: Quantity): Quantity {
  return { ...quantity, unit: '' };
}
