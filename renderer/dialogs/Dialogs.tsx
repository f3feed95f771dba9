/** The dialog that is open, if any. Which one is in the ui store; each brings its own frame. */
import { useStores, useUi } from '../stores/use-stores.ts';
import { AttachDialog } from './attach/AttachDialog.tsx';
import { QuestionDialog } from './attach/QuestionDialog.tsx';
import './dialogs.css';
import { OpenDialog } from './OpenDialog.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';

export function Dialogs() {
  const { ui } = useStores();
  const dialog = useUi((state) => state.dialog);
  const close = () => ui.closeDialog();
  switch (dialog?.type) {
    case undefined:
      return null;
    case 'attach':
      return (
        <AttachDialog
          key={dialog.host}
          host={dialog.host ?? null}
          isLinked={dialog.isLinked ?? false}
          onClose={close}
        />
      );
    case 'question':
      return <QuestionDialog onClose={close} />;
    case 'open':
      return <OpenDialog path={dialog.path ?? null} onClose={close} />;
    case 'rename':
      return <RenameDialog instanceId={dialog.instanceId} onClose={close} />;
    case 'remove':
      return <RemoveDialog instanceId={dialog.instanceId} onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
  }
}
