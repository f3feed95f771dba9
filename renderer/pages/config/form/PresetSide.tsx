/** The presets while they are open; their code comes when they are first asked for. */
import { lazy, type RefObject, Suspense } from 'react';
import { parseIni } from '../../../../engine/config/ini-document.ts';
import type { IniEditorHandle } from '../../../editor/IniEditor.tsx';
import { type ConfigStore, textOf } from '../config-store.ts';
import './form.css';
import { sectionToShow } from './form-model.ts';

const PresetDialog = lazy(() => import('./PresetDialog.tsx'));

export interface PresetSideProps {
  /** Section that they are put into; empty: the usual one of the text. */
  section: string | null;
  path: string;
  editor: RefObject<IniEditorHandle | null>;
  store: ConfigStore;
  onClose: () => void;
}

/** Nothing for the section null. */
export function PresetSide({ section, path, editor, store, onClose }: PresetSideProps) {
  if (section === null) return null;
  const text = textOf(store);
  return (
    <Suspense fallback={null}>
      <PresetDialog
        text={text}
        path={path}
        section={section === '' ? sectionToShow(parseIni(text), null) : section}
        onPutIn={(edits) => {
          editor.current?.applyEdits(edits);
          editor.current?.focus();
        }}
        onClose={onClose}
      />
    </Suspense>
  );
}
