/** One small action on a server: what it does and exactly how, the name where it is read-only, and what came of it. */
import { useEffect, useState } from 'react';
import type { ActionKind, ActionPlan, ActionResult } from '../../electron/contract/actions-model.ts';
import { type Failure, failureOf } from '../client.ts';
import { useInstance, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

export interface ActionDialogProps {
  instanceId: string;
  kind: ActionKind;
  /** For `respawn-worker`. */
  wid: number | null;
  onClose: () => void;
}

export function ActionDialog({ instanceId, kind, wid, onClose }: ActionDialogProps) {
  const { client } = useStores();
  const instance = useInstance(instanceId);
  const [plan, setPlan] = useState<ActionPlan | null>(null);
  const [planFailure, setPlanFailure] = useState<Failure | null>(null);
  const [result, setResult] = useState<ActionResult | null>(null);
  const [typedName, setTypedName] = useState('');
  const act = useCall();
  useEffect(() => {
    let isOpen = true;
    client.call('action.plan', { instanceId, kind, ...(wid === null ? {} : { wid }) }).then(
      (plan) => {
        if (isOpen) setPlan(plan);
        return plan;
      },
      (error: unknown) => {
        if (isOpen) setPlanFailure(failureOf(error));
      },
    );
    return () => {
      isOpen = false;
    };
  }, [client, instanceId, kind, wid]);
  if (!instance) return null;
  const { name } = instance;
  const failure = planFailure ?? act.failure;
  const blockedBy = act.isRunning
    ? 'It is on its way.'
    : plan === null
      ? 'Looking at the server'
      : (plan.whyNot ?? (plan.needsName && typedName.trim() !== name ? `Type ${name} first` : null));

  function run(): void {
    const params = { instanceId, kind, ...(wid === null ? {} : { wid }) };
    const confirmed = plan?.needsName ? { confirmedName: typedName } : {};
    act.run(async () => client.call('action.run', { ...params, ...confirmed }), setResult);
  }

  return (
    <Dialog
      title={plan === null ? name : `${plan.title}: ${name}`}
      opened
      widthPx={480}
      onClose={onClose}
      note={act.isRunning ? 'Waiting until the figures show it' : null}
      actions={
        result === null ? (
          <>
            <Button data-autofocus onClick={onClose}>
              Cancel
            </Button>
            <Button variant={kind === 'stop' ? 'danger' : 'primary'} disabledReason={blockedBy} onClick={run}>
              {plan?.title ?? 'Do it'}
            </Button>
          </>
        ) : (
          <Button data-autofocus variant="primary" onClick={onClose}>
            Close
          </Button>
        )
      }
    >
      <div className="dlg-pad t13 action-dialog">
        {plan === null ? null : <ActionWords plan={plan} />}
        {plan?.needsName && result === null ? (
          <Field
            label={`Type ${name}: it is read-only by its tags`}
            value={typedName}
            onChange={(event) => setTypedName(event.target.value)}
          />
        ) : null}
        {result === null ? null : (
          <p role="status">
            <span className={result.status === 'done' ? 'md' : 'md warn'}>{result.title}</span> {result.detail}
          </p>
        )}
        {failure ? <FailureText failure={failure} /> : null}
      </div>
    </Dialog>
  );
}

function ActionWords({ plan }: { plan: ActionPlan }) {
  return (
    <>
      <p>{plan.explanation}</p>
      {plan.whyNot === null ? null : <p className="warn">{plan.whyNot}</p>}
      {plan.action.length === 0 ? null : (
        <div>
          <div className={`t11 ${plan.acceptedBefore ? 'q' : 'warn'}`}>
            {plan.acceptedBefore ? 'Exact action' : 'First use here. This is exactly what Reeve will do:'}
          </div>
          <pre className="code">{plan.action.join('\n')}</pre>
        </div>
      )}
    </>
  );
}
