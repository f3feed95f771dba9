/** An address that names an instance which is not there any more. */
import { fleetRoute } from '../../stores/router.ts';
import { useStores } from '../../stores/use-stores.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

export function UnknownInstance({ instanceId }: { instanceId: string }) {
  const { router } = useStores();
  return (
    <div>
      <EmptyState
        title="This instance is not in the list"
        text={`There is no instance with the id ${instanceId}. It may have been removed.`}
        actions={[
          {
            id: 'fleet',
            icon: null,
            title: 'See what is there',
            text: 'The fleet lists all instances.',
            control: (
              <Button variant="primary" onClick={() => router.go(fleetRoute())}>
                Go to the fleet
              </Button>
            ),
          },
        ]}
      />
    </div>
  );
}
