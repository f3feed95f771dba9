/**
 * The left column: the ways to reload with the reason why some can't be used, the exact action, the checks,
 * the forecast and, once there is one, what came of it.
 */
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ReloadMethod, ReloadPlan, ReloadRun } from '../../../electron/contract/reload-model.ts';
import { tookMs } from '../../../electron/contract/reload-report.ts';
import { formatCount } from '../../format/quantity.ts';
import { shortTimeText } from '../../format/time.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';

type PlanCheck = ReloadPlan['checks'][number];

export interface ReloadPlanColumnProps {
  methods: readonly ReloadMethod[];
  chosen: ReloadMethod | null;
  /** Absent while a reload runs or is looked at: it can't be changed. */
  onChoose?: (id: ReloadMethod['id']) => void;
  isFirstUse: boolean;
  checks: readonly PlanCheck[];
  checksFact: ReactNode;
  forecast: ReloadPlan['forecast'];
  run: ReloadRun | null;
  /** Between the action and the checks: how it is to be done. */
  children?: ReactNode;
}

export function ReloadPlanColumn(props: ReloadPlanColumnProps) {
  const { methods, chosen, onChoose, isFirstUse, checks, checksFact, forecast, run, children } = props;
  return (
    <div className="reload-left">
      <div className="sec" id="reload-methods">
        Method <span className="r">{onChoose ? 'chosen from the configuration' : null}</span>
      </div>
      <div role="radiogroup" aria-labelledby="reload-methods">
        {methods.map((method) => (
          <MethodRow key={method.id} method={method} isChosen={method.id === chosen?.id} onChoose={onChoose} />
        ))}
      </div>
      {chosen ? (
        <div className={`reload-action${isFirstUse ? ' first' : ''}`}>
          <div className="q t11">
            {isFirstUse ? 'First use here. This is exactly what Reeve will do:' : 'Exact action'}
          </div>
          <pre className="code">{chosen.action.join('\n')}</pre>
        </div>
      ) : null}
      {children}
      <div className="hr" />
      <div className="sec">
        Checks before start <span className="r">{checksFact}</span>
      </div>
      <ul className="reload-checks">
        {checks.map((check) => (
          <li key={check.id}>
            <CheckSign status={check.status} />
            <span>{check.title}</span>
            <span className="m s2 ell" title={check.value}>
              {check.value}
            </span>
            {check.detail ? <span className="reload-check-detail s2">{check.detail}</span> : null}
          </li>
        ))}
      </ul>
      <div className="hr" />
      <Forecast forecast={forecast} run={run} />
      {forecast.text === '' ? null : <p className="reload-check-detail s2 reload-how">{forecast.text}</p>}
    </div>
  );
}

interface MethodRowProps {
  method: ReloadMethod;
  isChosen: boolean;
  onChoose: ((id: ReloadMethod['id']) => void) | undefined;
}

function MethodRow({ method, isChosen, onChoose }: MethodRowProps) {
  const canChoose = method.enabled && onChoose !== undefined;
  return (
    <label className={`reload-method${isChosen ? ' on' : ''}${method.enabled ? '' : ' off'}`}>
      <input
        type="radio"
        name="reload-method"
        className="rad"
        checked={isChosen}
        disabled={!canChoose && !isChosen}
        onChange={() => onChoose?.(method.id)}
      />
      <span className="grow">
        <span className="md">{method.title}</span> <span className="m q">{method.option}</span>
        <span className="reload-method-text s2">{method.whyNot ?? method.explanation}</span>
      </span>
    </label>
  );
}

function CheckSign({ status }: { status: PlanCheck['status'] }) {
  switch (status) {
    case 'pass':
      return <Check className="okc" size={13} strokeWidth={2.25} aria-label="passed" />;
    case 'warn':
      return <HealthGlyph level="warn" />;
    case 'fail':
      return <HealthGlyph level="crit" />;
  }
}

function Forecast({ forecast, run }: { forecast: ReloadPlan['forecast']; run: ReloadRun | null }) {
  const rows: [string, string, string, boolean][] = [
    ['Duration', shortTimeText(forecast.durationMs), shortTimeText(run ? tookMs(run) : null), false],
    ['Queue peak', formatCount(forecast.queuePeak), formatCount(run ? run.queuePeak : null), false],
    [
      'Requests at risk',
      formatCount(forecast.requestsAtRisk),
      formatCount(run ? run.cutOff : null),
      (run?.cutOff ?? 0) > 0,
    ],
  ];
  return (
    <table className="reload-forecast">
      <thead>
        <tr>
          <th scope="col" className="s1 md">
            Forecast
          </th>
          <th scope="col" className="num q" aria-label="expected" />
          <th scope="col" className="num q">
            {run ? 'and what came' : ''}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, expected, came, isBad]) => (
          <tr key={name}>
            <th scope="row" className="q">
              {name}
            </th>
            <td className="num">{expected}</td>
            <td className={`num${isBad ? ' crit' : ''}`}>{run ? came : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
