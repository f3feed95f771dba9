/** The menu of the text: what the editor can do beyond typing, each with its key. */
import { MoreVertical } from 'lucide-react';
import type { RefObject } from 'react';
import type { EditorAction, IniEditorHandle } from '../../../editor/IniEditor.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { MenuButton, type MenuEntry } from '../../../ui/MenuButton.tsx';
import type { EditorTools } from './editor-tools.ts';

export interface EditorMenuProps {
  editor: RefObject<IniEditorHandle | null>;
  tools: EditorTools;
  readOnly: boolean;
  onPresets: () => void;
}

export function EditorMenu({ editor, tools, readOnly, onPresets }: EditorMenuProps) {
  const disabledReason = readOnly ? 'The file can only be read.' : null;
  const entry = (id: EditorAction, title: string, shortcut?: string): MenuEntry => ({
    id,
    title,
    shortcut,
    // The menu gives the focus back to its button first.
    onSelect: () => requestAnimationFrame(() => editor.current?.do(id)),
  });
  const entries: MenuEntry[] = [
    { id: 'outline', title: 'Outline', shortcut: 'Mod+Shift+O', onSelect: () => tools.setOutlineOpen(true) },
    { id: 'problems', title: 'Problems', shortcut: 'Mod+Shift+M', onSelect: () => tools.setProblemsOpen(true) },
    entry('find', 'Find and replace', 'Mod+F'),
    { ...entry('comment', 'Comment lines in or out', 'Mod+/'), divider: true, disabledReason },
    { ...entry('rename', 'Rename a placeholder', 'F2'), disabledReason },
    { ...entry('format', 'Format', 'Shift+Alt+F'), disabledReason },
    { ...entry('align', 'Format, = in one column'), disabledReason },
    { ...entry('fix-all', 'Apply all fixes'), disabledReason },
    { id: 'presets', title: 'Presets…', divider: true, disabledReason, onSelect: onPresets },
    { ...entry('fold', 'Fold all', 'Mod+Alt+['), divider: true },
    entry('unfold', 'Unfold all', 'Mod+Alt+]'),
  ];
  return (
    <MenuButton entries={entries}>
      <IconButton size="sm" label="Edit" icon={<MoreVertical size={14} strokeWidth={1.75} aria-hidden />} />
    </MenuButton>
  );
}
