/** Takes an instance out of the list. An engine of ours is stopped first; a server that was attached runs on. */
import { fleetRoute } from '../stores/router.ts';
import { useInstance, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

export function RemoveDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const { client, router } = useStores();
  const instance = useInstance(instanceId);
  const remove = useCall();
  if (!instance) return null;
  const { name, engine } = instance;
  const isRunning = engine !== null && engine.status !== 'stopped' && engine.status !== 'failed';
  const button = isRunning ? 'Stop and remove' : 'Remove from the list';
  return (
    <Dialog
      title={`Remove ${name} from the list`}
      opened
      widthPx={480}
      onClose={onClose}
      note={remove.isRunning ? `${isRunning ? 'Stopping' : 'Removing'} ${name}` : null}
      actions={
        <>
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="danger"
            disabledReason={remove.isRunning ? 'It is on its way.' : null}
            onClick={() =>
              remove.run(
                () => client.call('instances.remove', { instanceId }),
                () => {
                  onClose();
                  const { route } = router.getState();
                  if (route.page === 'instance' && route.instanceId === instanceId) router.go(fleetRoute());
                },
              )
            }
          >
            {button}
          </Button>
        </>
      }
    >
      <div className="dlg-pad t13">
        <p>
          {isRunning
            ? `Reeve runs ${name} itself: it is stopped first, and its address answers no more. The files stay.`
            : engine
              ? `${name} does not run. The files stay.`
              : `${name} goes on running; Reeve only stops watching it.`}
        </p>
        {remove.failure ? <FailureText failure={remove.failure} /> : null}
      </div>
    </Dialog>
  );
}
