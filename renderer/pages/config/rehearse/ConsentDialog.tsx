/** Before the application of a server that Reeve does not run is loaded here for the first time: what that means. */
import type { RehearsalConsent } from '../../../../electron/contract/rehearsal.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

export interface ConsentDialogProps {
  consent: RehearsalConsent | null;
  onAccept: () => void;
  onCancel: () => void;
}

export function ConsentDialog({ consent, onAccept, onCancel }: ConsentDialogProps) {
  return (
    <Dialog
      title="Load this application here?"
      opened={consent !== null}
      onClose={onCancel}
      widthPx={640}
      note="Asked once for each application."
      actions={
        <>
          <Button onClick={onCancel}>Do not load it</Button>
          <Button variant="primary" data-autofocus onClick={onAccept}>
            Load and rehearse
          </Button>
        </>
      }
    >
      {consent ? (
        <div className="rehearse-consent">
          <p>
            A rehearsal really loads the application and asks it for one page, as user{' '}
            <span className="m">{consent.user}</span> in <span className="m">{consent.folder}</span>. What its code does
            while it is loaded, such as opening a database, it does then too.
          </p>
          {consent.app.length > 0 ? <pre className="m">{consent.app.join('\n')}</pre> : null}
          <p className="s2">
            {consent.hasServerEnvironment
              ? 'It gets the environment variables of the running server. '
              : 'The environment of the running server can not be read; it gets that of Reeve. '}
            Sockets, FIFO, pidfile and logs are moved aside; commands, hooks and daemons are left out.
          </p>
        </div>
      ) : null}
    </Dialog>
  );
}
