/** Asks for a file on the instance's machine that is shown as its log. */
import { useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';

export interface AddFileDialogProps {
  hostName: string;
  onClose: () => void;
  onAdd: (path: string) => void;
}

export function AddFileDialog({ hostName, onClose, onAdd }: AddFileDialogProps) {
  const [text, setText] = useState('');
  const path = text.trim();
  const problem = path === '' || path.startsWith('/') ? null : 'A whole path is needed: it begins with a slash.';
  const add = (): void => {
    if (path === '' || problem !== null) return;
    onAdd(path);
  };
  return (
    <Dialog
      title="Show another file"
      opened
      widthPx={480}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabledReason={path === '' ? 'Write the path of a file.' : problem} onClick={add}>
            Show file
          </Button>
        </>
      }
    >
      <form
        className="dlg-pad"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <Field
          label={`File on ${hostName}`}
          hint="It is read with the rights of who signs in there, and followed as its log is."
          error={problem}
          mono
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          placeholder="/var/log/uwsgi/app.log"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
