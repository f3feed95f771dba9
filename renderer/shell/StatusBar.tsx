/** Status bar: links up and down, poll lag, bytes per second, recording; at the right the engine and the clock. */
import { History } from 'lucide-react';
import { formatBytesPerSecond, quantityText } from '../format/quantity.ts';
import { formatClock, formatLongTime, shortTimeText } from '../format/time.ts';
import { fleetRoute } from '../stores/router.ts';
import { useHostInfo, useInstances, useNow, useStores } from '../stores/use-stores.ts';
import { HealthGlyph } from '../ui/Glyph.tsx';
import { Tip } from '../ui/Tip.tsx';
import { HostMenu } from './HostMenu.tsx';

const POLL_INTERVAL_MS = 1000;

export function StatusBar() {
  const { router } = useStores();
  const totals = useInstances((state) => state.totals);
  const info = useHostInfo();
  if (!totals) return <footer className="status" />;
  const { up, down, pollLagMs, bytesPerSec, enginesRunning, recordedMs } = totals;
  const isLate = pollLagMs !== null && pollLagMs > POLL_INTERVAL_MS;
  const level = down > 0 || up === 0 ? 'lost' : 'ok';
  return (
    <footer className="status">
      <button type="button" onClick={() => router.go(down > 0 ? { page: 'alerts' } : fleetRoute())}>
        <HealthGlyph level={level} silent />
        <span className="m">{up}</span> up <span className="m">{down}</span> down
      </button>
      <HostMenu />
      <Tip label="The slowest answer of the last second; over 1 s, polls are skipped" position="top">
        <button type="button" className={isLate ? 'warn' : undefined} onClick={() => router.go(fleetRoute())}>
          poll lag <span className="m">{shortTimeText(pollLagMs)}</span>
        </button>
      </Tip>
      <Tip label="What all stats servers send together" position="top">
        <button type="button" className="folds" onClick={() => router.go(fleetRoute())}>
          <span className="m">{quantityText(formatBytesPerSecond(bytesPerSec))}</span>
        </button>
      </Tip>
      {recordedMs > 0 ? (
        <span className="folds">
          <History size={12} strokeWidth={1.75} aria-hidden />
          recording, last <span className="m">{formatLongTime(recordedMs)}</span>
        </span>
      ) : null}
      <span className="grow" />
      <button type="button" onClick={() => router.go(fleetRoute('kind:engine'))}>
        {enginesRunning > 0 ? <HealthGlyph level="ok" silent /> : null}
        engine {info?.version ?? ''}, {enginesRunning > 0 ? `${enginesRunning} running` : 'none running'}
      </button>
      <Clock />
    </footer>
  );
}

function Clock() {
  const nowMs = useNow();
  return <span className="m">{formatClock(nowMs, nowMs)}</span>;
}
