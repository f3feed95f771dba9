/** The right side of a reload that runs or has run: worker bars, three small charts, and what happened. */
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';
import { formatCount, formatRate, quantityText } from '../../format/quantity.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { MiniChart } from './MiniChart.tsx';
import type { MiniPoint } from './mini-chart.ts';
import { WorkerBars } from './WorkerBars.tsx';

const LEAST_LENGTH_MS = 2000;

export function ReloadWatch({ run, nowMs, listenMax }: { run: ReloadRun; nowMs: number; listenMax: number | null }) {
  const lengthMs = Math.max((run.finishedAtMs ?? nowMs) - run.startedAtMs, LEAST_LENGTH_MS);
  const [rate, queue, slowest] = [seriesOf(run, 1), seriesOf(run, 2), seriesOf(run, 3)];
  const ofMax = listenMax === null ? '' : ` of ${formatCount(listenMax)}`;
  return (
    <div className="reload-right">
      <WorkerBars run={run} nowMs={nowMs} />
      <div className="minis">
        <MiniChart
          title="Requests"
          figure={`lowest ${quantityText(formatRate(lowest(rate)))}`}
          points={rate}
          lengthMs={lengthMs}
          format={(value) => formatRate(value).text}
          filled
        />
        <MiniChart
          title="Listen queue"
          figure={`peak ${formatCount(run.queuePeak)}${ofMax}`}
          points={queue}
          lengthMs={lengthMs}
          leastMax={2}
          format={formatCount}
        />
        <MiniChart
          title="Slowest response"
          figure={`peak ${shortTimeText(highest(slowest))}`}
          points={slowest}
          lengthMs={lengthMs}
          format={(value) => shortTimeText(value)}
        />
      </div>
      <section className="happened" aria-label="What happened">
        <div className="happened-head">What happened</div>
        <ol>
          {run.log.map((line) => (
            <li key={`${line.atMs} ${line.text}`}>
              <span className="m s2">{formatClock(line.atMs, nowMs)}</span>
              <span className={line.level === 'error' ? 'crit' : line.level === 'warning' ? 'warn' : undefined}>
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {run.logTail.length > 0 ? (
        <section className="happened" aria-label="Last lines of its log">
          <div className="happened-head">Last lines of its log</div>
          <pre className="code reload-log">{run.logTail.join('\n')}</pre>
        </section>
      ) : null}
    </div>
  );
}

function seriesOf(run: ReloadRun, column: 1 | 2 | 3): MiniPoint[] {
  return run.series.map((sample) => ({ atMs: sample[0], value: sample[column] }));
}

function known(points: readonly MiniPoint[]): number[] {
  return points.flatMap(({ value }) => (value === null ? [] : [value]));
}

function lowest(points: readonly MiniPoint[]): number | null {
  const values = known(points);
  return values.length === 0 ? null : Math.min(...values);
}

function highest(points: readonly MiniPoint[]): number | null {
  const values = known(points);
  return values.length === 0 ? null : Math.max(...values);
}
