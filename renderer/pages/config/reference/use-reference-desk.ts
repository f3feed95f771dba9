/** The Config tab's part in the reference: the text that is edited, and a line for an option that is to be added. */
import { useEffect } from 'react';
import { findOption } from '../../../../engine/config/option-table.ts';
import type { IniEditorHandle } from '../../../editor/IniEditor.tsx';
import { type ConfigSession, isDirty } from '../config-session.ts';
import { additionOf } from './add-option.ts';
import { reference } from './reference-store.ts';

/** The reference speaks of this text for as long as the tab is open. */
export function useReferenceDesk(instanceId: string, session: ConfigSession): void {
  const { text, diagnostics } = session;
  const { path, writable } = session.file;
  const dirty = isDirty(session);
  useEffect(() => {
    reference.setDesk({ instanceId, path, text, diagnostics, isWritable: writable, isDirty: dirty });
  }, [instanceId, path, text, diagnostics, writable, dirty]);
  useEffect(() => () => reference.leaveDesk(), []);
}

/** One undo step; its value is selected, to be typed over. `section`: the one of the cursor. */
export function addOption(editor: IniEditorHandle | null, text: string, section: string, name: string): void {
  const option = findOption(name);
  if (editor === null || option === null) return;
  const { edits, line, from, to } = additionOf(text, section, option);
  editor.applyEdits(edits);
  editor.goTo(line, from, to);
}
