/** One running request: time left until harakiri, and its variables as the stats document has them, secrets hidden. */
import { X } from 'lucide-react';
import { Fragment, useState } from 'react';
import type { RequestRow } from '../../../electron/contract/model.ts';
import { quantityText } from '../../format/quantity.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { DeadlineBar } from '../workers/DeadlineBar.tsx';
import { deadlineText, laneTime } from './lane-scale.ts';
import type { RunningRequest } from './running-requests.ts';

export interface RequestInspectorProps {
  row: RunningRequest;
  /** It is not among the running ones any more; the figures are its last. */
  hasEnded: boolean;
  /** With their secrets, while they are shown; null: hidden. */
  shownVars: RequestRow['vars'] | null;
  harakiriMs: number | null;
  nowMs: number;
  onClose: () => void;
  onOpenWorker: () => void;
}

const SHOWN_VARS = 12;
const HIDDEN = /\bhidden\b/;

export function RequestInspector({
  row,
  hasEnded,
  shownVars,
  harakiriMs,
  nowMs,
  onClose,
  onOpenWorker,
}: RequestInspectorProps) {
  const { request, elapsedMs, leftMs, isLong } = row;
  const [isWhole, setIsWhole] = useState(false);
  const all = shownVars ?? request.vars;
  const vars = isWhole ? all : all.slice(0, SHOWN_VARS);
  const more = all.length - vars.length;
  const left = laneTime(leftMs);
  return (
    <aside
      className="insp request-insp"
      aria-label={`Request on worker ${request.wid}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="insp-head">
        <h2 className="m t13 ell" title={`${request.method} ${request.path}`}>
          {request.method} {request.path}
        </h2>
        <span className="q grow">
          worker{' '}
          <span className="m">
            {request.wid}.{request.core}
          </span>
        </span>
        <IconButton label="Close" size="sm" icon={<X size={14} strokeWidth={1.75} aria-hidden />} onClick={onClose} />
      </div>
      <div className={`request-now${isLong && !hasEnded ? ' is-long' : ''}`}>
        {hasEnded ? (
          <div className="s2">This request has ended; it was last seen after {shortTimeText(elapsedMs)}.</div>
        ) : leftMs === null ? (
          <div>
            <span className="request-left m">{quantityText(laneTime(elapsedMs))}</span>{' '}
            <span className="s2">{harakiriMs === null ? 'so far, and no harakiri set to end it' : 'so far'}</span>
          </div>
        ) : (
          <div>
            <span className={`request-left m${isLong ? ' warn' : ''}`}>
              {left.text}
              <span className="u">{left.unit}</span>
            </span>{' '}
            until harakiri kills worker {request.wid}
          </div>
        )}
        {harakiriMs === null ? null : <DeadlineBar elapsedMs={elapsedMs} harakiriMs={harakiriMs} />}
        <div className="row q t11">
          <span className="grow">since {formatClock(request.startedAtMs, nowMs)}</span>
          {harakiriMs === null ? null : (
            <span className="m">
              {quantityText(laneTime(elapsedMs))} of {deadlineText(harakiriMs)}
            </span>
          )}
        </div>
        <div className="row g4">
          <CopyButton size="sm" text={() => reportOf(row, harakiriMs)}>
            Copy as report
          </CopyButton>
          <Button size="sm" onClick={onOpenWorker}>
            Open worker {request.wid}
          </Button>
        </div>
      </div>
      <div className="sec">
        Request <span className="r">from the stats document</span>
      </div>
      {all.length === 0 ? (
        <p className="insp-note q">The stats document does not have its variables; stats-no-cores may be set.</p>
      ) : (
        <dl className="kv request-vars">
          {vars.map(([name, value]) => (
            <Fragment key={name}>
              <dt className="m" title={name}>
                {name}
              </dt>
              <dd className={`m${value === '' || HIDDEN.test(value) ? ' q' : ''}`} title={value}>
                {value === '' ? 'empty' : value}
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
      {more > 0 ? (
        <button type="button" className="btn-link insp-more" onClick={() => setIsWhole(true)}>
          {more} more variables
        </button>
      ) : null}
    </aside>
  );
}

function reportOf({ request, elapsedMs, leftMs }: RunningRequest, harakiriMs: number | null): string {
  const deadline =
    harakiriMs === null
      ? 'no harakiri set'
      : `${quantityText(laneTime(leftMs))} until harakiri (${deadlineText(harakiriMs)})`;
  const vars = request.vars.map(([name, value]) => `  ${name}=${value}`);
  return [
    `${request.method} ${request.path}`,
    `Worker ${request.wid}.${request.core}, pid ${request.pid}, client ${request.remoteAddr ?? 'unknown'}`,
    `Runs for ${quantityText(laneTime(elapsedMs))}, ${deadline}`,
    'Variables, secrets hidden:',
    ...vars,
    '',
  ].join('\n');
}
