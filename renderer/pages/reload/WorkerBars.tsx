/** One bar per worker on one time axis: old, draining, starting, new, with old and new pid. */
import { useRef } from 'react';
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';
import { doneAt, pidText } from '../../../electron/contract/reload-report.ts';
import { shortTimeText } from '../../format/time.ts';
import { useWidth } from '../workers/use-width.ts';
import { type Bar, barsOf, countWorkers, secondTicks, timelineScale, xOf } from './reload-timeline.ts';

const ROW_PX = 18;
const BAR_PX = 10;
const LABEL_LEAST_PX = 74;

export function WorkerBars({ run, nowMs }: { run: ReloadRun; nowMs: number }) {
  const plot = useRef<HTMLDivElement>(null);
  const widthPx = Math.max(useWidth(plot), 1);
  const scale = timelineScale(run, nowMs, widthPx);
  const untilMs = run.finishedAtMs ?? nowMs;
  const ticks = secondTicks(scale);
  const heightPx = run.workers.length * ROW_PX;
  const doneAtMs = doneAt(run);
  const { running, renewed } = countWorkers(run);
  return (
    <section className="bars" aria-label="Workers">
      <div className="bars-head">
        <h2 className="md">Workers</h2>
        <span className="m q" role="status">
          {renewed} of {running} new
        </span>
        <span className="grow" />
        <span className="lg" aria-hidden>
          {(['old', 'draining', 'starting', 'new'] as const).map((state) => (
            <span key={state}>
              <i className={`key sq s-${state}`} />
              {state}
            </span>
          ))}
        </span>
        <span className="bars-pid q t11">pid</span>
      </div>
      <div className="bars-body">
        <ol className="bars-wids" aria-hidden>
          {run.workers.map((worker) => (
            <li key={worker.wid}>{worker.wid}</li>
          ))}
        </ol>
        <div ref={plot}>
          <svg
            width={widthPx}
            height={heightPx + 20}
            role="img"
            aria-label={`${renewed} of ${running} workers are new after ${shortTimeText(untilMs - run.startedAtMs)}`}
          >
            {ticks.map((tick) => (
              <line
                key={tick.seconds}
                x1={tick.x + 0.5}
                x2={tick.x + 0.5}
                y1={0}
                y2={heightPx}
                stroke="var(--c-grid)"
              />
            ))}
            {run.workers.map((worker, row) => (
              <g key={worker.wid} transform={`translate(0 ${row * ROW_PX + (ROW_PX - BAR_PX) / 2})`}>
                {barsOf(worker, scale, untilMs).map((bar) => (
                  <BarShape key={`${bar.state} ${bar.x}`} bar={bar} />
                ))}
              </g>
            ))}
            {doneAtMs === null ? null : (
              <line
                x1={xOf(scale, doneAtMs) + 0.5}
                x2={xOf(scale, doneAtMs) + 0.5}
                y1={0}
                y2={heightPx}
                stroke="var(--ok)"
              />
            )}
            {ticks.map((tick) => (
              <text
                key={tick.seconds}
                x={tick.x}
                y={heightPx + 14}
                textAnchor={tick.seconds === 0 ? 'start' : 'middle'}
              >
                {tick.seconds} s
              </text>
            ))}
          </svg>
        </div>
        <ol className="bars-pids m">
          {run.workers.map((worker) => (
            <li key={worker.wid}>
              <span className="sr-only">Worker {worker.wid}: </span>
              {pidText(worker, run.phase === 'finished')}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function BarShape({ bar }: { bar: Bar }) {
  const name = `${bar.state} for ${shortTimeText(bar.durationMs)}`;
  const endX = bar.x + bar.widthPx;
  return (
    <g>
      <rect
        className={`s-${bar.state}${bar.long ? ' long' : ''}`}
        x={bar.x}
        width={Math.max(bar.widthPx, 1)}
        height={BAR_PX}
      >
        <title>{name}</title>
      </rect>
      {bar.long && bar.widthPx > LABEL_LEAST_PX ? (
        <text className="on-warn" x={bar.x + 6} y={BAR_PX - 2}>
          waits {shortTimeText(bar.durationMs)}
        </text>
      ) : null}
      {bar.killed ? (
        <path
          d={`M${endX - 4} 1L${endX + 4} 9M${endX + 4} 1L${endX - 4} 9`}
          stroke="var(--crit)"
          strokeWidth={2}
          fill="none"
        >
          <title>killed</title>
        </path>
      ) : null}
    </g>
  );
}
