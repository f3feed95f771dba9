/** The three kinds of rows of the fleet: head of a group with its sums, an instance, and the reason of its trouble. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import {
  formatBytes,
  formatCount,
  formatPerMinute,
  formatRate,
  type Quantity,
  UNKNOWN_TEXT,
} from '../../format/quantity.ts';
import { formatAge, formatShortTime } from '../../format/time.ts';
import { type InstanceTab, instanceRoute } from '../../stores/router.ts';
import { sparkEnd, sparkPath } from '../../stores/spark-history.ts';
import { useStores } from '../../stores/use-stores.ts';
import { Figure } from '../../ui/Figure.tsx';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { addressOf, serverOf, whereToLook } from '../instance/instance-words.ts';
import { type FleetRow, totalsOf } from './fleet-model.ts';

interface Placed {
  place: { top: number; height: number };
  dataKey: string;
  tabIndex: number;
  isCursor: boolean;
}

const SPARK_WIDTH = 180;
const SPARK_HEIGHT = 20;
const STALE_MS = 3_500;

export function GroupRow({
  row,
  isFolded,
  onToggle,
  place,
  dataKey,
  tabIndex,
}: Placed & { row: FleetRow & { type: 'head' }; isFolded: boolean; onToggle: () => void }) {
  const totals = totalsOf(row.instances);
  const Chevron = isFolded ? ChevronRight : ChevronDown;
  return (
    <div
      className="grid-row head"
      role="row"
      style={place}
      data-key={dataKey}
      tabIndex={tabIndex}
      aria-expanded={!isFolded}
      onClick={onToggle}
      onKeyDown={onEnter(onToggle)}
    >
      <span role="gridcell">
        <Chevron size={12} strokeWidth={1.75} aria-hidden />
      </span>
      <span role="gridcell" style={{ gridColumn: 'span 2' }}>
        <span className="md s1">{row.title}</span> <span className="q">{row.instances.length}</span>
      </span>
      <span role="gridcell" className="num">
        {row.isAttention ? '' : formatRate(totals.reqPerSec).text}
      </span>
      <span role="gridcell" className="num" style={{ paddingRight: 18 }}>
        {row.isAttention ? '' : `${totals.busy}/${totals.workers}`}
      </span>
      <span />
      <span />
      <span role="gridcell" className="num">
        {row.isAttention || totals.rssBytes === null ? '' : <Figure of={formatBytes(totals.rssBytes)} />}
      </span>
    </div>
  );
}

export interface InstanceRowProps extends Placed {
  instance: Instance;
  points: readonly (number | null)[];
  nowMs: number;
  hasReason: boolean;
  onOpen: () => void;
}

export function InstanceRow({
  instance,
  points,
  nowMs,
  hasReason,
  onOpen,
  place,
  dataKey,
  tabIndex,
  isCursor,
}: InstanceRowProps) {
  const { name, health, figures, link, version, lastReloadAtMs } = instance;
  const server = version === null ? null : serverOf(version);
  const isUp = link.status === 'attached';
  const isStale = isUp && figures !== null && nowMs - figures.atMs > STALE_MS;
  const known = isUp ? figures : null;
  const queueTone = known?.listenMax && known.listenQueue >= known.listenMax ? 'crit' : undefined;
  const classes = ['grid-row inst', isCursor ? 'cursor' : '', hasReason ? 'has-reason' : '', isStale ? 'stale' : ''];
  return (
    <div
      className={classes.filter(Boolean).join(' ')}
      role="row"
      style={place}
      data-key={dataKey}
      tabIndex={tabIndex}
      aria-label={`${name}, ${health.word}`}
      onClick={onOpen}
      onKeyDown={onEnter(onOpen)}
    >
      <span role="gridcell" style={{ display: 'grid', placeItems: 'center' }}>
        <HealthGlyph level={health.level} />
      </span>
      <span role="gridcell" className="md">
        {name}
      </span>
      <span role="gridcell" className="m s2 opt">
        {addressOf(instance)}
      </span>
      <Cell>
        {isStale ? (
          <span className="q">{formatAge(nowMs - (figures?.atMs ?? nowMs))} old</span>
        ) : (
          <Figure of={withoutUnit(formatRate(known?.reqPerSec ?? null))} />
        )}
      </Cell>
      <span role="gridcell" className="row g4">
        {known ? (
          <>
            <Meter value={known.busy} max={known.workers} label={`${known.busy} of ${known.workers} workers busy`} />
            <span className="m grow" style={{ textAlign: 'right' }}>
              {known.busy}
              <span className="q">/{known.workers}</span>
            </span>
          </>
        ) : (
          <span className="q">{UNKNOWN_TEXT}</span>
        )}
      </span>
      <Cell>
        <span className={queueTone ?? (known?.listenQueue ? undefined : 'z')}>
          {formatCount(known?.listenQueue ?? null)}
        </span>
        {known?.listenMax && known.listenQueue > 0 ? <span className="q">/{known.listenMax}</span> : null}
      </Cell>
      <Cell>
        <Figure of={formatShortTime(known?.avgRtMs ?? null)} />
      </Cell>
      <Cell>
        <Figure of={formatBytes(known?.rssBytes ?? null)} />
      </Cell>
      <Cell isOptional>
        <span className={known?.harakiriTotal ? 'crit' : 'z'}>{formatCount(known?.harakiriTotal ?? null)}</span>
      </Cell>
      <Cell isOptional>
        <Figure
          of={withoutUnit(formatPerMinute(known?.exceptionsPerMin ?? null))}
          tone={known?.exceptionsPerMin ? 'warn' : undefined}
        />
      </Cell>
      <span
        role="gridcell"
        className="m s2 opt"
        title={server === null ? undefined : `${server.program} ${server.number}`}
      >
        {server === null ? UNKNOWN_TEXT : server.number}
      </span>
      <Cell>
        <span className="s2">{lastReloadAtMs === null ? UNKNOWN_TEXT : formatAge(nowMs - lastReloadAtMs)}</span>
      </Cell>
      <span role="gridcell">
        <Sparkline points={points} level={health.level} />
      </span>
    </div>
  );
}

export function ReasonRow({ instance, place }: Placed & { instance: Instance }) {
  const { router } = useStores();
  const look = whereToLook(instance);
  const link = (title: string, tab: InstanceTab) => (
    <button type="button" className="btn-link" tabIndex={-1} onClick={() => router.go(instanceRoute(instance.id, tab))}>
      {title}
    </button>
  );
  return (
    <div className="grid-row reason" role="row" style={place}>
      <span role="gridcell" className="ell">
        {instance.health.sentence}
      </span>
      {link(look.title, look.tab)}
      {instance.link.status === 'attached' ? link('Reload', 'reload') : null}
    </div>
  );
}

function Cell({ children, isOptional }: { children: React.ReactNode; isOptional?: boolean }) {
  return (
    <span role="gridcell" className={isOptional ? 'num opt' : 'num'}>
      {children}
    </span>
  );
}

function Sparkline({ points, level }: { points: readonly (number | null)[]; level: Instance['health']['level'] }) {
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
}

function withoutUnit(quantity: Quantity): Quantity {
  return { ...quantity, unit: '' };
}

function onEnter(run: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    run();
  };
}
