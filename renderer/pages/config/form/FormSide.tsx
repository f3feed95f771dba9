/** The form's place beside the text. Its code comes when it is first opened, after the editor is there. */
import { lazy, type RefObject, Suspense, useState } from 'react';
import type { ConfigDiagnostic } from '../../../../electron/contract/model.ts';
import type { IniEditorHandle } from '../../../editor/IniEditor.tsx';
import { useStores } from '../../../stores/use-stores.ts';
import { type ConfigStore, textOf } from '../config-store.ts';
import './form.css';
import { createFormHost } from './form-host.ts';

const FormPanel = lazy(() => import('./FormPanel.tsx'));

export interface FormSideProps {
  instanceId: string;
  path: string;
  text: string;
  savedText: string;
  diagnostics: readonly ConfigDiagnostic[];
  cursorLine: number;
  readOnly: boolean;
  editor: RefObject<IniEditorHandle | null>;
  store: ConfigStore;
  /** It was opened by its key: the focus follows. */
  takesFocus: boolean;
  onPresets: (section: string) => void;
}

export function FormSide({ instanceId, editor, store, onPresets, ...shown }: FormSideProps) {
  const { client } = useStores();
  const [host] = useState(() =>
    createFormHost({ client, instanceId, editor, textNow: () => textOf(store), openPresets: onPresets }),
  );
  return (
    <Suspense fallback={<aside className="insp form-panel" aria-label="Form" />}>
      <FormPanel {...shown} host={host} />
    </Suspense>
  );
}
