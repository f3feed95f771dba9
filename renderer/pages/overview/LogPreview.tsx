/** The last lines of the log; all of it is one click away. */
import { useEffect } from 'react';
import type { Instance, LogLine } from '../../../electron/contract/model.ts';
import { formatClock } from '../../format/time.ts';
import { instanceRoute } from '../../stores/router.ts';
import { useLog, useStores } from '../../stores/use-stores.ts';
import { PanelHead } from '../../ui/Panel.tsx';
import { stripTerminal } from '../logs/log-text.ts';

const MOST_SHOWN = 12;
const TONES: Record<LogLine['level'], string> = { info: '', request: 's2', warning: 'warn', error: 'crit' };

export function LogPreview({ instance }: { instance: Instance }) {
  const { log, router } = useStores();
  useEffect(() => log.open(instance.id), [log, instance.id]);
  const lines = useLog((state) => state.lines);
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
            <span className={`m ell txt ${TONES[line.level]}`}>{stripTerminal(line.text)}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
