/** The last lines of the log; all of it is one click away. */
import { useEffect } from 'react';
import type { LogLine } from '../../../electron/contract/logs-model.ts';
import type { Instance, WorkerRow } from '../../../electron/contract/model.ts';
import { formatBytes, quantityText } from '../../format/quantity.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useLog, useStores, useWatch } from '../../stores/use-stores.ts';
import { PanelHead } from '../../ui/Panel.tsx';

const MOST_SHOWN = 12;
const TONES: Record<LogLine['level'], string> = { info: '', request: 's2', note: 'q', warning: 'warn', error: 'crit' };

export function LogPreview({ instance }: { instance: Instance }) {
  const { log, router } = useStores();
  useEffect(() => log.open(instance.id), [log, instance.id]);
  const lines = useLog((state) => state.lines);
  const workers = useWatch((state) => state.workers);
  return (
    <section aria-label="Log">
      <PanelHead title="Log">
        <button type="button" className="btn-link" onClick={() => router.go(instanceRoute(instance.id, 'logs'))}>
          Open
        </button>
      </PanelHead>
      <div className="log-view">
        {lines.slice(-MOST_SHOWN).map((line) => (
          <div key={line.seq}>
            <span className="m q">{formatClock(line.atMs, line.atMs, { withMs: true })}</span>
            <span className={`m ell txt ${TONES[line.level]}`} title={line.text}>
              {shortLine(line, workers)}
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** A request in few words; everything else as the server wrote it. */
function shortLine({ text, pid, request }: LogLine, workers: readonly WorkerRow[]): string {
  if (!request) return text;
  const { method, uri, status, tookMs, sizeBytes } = request;
  const parts = [
    `${method} ${uri}`.padEnd(22),
    String(status ?? ''),
    shortTimeText(tookMs).padStart(7),
    quantityText(formatBytes(sizeBytes)).padStart(9),
    workerText(pid, workers),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

/** Its number while it lives; the pid of one that is gone. */
function workerText(pid: number | null, workers: readonly WorkerRow[]): string {
  if (pid === null) return '';
  const worker = workers.find((row) => row.pid === pid);
  return worker === undefined ? `pid ${pid}` : `worker ${worker.wid}`;
}
