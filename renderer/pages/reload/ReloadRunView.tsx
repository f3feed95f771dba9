/** A reload that runs or has run: how far it is or what came of it, and everything that was seen of it. */
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { Instance } from '../../../electron/contract/model.ts';
import type { ReloadRun } from '../../../electron/contract/reload-model.ts';
import { reportJson, reportText } from '../../../electron/contract/reload-report.ts';
import { type Failure, failureOf } from '../../client.ts';
import { formatClock, shortTimeText } from '../../format/time.ts';
import { useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { ErrorBand } from '../../ui/ErrorBand.tsx';
import { useFastClock } from '../requests/use-fast-clock.ts';
import { CloseButton } from './CloseButton.tsx';
import { ReloadPlanColumn } from './ReloadPlanColumn.tsx';
import { checksWords, ReloadBand, ReloadSteps, tookWords } from './ReloadSteps.tsx';
import { ReloadWatch } from './ReloadWatch.tsx';

const VERDICT_WORDS = {
  done: 'done',
  'done-with': 'done, with trouble',
  stuck: 'stuck',
  failed: 'failed',
  died: 'died',
} as const;

export function ReloadRunView({
  instance,
  run,
  onAgain,
  onClose,
}: {
  instance: Instance;
  run: ReloadRun;
  onAgain: () => void;
  onClose: () => void;
}) {
  const { reload } = useStores();
  const nowMs = useFastClock();
  const [failure, setFailure] = useState<Failure | null>(null);
  const isOver = run.phase === 'finished';
  const listenMax = instance.figures?.listenMax ?? null;

  function stop(): void {
    reload.stopWatching(run.id).catch((error: unknown) => setFailure(failureOf(error)));
  }

  return (
    <div className="reload-page">
      <ReloadSteps
        now={isOver ? 'verdict' : 'watch'}
        failed={run.verdict?.status === 'failed' || run.verdict?.status === 'died'}
        facts={{
          method: run.method.title,
          checks: checksWords(run.checks),
          watch: isOver ? tookWords(run) : shortTimeText(Math.max(nowMs - run.startedAtMs, 0), { live: true }),
          ...(isOver && run.verdict ? { verdict: VERDICT_WORDS[run.verdict.status] } : {}),
        }}
      >
        {isOver ? (
          <>
            <CopyButton size="sm" text={() => reportText(run)}>
              Copy report
            </CopyButton>
            <CopyButton size="sm" text={() => reportJson(run)}>
              Copy JSON
            </CopyButton>
            <Button size="sm" icon={<RefreshCw size={12} strokeWidth={1.75} aria-hidden />} onClick={onAgain}>
              Reload again
            </Button>
          </>
        ) : (
          <Button size="sm" variant="primary" onClick={stop}>
            Stop watching
          </Button>
        )}
        <CloseButton onClose={onClose} />
      </ReloadSteps>
      {failure ? <ErrorBand title={failure.message} text={failure.hint} /> : null}
      <ReloadBand run={run} nowMs={nowMs} listenMax={listenMax} />
      <div className="reload-split">
        <ReloadPlanColumn
          methods={[run.method]}
          chosen={run.method}
          isFirstUse={false}
          checks={run.checks}
          checksFact={formatClock(run.startedAtMs, nowMs)}
          forecast={run.forecast}
          run={run}
        />
        <ReloadWatch run={run} nowMs={nowMs} listenMax={listenMax} />
      </div>
    </div>
  );
}
