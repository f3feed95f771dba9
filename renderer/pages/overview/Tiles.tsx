/** The row of figures: what is now, with one line of context each. A figure takes a colour only when health is about it. */
import type { Instance, SampleColumn } from '../../../electron/contract/model.ts';
import type { ChartFrame } from '../../charts/frame-source.ts';
import { meanOf, rangeOf } from '../../charts/points.ts';
import {
  formatBytes,
  formatBytesPerSecond,
  formatCount,
  formatPerMinute,
  formatRate,
  type Quantity,
  quantityText,
} from '../../format/quantity.ts';
import { formatAge, formatClock, formatShortTime, shortTimeText } from '../../format/time.ts';
import type { SampleRing } from '../../stores/sample-ring.ts';
import { useWatch } from '../../stores/use-stores.ts';
import { Tip } from '../../ui/Tip.tsx';

interface Tile {
  label: string;
  figure: Quantity;
  context: string;
  tone?: 'warn' | 'crit' | undefined;
  hint?: string;
}

export interface TilesProps {
  instance: Instance;
  ring: SampleRing;
  frame: ChartFrame;
  /** How many of them there is room for. */
  most: number;
  isStale: boolean;
}

/** Fewer tiles than this have no room for it. */
const MOST_WITHOUT_HARAKIRI = 6;
const NO_MEMORY = 'Memory is not reported. Add memory-report = true and reload; it costs one read of /proc per worker.';

export function Tiles({ instance, ring, frame, most, isStale }: TilesProps) {
  const events = useWatch((state) => state.events);
  const lastHarakiriMs = events.findLast(({ type }) => type === 'harakiri')?.atMs ?? null;
  const all = tilesOf(instance, ring, frame, lastHarakiriMs);
  // Where there is no room, what is nearly always zero goes first; of these a harakiri stays longest.
  const shown =
    most >= all.length || most < MOST_WITHOUT_HARAKIRI
      ? all.slice(0, most)
      : [...all.slice(0, most - 1), ...all.slice(-1)];
  const at = instance.figures?.atMs ?? null;
  return (
    <div className="tiles" style={{ gridTemplateColumns: `repeat(${shown.length}, 1fr)` }}>
      {shown.map((tile) => (
        <TileCell
          key={tile.label}
          tile={
            isStale
              ? {
                  ...tile,
                  context: at === null ? 'no answer yet' : `at ${formatClock(at, frame.toMs)}`,
                  tone: undefined,
                }
              : tile
          }
        />
      ))}
    </div>
  );
}

function TileCell({ tile }: { tile: Tile }) {
  const { label, figure, context, tone, hint } = tile;
  const cell = (
    <div className="tile" role="group" aria-label={`${label}: ${quantityText(figure)}`}>
      <div className="l">{label}</div>
      <div className={tone ? `v ${tone}` : figure.isZero ? 'v z' : 'v'}>
        {figure.text}
        {figure.unit ? <span className="u">{figure.unit}</span> : null}
      </div>
      <div className="d">{context}</div>
    </div>
  );
  return hint ? <Tip label={hint}>{cell}</Tip> : cell;
}

function tilesOf(instance: Instance, ring: SampleRing, frame: ChartFrame, lastHarakiriMs: number | null): Tile[] {
  const { figures } = instance;
  const minutes = Math.round((frame.toMs - frame.fromMs) / 60_000);
  const peak = (column: SampleColumn) => rangeOf(ring, frame, [column])?.highest ?? null;
  const queueShare = figures?.listenMax ? figures.listenQueue / figures.listenMax : 0;
  const isFull = figures !== null && figures.workers > 0 && figures.busy >= figures.workers;
  return [
    {
      label: 'Requests',
      figure: formatRate(figures?.reqPerSec ?? null),
      context: instance.sample
        ? `${formatCount(figures?.requestsTotal ?? null)} in all`
        : `peak ${quantityText(formatRate(peak('reqPerSec'), ''))}`,
    },
    {
      label: 'Average response',
      figure: formatShortTime(figures?.avgRtMs ?? null),
      context: `${minutes} min ${shortTimeText(meanOf(ring, frame, 'avgRtMs'))}`,
    },
    {
      label: 'Busy',
      figure: ofLimit(figures?.busy ?? null, figures?.workers ?? null),
      context: `peak ${formatCount(peak('busy'))}`,
      tone: isFull && instance.health.level === 'crit' ? 'crit' : undefined,
    },
    {
      label: 'Listen queue',
      figure: ofLimit(figures?.listenQueue ?? null, figures?.listenMax ?? null),
      context: `peak ${formatCount(peak('listenQueue'))}, errors ${formatCount(figures?.listenQueueErrors ?? null)}`,
      tone: queueShare >= 1 ? 'crit' : queueShare > 0.5 ? 'warn' : undefined,
    },
    {
      label: 'Memory',
      figure: formatBytes(figures?.rssBytes ?? null),
      context:
        figures?.rssBytes == null ? 'not reported' : `largest ${quantityText(formatBytes(figures.rssLargestBytes))}`,
      ...(figures !== null && figures.rssBytes === null ? { hint: NO_MEMORY } : {}),
    },
    {
      label: 'Bytes out',
      figure: formatBytesPerSecond(figures?.txBytesPerSec ?? null),
      context: `total ${quantityText(formatBytes(figures?.txBytesTotal ?? null))}`,
    },
    {
      label: 'Exceptions',
      figure: formatPerMinute(figures?.exceptionsPerMin ?? null),
      context: `${formatCount(figures?.exceptionsTotal ?? null)} since the start`,
      tone: figures?.exceptionsPerMin ? 'warn' : undefined,
    },
    {
      label: 'Harakiri',
      figure: { text: formatCount(figures?.harakiriTotal ?? null), unit: '', isZero: !figures?.harakiriTotal },
      context: lastHarakiriMs === null ? 'since the start' : `last ${formatAge(frame.toMs - lastHarakiriMs)} ago`,
      tone: figures?.harakiriTotal ? 'crit' : undefined,
    },
  ];
}

/** `9 / 16`: the limit is quiet, like a unit. */
function ofLimit(value: number | null, limit: number | null): Quantity {
  return {
    text: formatCount(value),
    unit: limit === null || value === null ? '' : `/ ${formatCount(limit)}`,
    isZero: !value,
  };
}
