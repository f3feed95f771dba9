/** What the Config page shows of a rehearsal: nothing, a failure, the question before the first one, or its course. */
import { FlaskConical } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useStores } from '../../../stores/use-stores.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorBand } from '../../../ui/ErrorBand.tsx';
import { ConsentDialog } from './ConsentDialog.tsx';
import { RehearsePanel } from './RehearsePanel.tsx';
import { createRehearseStore, type RehearseStore } from './rehearse-store.ts';

export function useRehearsals(instanceId: string): RehearseStore {
  const { client } = useStores();
  const [store] = useState(() => createRehearseStore(client, instanceId));
  useEffect(() => store.follow(), [store]);
  return store;
}

export interface RehearseProps {
  rehearsals: RehearseStore;
  /** The text in the editor. */
  text: string;
}

/** `awayOn`: the host of a file that is not on this machine. */
export function RehearseButton({ rehearsals, text, awayOn }: RehearseProps & { awayOn: string | null }) {
  const isRunning = useStore(
    rehearsals,
    (state) => state.status === 'asking' || (state.status === 'shown' && state.rehearsal.verdict === null),
  );
  return (
    <Button
      size="sm"
      hint="Run the edited text on the bundled engine in a scratch folder; the server is not touched"
      disabledReason={
        awayOn === null
          ? isRunning
            ? 'A rehearsal is under way'
            : null
          : `The application is on ${awayOn}, so nothing can be rehearsed here; the checks are those of ${awayOn}`
      }
      icon={<FlaskConical size={12} strokeWidth={1.75} aria-hidden />}
      onClick={() => void rehearsals.start(text)}
    >
      Rehearse here
    </Button>
  );
}

export function RehearseSide({ rehearsals, text, onGoTo }: RehearseProps & { onGoTo: (line: number) => void }) {
  const state = useStore(rehearsals);
  return (
    <>
      <ConsentDialog
        consent={state.status === 'consent' ? state.consent : null}
        onAccept={() => state.status === 'consent' && void rehearsals.start(state.text, state.consent.digest)}
        onCancel={() => rehearsals.close()}
      />
      {state.status === 'failed' ? (
        <ErrorBand title={state.failure.message} text={state.failure.hint ?? 'Nothing was started.'} />
      ) : null}
      {state.status === 'shown' ? (
        <RehearsePanel
          rehearsal={state.rehearsal}
          onGoTo={onGoTo}
          onAgain={() => void rehearsals.start(text)}
          onCancel={() => void rehearsals.cancel()}
          onClose={() => rehearsals.close()}
        />
      ) : null}
    </>
  );
}
