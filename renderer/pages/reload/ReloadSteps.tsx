/** The bar of steps (method, checks, watch, verdict) and the band below it: what is going on, or what came of it. */
import { Check, Circle, CircleDot, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ReloadPlan, ReloadRun } from '../../../electron/contract/reload-model.ts';
import { tookMs } from '../../../electron/contract/reload-report.ts';
import { formatCount } from '../../format/quantity.ts';
import { formatLongTime, shortTimeText } from '../../format/time.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { countWorkers } from './reload-timeline.ts';

export type Step = 'method' | 'checks' | 'watch' | 'verdict';

const STEPS: readonly { id: Step; title: string }[] = [
  { id: 'method', title: 'Method' },
  { id: 'checks', title: 'Checks' },
  { id: 'watch', title: 'Watch' },
  { id: 'verdict', title: 'Verdict' },
];

export interface ReloadStepsProps {
  now: Step;
  /** Quiet words beside each step that has been reached. */
  facts: Partial<Record<Step, string>>;
  failed: boolean;
  children: ReactNode;
}

export function ReloadSteps({ now, facts, failed, children }: ReloadStepsProps) {
  const reached = STEPS.findIndex((step) => step.id === now);
  return (
    <div className="reload-steps">
      <ol>
        {STEPS.map(({ id, title }, index) => (
          <li key={id} aria-current={id === now ? 'step' : undefined} className={index > reached ? 'later' : undefined}>
            <StepSign
              state={index < reached || facts.verdict ? 'done' : index === reached ? 'now' : 'later'}
              failed={failed && id === 'verdict'}
            />
            <span className="md">{title}</span>
            {facts[id] ? <span className="q">{facts[id]}</span> : null}
          </li>
        ))}
      </ol>
      <span className="grow" />
      {children}
    </div>
  );
}

function StepSign({ state, failed }: { state: 'done' | 'now' | 'later'; failed: boolean }) {
  if (failed) return <X className="crit" size={13} strokeWidth={2.25} aria-hidden />;
  if (state === 'done') return <Check className="okc" size={13} strokeWidth={2.25} aria-hidden />;
  if (state === 'now') return <CircleDot className="acc" size={13} strokeWidth={2} aria-hidden />;
  return <Circle className="q" size={13} strokeWidth={1.5} aria-hidden />;
}

/** `6 passed, 1 warning` */
export function checksWords(checks: ReloadPlan['checks']): string {
  const count = (status: 'pass' | 'warn' | 'fail') => checks.filter((check) => check.status === status).length;
  const [warned, failed] = [count('warn'), count('fail')];
  return [
    `${count('pass')} passed`,
    ...(warned > 0 ? [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ');
}

const TONES = { done: 'ok', 'done-with': 'ok', stuck: 'warn', failed: 'crit', died: 'crit' } as const;
const LEVELS = { done: 'ok', 'done-with': 'ok', stuck: 'warn', failed: 'crit', died: 'crit' } as const;

export interface ReloadBandProps {
  run: ReloadRun;
  nowMs: number;
  listenMax: number | null;
}

/** While it runs: how far it is. Afterwards: the verdict. A stuck reload says so while it is still watched. */
export function ReloadBand({ run, nowMs, listenMax }: ReloadBandProps) {
  const { verdict } = run;
  const { running, renewed } = countWorkers(run);
  const isOver = run.phase === 'finished';
  const elapsedMs = Math.max((run.finishedAtMs ?? nowMs) - run.startedAtMs, 0);
  const tone = verdict ? TONES[verdict.status] : 'plain';
  return (
    <div className={`reload-band ${tone}`} role="status">
      <span className="reload-band-sign">
        {verdict?.status.startsWith('done') ? (
          <Check className="okc" size={18} strokeWidth={2.5} aria-hidden />
        ) : (
          <HealthGlyph level={verdict ? LEVELS[verdict.status] : 'ok'} size={16} silent />
        )}
      </span>
      <div className="grow">
        <h2 className="title">
          {verdict ? verdict.title : `${renewed} of ${running} workers are new after ${liveSeconds(elapsedMs)}.`}
        </h2>
        <p className={verdict?.detail.includes('\n') ? 'm s2 reload-trace' : 's2'}>
          {verdict
            ? verdict.detail
            : renewed === running && running > 0
              ? 'Waiting until each has served a request, for ten seconds at most.'
              : 'Every worker is watched by pid and spawn time.'}
          {isOver ? '' : ' The reload itself can not be taken back; Stop watching leaves it to the server.'}
        </p>
      </div>
      <dl className="reload-figures">
        <BandFigure name="answered" value={formatCount(run.answered)} />
        <BandFigure name="cut off" value={formatCount(run.cutOff)} isBad={run.cutOff > 0} />
        <BandFigure name="queue peak" value={formatCount(run.queuePeak)} limit={listenMax} />
        <BandFigure name="exceptions" value={formatCount(run.exceptions)} isBad={run.exceptions > 0} />
      </dl>
    </div>
  );
}

function BandFigure({
  name,
  value,
  limit,
  isBad,
}: {
  name: string;
  value: string;
  limit?: number | null;
  isBad?: boolean;
}) {
  return (
    <div>
      <dt className="q t11">{name}</dt>
      <dd className={`m${isBad ? ' crit' : ''}`}>
        {value}
        {limit == null ? null : <span className="q t11"> / {formatCount(limit)}</span>}
      </dd>
    </div>
  );
}

/** Whole seconds, so that a running count does not tremble. */
function liveSeconds(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatLongTime(ms);
}

export function tookWords(run: ReloadRun): string {
  return shortTimeText(tookMs(run));
}
