/**
 * Metrics of a server. Among other panels the first of them; alone on the page all of them, virtual, as a server with
 * many cores has thousands.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';
import type { MetricRow } from '../../../electron/contract/background-model.ts';
import { formatCount, formatRate } from '../../format/quantity.ts';
import { Figure } from '../../ui/Figure.tsx';
import { TableHead } from '../../ui/Table.tsx';

const ROW_PX = 26;
/** The heads of the panel and of the table. */
const ABOVE_PX = 54;

export interface MetricTableProps {
  metrics: readonly MetricRow[];
}

export function MetricTable({ metrics }: MetricTableProps) {
  return (
    <Frame count={metrics.length}>
      {metrics.map((metric) => (
        <MetricCells key={metric.name} metric={metric} />
      ))}
    </Frame>
  );
}

/** `scroller`: what the page scrolls in. */
export function AllMetrics({ metrics, scroller }: MetricTableProps & { scroller: RefObject<HTMLElement | null> }) {
  // oxlint-disable-next-line react/incompatible-library -- its result changes on scroll; nothing here memoises it
  const virtual = useVirtualizer({
    count: metrics.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollMargin: ABOVE_PX,
  });
  const items = virtual.getVirtualItems();
  const above = (items[0]?.start ?? ABOVE_PX) - ABOVE_PX;
  const below = virtual.getTotalSize() - ((items.at(-1)?.end ?? ABOVE_PX) - ABOVE_PX);
  return (
    <Frame count={metrics.length}>
      {above > 0 ? <tr style={{ height: above }} aria-hidden /> : null}
      {items.map(({ index }) => {
        const metric = metrics[index];
        return metric === undefined ? null : <MetricCells key={metric.name} metric={metric} index={index} />;
      })}
      {below > 0 ? <tr style={{ height: below }} aria-hidden /> : null}
    </Frame>
  );
}

function Frame({ count, children }: { count: number; children: React.ReactNode }) {
  return (
    <table className="tb facts" aria-label="Metrics" aria-rowcount={count + 1}>
      <colgroup>
        <col />
        <col style={{ width: 90 }} />
        <col style={{ width: 140 }} />
        <col style={{ width: 100 }} />
        <col style={{ width: 130 }} />
      </colgroup>
      <thead>
        <tr>
          <TableHead>Metric</TableHead>
          <TableHead>Type</TableHead>
          <TableHead numeric>Value</TableHead>
          <TableHead numeric title="Of counters, over the last ten seconds">
            Per second
          </TableHead>
          <TableHead>OID</TableHead>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

function MetricCells({ metric, index }: { metric: MetricRow; index?: number }) {
  const { name, type, value, perSec, oid } = metric;
  return (
    <tr aria-rowindex={index === undefined ? undefined : index + 2}>
      <td className="m" title={name}>
        {name}
      </td>
      <td className="s2">{type}</td>
      <td className={value === 0 ? 'num z' : 'num'}>{formatCount(value)}</td>
      <td className="num">{type === 'counter' ? <Figure of={formatRate(perSec, '')} /> : null}</td>
      <td className="m q">{oid}</td>
    </tr>
  );
}
