/** Reloads of this instance that were made from here, newest first; each opens its report. */
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';
import { formatCount } from '../../format/quantity.ts';
import { formatClock } from '../../format/time.ts';
import { HealthGlyph } from '../../ui/Glyph.tsx';
import { PanelHead } from '../../ui/Panel.tsx';
import { tookWords } from './ReloadSteps.tsx';

const LEVELS = { done: 'ok', 'done-with': 'warn', stuck: 'warn', failed: 'crit', died: 'crit' } as const;

export function PastReloads({
  runs,
  nowMs,
  onOpen,
}: {
  runs: readonly ReloadRun[];
  nowMs: number;
  onOpen: (id: string) => void;
}) {
  return (
    <section className="col grow" aria-label="Past reloads">
      <PanelHead title="Past reloads" fact={runs.length === 0 ? undefined : `${runs.length} kept`} />
      {runs.length === 0 ? (
        <p className="calm">
          None from here yet. While a reload runs, its workers stand here with old and new pid, and its report is kept.
        </p>
      ) : (
        <div className="scroll grow">
          <table className="tb past">
            <colgroup>
              <col style={{ width: 128 }} />
              <col style={{ width: 130 }} />
              <col />
              <col style={{ width: 84 }} />
              <col style={{ width: 78 }} />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Method</th>
                <th scope="col">What came of it</th>
                <th scope="col" className="num">
                  Took
                </th>
                <th scope="col" className="num">
                  Cut off
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.id} onClick={() => onOpen(run.id)}>
                  <td className="m">
                    <button type="button" className="btn-link" onClick={() => onOpen(run.id)}>
                      {formatClock(run.startedAtMs, nowMs)}
                    </button>
                  </td>
                  <td>{run.method.title}</td>
                  <td>
                    <span className="row g3">
                      <HealthGlyph level={run.verdict ? LEVELS[run.verdict.status] : 'off'} silent />
                      <span className="ell">{run.verdict ? run.verdict.title : 'still watched'}</span>
                    </span>
                  </td>
                  <td className="num">{tookWords(run)}</td>
                  <td className={`num ${run.cutOff > 0 ? 'crit' : 'z'}`}>{formatCount(run.cutOff)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
