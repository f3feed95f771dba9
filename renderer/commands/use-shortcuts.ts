/** Joins the keyboard to the registry, once for the window; also runs the commands that a menu or tray of the host asks for. */
import { useEffect } from 'react';
import type { AppStores } from '../stores/app.ts';
import { listCommands, runCommand } from './commands.ts';
import { createKeyMatcher, isTypingIn } from './keyboard.ts';

export function useShortcuts(stores: AppStores): void {
  useEffect(() => {
    const matcher = createKeyMatcher();
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing) return;
      // The palette takes the focus a moment after it opened: what is typed meanwhile is meant for it.
      const isTyping = isTypingIn(event.target) || stores.ui.getState().isPaletteOpen;
      if (isDialogOpen(stores)) return;
      if (event.key === '/' && !isTyping && focusFilter()) {
        event.preventDefault();
        return;
      }
      const usable = listCommands(stores).filter((command) => command.shortcut && (!isTyping || command.worksInFields));
      const shortcut = matcher.match(event, new Set(usable.map((command) => command.shortcut ?? '')));
      const command = shortcut === null ? undefined : usable.find((candidate) => candidate.shortcut === shortcut);
      if (!command) return;
      event.preventDefault();
      runCommand(stores, command.id);
    }
    document.addEventListener('keydown', onKeyDown);
    const stopHost = stores.client.on('command.run', ({ id }) => runCommand(stores, id));
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      stopHost();
    };
  }, [stores]);
}

/** Dialogs keep the keyboard to themselves, those of a page too; the palette leaves what works in fields. */
function isDialogOpen({ ui }: AppStores): boolean {
  const { dialog, isPaletteOpen } = ui.getState();
  return dialog !== null || (!isPaletteOpen && document.querySelector('[role="dialog"][aria-modal="true"]') !== null);
}

/** Puts the cursor into the filter of the page, if it has one. */
function focusFilter(): boolean {
  const field = document.querySelector<HTMLInputElement>('[data-filter-field]');
  field?.focus();
  field?.select();
  return field !== null;
}
