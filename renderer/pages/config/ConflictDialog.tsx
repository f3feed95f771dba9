/**
 * The file changed on the disk after it was opened: both versions side by side, and the decision. Nothing is written
 * before one of the buttons is pressed; each says what it will do.
 */
import { useEffect, useRef } from 'react';
import { createCompareView } from '../../editor/compare-view.ts';
import { formatClock } from '../../format/time.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { type ConfigSession, conflictWords } from './config-session.ts';

export interface ConflictDialogProps {
  session: ConfigSession;
  nowMs: number;
  onResolve: (choice: 'mine' | 'theirs' | 'merge' | 'cancel') => void;
}

export function ConflictDialog({ session, nowMs, onResolve }: ConflictDialogProps) {
  const { conflict } = session;
  const words = conflictWords(session, formatClock(conflict?.version.mtimeMs ?? null, nowMs));
  return (
    <Dialog
      title={words?.title ?? ''}
      opened={conflict !== null}
      onClose={() => onResolve('cancel')}
      widthPx={1000}
      note={words?.text}
      actions={
        <>
          <Button data-autofocus={words?.canMerge ? undefined : true} onClick={() => onResolve('cancel')}>
            Go on editing
          </Button>
          <Button onClick={() => onResolve('theirs')}>Take theirs, drop mine</Button>
          <Button variant={words?.canMerge ? 'plain' : 'danger'} onClick={() => onResolve('mine')}>
            Save mine over theirs
          </Button>
          {words?.canMerge ? (
            <Button variant="primary" data-autofocus onClick={() => onResolve('merge')}>
              Merge and save
            </Button>
          ) : null}
        </>
      }
    >
      {conflict ? <Compare theirs={conflict.text} mine={session.text} /> : null}
    </Dialog>
  );
}

function Compare({ theirs, mine }: { theirs: string; mine: string }) {
  const parent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!parent.current) return undefined;
    const view = createCompareView({ parent: parent.current, left: theirs, right: mine });
    return () => view.destroy();
  }, [theirs, mine]);
  return (
    <div className="compare">
      <div className="compare-heads">
        <span>On the disk now</span>
        <span>Yours, not saved</span>
      </div>
      <div className="compare-body" ref={parent} />
    </div>
  );
}
