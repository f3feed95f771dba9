/** The three kinds of rows of the fleet: head of a group with its sums, an instance, and the reason of its trouble. */
import { BellOff, ChevronDown, ChevronRight } from 'lucide-react';
import { type MouseEvent, memo } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import { type InstanceTab, instanceRoute } from '../../stores/router.ts';
import type { SparkHistory } from '../../stores/spark-history.ts';
import { useStores } from '../../stores/use-stores.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { TickBox } from '../../ui/TickBox.tsx';
import { whereToLook } from '../instance/instance-words.ts';
import { cellOf, sumOf } from './FleetCells.tsx';
import type { Column } from './fleet-columns.ts';
import { type FleetRow, healthWords, totalsOf } from './fleet-model.ts';

interface Placed {
  top: number;
  height: number;
  dataKey: string;
  tabIndex: number;
  isCursor: boolean;
  columns: readonly Column[];
}

/** Three polls of one second, and their way here in batches. */
const STALE_MS = 4_500;

export interface GroupRowProps extends Placed {
  row: FleetRow & { type: 'head' };
  isFolded: boolean;
  ticked: boolean | 'some';
  onToggle: () => void;
  onTick: () => void;
}

export function GroupRow({ row, columns, isFolded, ticked, onToggle, onTick, top, height, ...placed }: GroupRowProps) {
  const totals = totalsOf(row.instances);
  const Chevron = isFolded ? ChevronRight : ChevronDown;
  const [, ...others] = columns;
  const spare = others.findIndex(({ id }) => id === 'rps' || id === 'busy' || id === 'memory');
  const titleSpan = 1 + (spare < 0 ? others.length : spare);
  return (
    <div
      className="grid-row head"
      role="row"
      style={{ top, height }}
      data-key={placed.dataKey}
      tabIndex={placed.tabIndex}
      aria-expanded={!isFolded}
      onClick={onToggle}
    >
      <span role="gridcell" className="tick">
        <TickBox label={`Select all of ${row.title}`} checked={ticked} onTick={onTick} />
      </span>
      <span role="gridcell" className="shape">
        <Chevron size={12} strokeWidth={1.75} aria-hidden />
      </span>
      <span role="gridcell" style={{ gridColumn: `span ${titleSpan}` }}>
        <span className="md s1">{row.title}</span> <span className="q group-count">{row.instances.length}</span>
        {row.isAttention ? null : <span className="q">{healthWords(row.instances)}</span>}
      </span>
      {columns.slice(titleSpan).map(({ id, isNumber }) => (
        <span key={id} role="gridcell" className={isNumber || id === 'busy' ? 'num' : undefined}>
          {row.isAttention ? null : sumOf(id, totals)}
        </span>
      ))}
    </div>
  );
}

export interface InstanceRowProps extends Placed {
  instance: Instance;
  sparks: SparkHistory;
  nowMs: number;
  hasReason: boolean;
  isSelected: boolean;
  isMuted: boolean;
  onOpen: (instanceId: string, event: MouseEvent) => void;
  onTick: (instanceId: string, event: MouseEvent) => void;
}

export const InstanceRow = memo(function InstanceRow(props: InstanceRowProps) {
  const { instance, sparks, nowMs, hasReason, isSelected, isMuted, isCursor, columns } = props;
  const { id, name, health, figures, link } = instance;
  const isStale = link.status === 'attached' && figures !== null && nowMs - figures.atMs > STALE_MS;
  const marks = [
    'grid-row inst',
    isCursor ? 'cursor' : '',
    isSelected ? 'sel' : '',
    hasReason ? 'has-reason' : '',
    isStale ? 'stale' : '',
  ];
  return (
    <div
      className={marks.filter(Boolean).join(' ')}
      role="row"
      style={{ top: props.top, height: props.height }}
      data-key={props.dataKey}
      tabIndex={props.tabIndex}
      aria-selected={isSelected}
      aria-label={`${name}, ${health.word}`}
      onClick={(event) => props.onOpen(id, event)}
    >
      <span role="gridcell" className="tick">
        <TickBox label={`Select ${name}`} checked={isSelected} onTick={(event) => props.onTick(id, event)} />
      </span>
      <span role="gridcell" className="shape">
        <HealthGlyph level={health.level} />
      </span>
      {columns.map((column) => (
        <span key={column.id} role="gridcell" className={column.isNumber ? 'num' : undefined}>
          {cellOf(column.id, instance, { nowMs, sparks, isStale })}
          {column.id === 'name' && isMuted ? (
            <BellOff className="q muted" size={11} strokeWidth={1.75} role="img" aria-label="muted" />
          ) : null}
        </span>
      ))}
    </div>
  );
});

export function ReasonRow({ instance, top, height }: { instance: Instance; top: number; height: number }) {
  const { router } = useStores();
  const look = whereToLook(instance);
  const link = (title: string, tab: InstanceTab) => (
    <button type="button" className="btn-link" tabIndex={-1} onClick={() => router.go(instanceRoute(instance.id, tab))}>
      {title}
    </button>
  );
  return (
    <div className="grid-row reason" role="row" style={{ top, height }}>
      <span role="gridcell" className="ell">
        {instance.health.sentence}
      </span>
      {link(look.title, look.tab)}
      {instance.link.status === 'attached' && instance.kind !== 'emperor' ? link('Reload', 'reload') : null}
    </div>
  );
}
