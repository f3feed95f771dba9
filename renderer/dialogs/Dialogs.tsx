/** The dialog that is open, if any. Which one is in the ui store; each brings its own frame. */
import { useStores, useUi } from '../stores/use-stores.ts';
import { ActionDialog } from './ActionDialog.tsx';
import { AttachDialog } from './attach/AttachDialog.tsx';
import { QuestionDialog } from './attach/QuestionDialog.tsx';
import './dialogs.css';
import { DriftDialog } from './DriftDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { OpenDialog } from './OpenDialog.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { RenameDialog } from './RenameDialog.tsx';
import { RollingDialog } from './RollingDialog.tsx';
import { SaveFilterDialog } from './SaveFilterDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { TagsDialog } from './TagsDialog.tsx';
import { VassalsDialog } from './VassalsDialog.tsx';

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
    case 'tags':
      return <TagsDialog instanceIds={dialog.instanceIds} onClose={close} />;
    case 'rolling':
      return <RollingDialog instanceIds={dialog.instanceIds} onClose={close} />;
    case 'save-filter':
      return <SaveFilterDialog filter={dialog.filter} onClose={close} />;
    case 'drift':
      return <DriftDialog instanceIds={dialog.instanceIds} onClose={close} />;
    case 'import':
      return <ImportDialog onClose={close} />;
    case 'action':
      return <ActionDialog instanceId={dialog.instanceId} kind={dialog.kind} wid={dialog.wid} onClose={close} />;
    case 'vassals':
      return (
        <VassalsDialog what={dialog.what} instanceId={dialog.instanceId} vassals={dialog.vassals} onClose={close} />
      );
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
  }
}
