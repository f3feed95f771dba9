/**
 * What an instance does now and did in the last minutes: figures, workers, six charts, events.
 * The sample of the first start shows a shorter version beside the list of next steps.
 */
import { Pause, Play, Sheet } from 'lucide-react';
import { memo, useCallback, useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import { ChartTableDialog } from '../../charts/ChartTableDialog.tsx';
import { useChartFrame } from '../../charts/use-chart-frame.ts';
import { NARROW, useMedia } from '../../shell/use-media.ts';
import { CHART_WINDOWS_MS } from '../../stores/ui.ts';
import { useInstance, useSettings, useStores, useUi, useWatch } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { MarkGlyph, StateGlyph } from '../../ui/Glyph.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { ChartGrid } from './ChartGrid.tsx';
import { EventList } from './EventList.tsx';
import { FirstRun } from './FirstRun.tsx';
import { OVERVIEW_PANELS } from './panels.ts';
import { ServedLine } from './ServedLine.tsx';
import { Tiles } from './Tiles.tsx';
import './overview.css';
import { useEventsIn, useIsStale, useOpeners } from './use-overview.ts';
import { WorkerStrip } from './WorkerStrip.tsx';

/** Six panels fill three columns; in a wide window they get taller instead of leaving holes. */
const WIDE = '(min-width: 1800px)';

export default function OverviewPage({ instanceId }: { instanceId: string }) {
  const instance = useInstance(instanceId);
  const isFirstRun = useSettings((settings) => !settings.firstRunClosed);
  if (!instance) return null;
  return instance.sample && isFirstRun ? <FirstRun instance={instance} /> : <Overview instance={instance} />;
}

function Overview({ instance }: { instance: Instance }) {
  const windowMs = useUi((state) => state.chartWindowMs);
  const frame = useChartFrame(windowMs);
  const { ring } = useStores().watch;
  const events = useEventsIn(frame);
  const { openEvent, openWorker } = useOpeners(instance.id);
  const isNarrow = useMedia(NARROW);
  const isWide = useMedia(WIDE);
  const workers = useWatch((state) => state.workers);
  const isStale = useIsStale(instance, frame);
  const [isTableOpen, setIsTableOpen] = useState(false);
  const openTable = useCallback(() => setIsTableOpen(true), []);
  return (
    <div className="scroll grow">
      <div className={isStale ? 'stale' : undefined}>
        <Tiles instance={instance} ring={ring} frame={frame} most={isNarrow ? 6 : 8} isStale={isStale} />
        <ServedLine key={instance.id} figures={instance.figures} />
        {isStale ? null : <WorkerStrip workers={workers} harakiriMs={instance.harakiriMs} onOpen={openWorker} />}
      </div>
      <ChartTools isNarrow={isNarrow} onTable={openTable} />
      <div className={isStale ? 'stale' : undefined}>
        <ChartGrid
          instance={instance}
          panels={OVERVIEW_PANELS}
          columns={isNarrow ? 2 : 3}
          panelHeightPx={isNarrow ? 168 : isWide ? 280 : 222}
          frame={frame}
          events={events}
          onOpenEvent={openEvent}
        />
      </div>
      {isTableOpen ? (
        <ChartTableDialog ring={ring} span={frame} panels={OVERVIEW_PANELS} onClose={() => setIsTableOpen(false)} />
      ) : null}
      <EventList events={events} windowMs={windowMs} nowMs={frame.toMs} onOpen={openEvent} />
    </div>
  );
}

interface ChartToolsProps {
  isNarrow: boolean;
  onTable: () => void;
}

const ChartTools = memo(function ChartTools({ isNarrow, onTable }: ChartToolsProps) {
  const { ui } = useStores();
  const windowMs = useUi((state) => state.chartWindowMs);
  const isHeld = useUi((state) => state.isHeld);
  return (
    <div className="tool" style={{ height: 34 }}>
      <Segmented
        label="Window of the charts"
        options={CHART_WINDOWS_MS.map((ms) => ({ id: String(ms), label: `${ms / 60_000} m` }))}
        value={String(windowMs)}
        onChange={(id) => ui.setChartWindow(Number(id))}
      />
      <Segmented
        label="Live or held"
        options={[
          {
            id: 'live',
            name: 'Live, 1 s',
            label: (
              <>
                {isHeld ? (
                  <Play size={10} strokeWidth={1.75} aria-hidden />
                ) : (
                  <StateGlyph status="busy" size={8} silent />
                )}
                Live, 1 s
              </>
            ),
          },
          {
            id: 'hold',
            name: 'Hold',
            label: (
              <>
                <Pause size={11} strokeWidth={1.75} aria-hidden />
                Hold
              </>
            ),
          },
        ]}
        value={isHeld ? 'hold' : 'live'}
        onChange={(id) => {
          if ((id === 'hold') !== isHeld) ui.toggleHold();
        }}
      />
      {isNarrow ? null : (
        <span className="legend-marks">
          {(['reload', 'config', 'harakiri', 'exception', 'gap'] as const).map((type) => (
            <span key={type}>
              <MarkGlyph type={type} silent />
              {type === 'gap' ? 'no data' : type}
            </span>
          ))}
        </span>
      )}
      <span className="grow" />
      <Button size="sm" variant="quiet" icon={<Sheet size={12} strokeWidth={1.75} aria-hidden />} onClick={onTable}>
        As table
      </Button>
    </div>
  );
});
