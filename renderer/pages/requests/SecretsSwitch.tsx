/** Whether secrets are shown: hidden unless asked for, and then for a minute that counts down. */
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import type { Failure } from '../../client.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

export interface SecretsSwitchProps {
  /** Of the dialog that asks. */
  title: string;
  /** What will be shown. */
  text: string;
  /** While they are hidden. */
  label?: string;
  /** 0: hidden. */
  untilMs: number;
  nowMs: number;
  failure: Failure | null;
  onShow: () => void;
  onHide: () => void;
}

export function SecretsSwitch(props: SecretsSwitchProps) {
  const { title, text, label = 'Secrets hidden', untilMs, nowMs, failure, onShow, onHide } = props;
  const [isAsking, setIsAsking] = useState(false);
  if (untilMs > 0) {
    const seconds = Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
    return (
      <>
        <span className="row g3 warn" role="status">
          <Eye size={13} strokeWidth={1.75} aria-hidden />
          Secrets shown, {seconds} s
        </span>
        <Button size="sm" onClick={onHide}>
          Hide now
        </Button>
      </>
    );
  }
  return (
    <>
      {failure ? <span className="crit ell">{failure.message}</span> : null}
      <span className="row g3 s2">
        <EyeOff size={13} strokeWidth={1.75} aria-hidden />
        {label}
      </span>
      <Button size="sm" variant="quiet" onClick={() => setIsAsking(true)}>
        Show for 1 min…
      </Button>
      <Dialog
        title={title}
        opened={isAsking}
        widthPx={480}
        onClose={() => setIsAsking(false)}
        actions={
          <>
            <Button onClick={() => setIsAsking(false)}>Cancel</Button>
            <Button
              variant="primary"
              onClick={() => {
                setIsAsking(false);
                onShow();
              }}
            >
              Show for 1 min
            </Button>
          </>
        }
      >
        <p className="dlg-pad">
          {text} They are of your users. They are not kept, not copied and not exported; that you asked is written to
          the record of actions.
        </p>
      </Dialog>
    </>
  );
}
