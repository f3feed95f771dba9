/** Everything about one worker: what it does now against the deadline, its cores and apps, its life. Esc closes. */
import { X } from 'lucide-react';
import type { WorkerRow } from '../../../electron/contract/model.ts';
import { formatBytes, formatCount, quantityText } from '../../format/quantity.ts';
import { formatClock, formatLongTime, formatShortTime, shortTimeText } from '../../format/time.ts';
import { Button } from '../../ui/Button.tsx';
import { WorkerChip } from '../../ui/Chip.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Figure } from '../../ui/Figure.tsx';
import { StateGlyph } from '../../ui/Glyph.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { deadlineText, isLong } from '../requests/lane-scale.ts';
import { DeadlineBar } from './DeadlineBar.tsx';

export interface WorkerInspectorProps {
  worker: WorkerRow;
  harakiriMs: number | null;
  nowMs: number;
  onClose: () => void;
  onOpenRequest: () => void;
  onRespawn: () => void;
}

export function WorkerInspector({
  worker,
  harakiriMs,
  nowMs,
  onClose,
  onOpenRequest,
  onRespawn,
}: WorkerInspectorProps) {
  const { status, elapsedMs, signal, wid, pid } = worker;
  const isSlow = status === 'busy' && elapsedMs !== null && isLong(elapsedMs, harakiriMs);
  const word =
    status === 'busy' && elapsedMs !== null
      ? `busy ${shortTimeText(elapsedMs, { live: true })}`
      : status === 'sig'
        ? `sig ${signal ?? ''}`
        : status;
  return (
    <aside
      className="insp worker-insp"
      aria-label={`Worker ${wid}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="insp-head">
        <WorkerChip status={status} word={word} {...(isSlow ? { tone: 'warn' as const } : {})} />
        <h2 className="b t13">Worker {wid}</h2>
        <span className="q grow">
          pid <span className="m">{pid === 0 ? '–' : pid}</span>
        </span>
        <CopyButton variant="quiet" size="sm" label="Copy these facts" text={() => factsText(worker, nowMs)} />
        <IconButton label="Close" size="sm" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />
      </div>
      {worker.nowServing === null ? null : (
        <div className="insp-now">
          <div className="row g4">
            <span className="m grow ell" title={worker.nowServing}>
              {worker.nowServing}
            </span>
            <span className="m q">
              <span className={isSlow ? 'warn' : 's1'}>{shortTimeText(elapsedMs, { live: true })}</span>
              {harakiriMs === null ? null : ` of ${deadlineText(harakiriMs)}`}
            </span>
          </div>
          <DeadlineBar elapsedMs={elapsedMs} harakiriMs={harakiriMs} />
          <div className="row">
            <Button size="sm" onClick={onOpenRequest}>
              Open request
            </Button>
          </div>
        </div>
      )}
      <div className="insp-now">
        <Button size="sm" disabledReason={pid === 0 ? 'It does not run.' : null} onClick={onRespawn}>
          Respawn…
        </Button>
      </div>
      <CoresTable worker={worker} />
      <AppsTable worker={worker} />
      <div className="sec">Life</div>
      <dl className="kv m-values">
        {lifeOf(worker, nowMs).map(([term, value]) => (
          <Fact key={term} term={term} value={value} />
        ))}
      </dl>
      {worker.rssBytes === null ? (
        <p className="insp-note q">
          Memory is not reported. Add memory-report = true and reload; it costs one read of /proc per worker.
        </p>
      ) : null}
    </aside>
  );
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className={value === '0' || value === '–' ? 'm z' : 'm'}>{value}</dd>
    </>
  );
}

function CoresTable({ worker }: { worker: WorkerRow }) {
  const { cores, coreCount } = worker;
  if (coreCount === 0) return null;
  const others = coreCount - cores.length;
  return (
    <>
      <div className="sec">
        Cores <span className="m">{formatCount(coreCount)}</span>
      </div>
      <table className="tb sm" aria-label="Cores">
        <thead>
          <tr>
            <th scope="col">Core</th>
            <th scope="col" className="num">
              Requests
            </th>
            <th scope="col" className="num">
              Static
            </th>
            <th scope="col" className="num">
              Routed
            </th>
            <th scope="col" className="num">
              Offloaded
            </th>
            <th scope="col" className="num">
              I/O err
            </th>
          </tr>
        </thead>
        <tbody>
          {cores.map((core) => (
            <tr key={core.id}>
              <td>
                <span className="row g4">
                  <span className="m">{core.id}</span>
                  <StateGlyph status={core.busy ? 'busy' : 'idle'} />
                </span>
              </td>
              <CountCell of={core.requests} />
              <CountCell of={core.staticRequests} />
              <CountCell of={core.routedRequests} />
              <CountCell of={core.offloadedRequests} />
              <CountCell of={core.readErrors + core.writeErrors} tone="warn" />
            </tr>
          ))}
        </tbody>
      </table>
      {others === 0 ? null : (
        <p className="insp-note q">
          {formatCount(others)} more; the busy ones and those that have served most are listed.
        </p>
      )}
    </>
  );
}

function AppsTable({ worker }: { worker: WorkerRow }) {
  if (worker.apps.length === 0) return null;
  return (
    <>
      <div className="sec">
        Apps <span className="m">{worker.apps.length}</span>
      </div>
      <table className="tb sm" aria-label="Applications">
        <thead>
          <tr>
            <th scope="col">Mount</th>
            <th scope="col">Directory</th>
            <th scope="col" className="num">
              Start-up
            </th>
            <th scope="col" className="num">
              Requests
            </th>
            <th scope="col" className="num">
              Exc
            </th>
          </tr>
        </thead>
        <tbody>
          {worker.apps.map((app) => (
            <tr key={app.id}>
              <td className="m">{app.mountpoint === '' ? '/' : app.mountpoint}</td>
              <td className="m s2" title={app.chdir}>
                {app.chdir}
              </td>
              <td className="num">
                <Figure of={formatShortTime(app.startupMs)} />
              </td>
              <CountCell of={app.requests} />
              <CountCell of={app.exceptions} tone="warn" />
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function CountCell({ of, tone }: { of: number; tone?: 'warn' }) {
  return <td className={`num ${of === 0 ? 'z' : (tone ?? '')}`}>{formatCount(of)}</td>;
}

function lifeOf(worker: WorkerRow, nowMs: number): [string, string][] {
  const { spawnedAtMs } = worker;
  return [
    ['Spawned', formatClock(spawnedAtMs, nowMs)],
    ['Lives for', spawnedAtMs === null ? '–' : formatLongTime(nowMs - spawnedAtMs)],
    ['Since its spawn', `${formatCount(worker.deltaRequests)} requests`],
    ['In requests', formatLongTime(worker.runningMs)],
    ['Respawns', formatCount(worker.respawns)],
    ['Accepting', worker.accepting ? 'yes' : 'no'],
    ['Signals queued', formatCount(worker.signalsQueued)],
    ['Sent', quantityText(formatBytes(worker.txBytes))],
    ['RSS', quantityText(formatBytes(worker.rssBytes))],
    ['VSZ', quantityText(formatBytes(worker.vszBytes))],
  ];
}

function factsText(worker: WorkerRow, nowMs: number): string {
  const lines = [
    `Worker ${worker.wid}, pid ${worker.pid}, ${worker.status}`,
    ...(worker.nowServing === null ? [] : [`Now serving ${worker.nowServing}, for ${shortTimeText(worker.elapsedMs)}`]),
    `Requests: ${formatCount(worker.requests)}, exceptions: ${formatCount(worker.exceptions)}, harakiri: ${formatCount(worker.harakiri)}`,
    ...lifeOf(worker, nowMs).map(([term, value]) => `${term}: ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}
