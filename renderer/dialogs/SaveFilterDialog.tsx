/** Gives a filter of the fleet a name, under which the toolbar offers it. */
import { useState } from 'react';
import { runAction } from '../commands/run-action.ts';
import { useSettings, useStores } from '../stores/use-stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';

const LONGEST_NAME = 40;
const MOST_FILTERS = 30;

export function SaveFilterDialog({ filter, onClose }: { filter: string; onClose: () => void }) {
  const { settings } = useStores();
  const view = useSettings((state) => state.fleet);
  const [written, setName] = useState('');
  const name = written.trim();
  const replaces = view.filters.some((kept) => kept.name === name);
  const isFull = view.filters.length >= MOST_FILTERS && !replaces;
  const whyNot = name === '' ? 'It needs a name.' : isFull ? `${MOST_FILTERS} filters are kept already.` : null;

  function save() {
    if (whyNot !== null) return;
    const others = view.filters.filter((kept) => kept.name !== name);
    runAction(settings.change({ fleet: { ...view, filters: [...others, { name, filter }] } }));
    onClose();
  }

  return (
    <Dialog
      title="Save the filter"
      opened
      widthPx={480}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabledReason={whyNot} onClick={save}>
            {replaces ? `Replace ${name}` : 'Save the filter'}
          </Button>
        </>
      }
    >
      <form
        className="dlg-pad t13"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <p>
          <code className="m">{filter}</code>
        </p>
        <Field
          data-autofocus
          label="Name"
          maxLength={LONGEST_NAME}
          value={written}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
