/** The panels of a page in columns, all on one tick, one crosshair and one measured width. */
import { useMemo, useState } from 'react';
import type { Instance, InstanceEvent } from '../../../electron/contract/model.ts';
import { ChartPanel } from '../../charts/ChartPanel.tsx';
import '../../charts/charts.css';
import { CrosshairContext, createCrosshair } from '../../charts/crosshair.ts';
import type { ChartFrame } from '../../charts/frame-source.ts';
import type { Bound, PanelSpec } from '../../charts/panel-spec.ts';
import { gapsIn } from '../../charts/points.ts';
import { useWidth } from '../../charts/use-size.ts';
import { useStores } from '../../stores/use-stores.ts';

export interface ChartGridProps {
  instance: Instance;
  panels: readonly PanelSpec[];
  columns: number;
  panelHeightPx: number;
  frame: ChartFrame;
  /** Those within the frame. */
  events: readonly InstanceEvent[];
  onOpenEvent: (event: InstanceEvent) => void;
}

export function ChartGrid({ instance, panels, columns, panelHeightPx, frame, events, onOpenEvent }: ChartGridProps) {
  const { ring } = useStores().watch;
  const { ref, widthPx } = useWidth<HTMLDivElement>();
  const [crosshair] = useState(createCrosshair);
  const gaps = useMemo(() => gapsIn(ring, frame), [ring, frame]);
  const listenMax = instance.figures?.listenMax ?? null;
  const bound = useMemo<Bound | null>(() => (listenMax ? { label: 'listen', value: listenMax } : null), [listenMax]);
  return (
    <CrosshairContext value={crosshair}>
      <div className="cg" ref={ref} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {panels.map((spec) => (
          <ChartPanel
            key={spec.id}
            spec={spec}
            ring={ring}
            frame={frame}
            gaps={gaps}
            events={events}
            bound={spec.id === 'listen-queue' ? bound : null}
            widthPx={Math.floor(widthPx / columns)}
            heightPx={panelHeightPx}
            onOpenEvent={onOpenEvent}
          />
        ))}
      </div>
    </CrosshairContext>
  );
}
