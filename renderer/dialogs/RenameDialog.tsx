/** Gives an instance another name; only Reeve uses it. */
import { type FormEvent, useState } from 'react';
import { useInstance, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { FailureText } from './FailureText.tsx';
import { useCall } from './use-call.ts';

const FORM_ID = 'rename-form';

export function RenameDialog({ instanceId, onClose }: { instanceId: string; onClose: () => void }) {
  const { client, instances } = useStores();
  const instance = useInstance(instanceId);
  const [name, setName] = useState(instance?.name ?? '');
  const rename = useCall();

  function submit(event: FormEvent) {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    rename.run(
      () => client.call('instances.rename', { instanceId, name: wanted }),
      (changed) => {
        instances.adopt(changed);
        onClose();
      },
    );
  }

  return (
    <Dialog
      title={`Rename ${instance?.name ?? ''}`}
      opened
      widthPx={480}
      onClose={onClose}
      note="The server does not notice."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form={FORM_ID}
            disabledReason={name.trim() === '' ? 'Give a name.' : null}
          >
            Rename
          </Button>
        </>
      }
    >
      <form className="dlg-pad" id={FORM_ID} onSubmit={submit}>
        <Field
          label="Name"
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {rename.failure ? <FailureText failure={rename.failure} /> : null}
      </form>
    </Dialog>
  );
}
