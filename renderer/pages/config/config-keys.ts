/**
 * The keys of the whole Config tab, wherever the focus is in the window: Mod+S, Mod+F, Mod+Shift+D, O and M. Each has
 * its button too. A dialog keeps its keys; what the editor has answered itself is left to it.
 */
import { useEffect, useEffectEvent } from 'react';

export interface ConfigKeys {
  save(): void;
  find(): void;
  diff(): void;
  outline(): void;
  problems(): void;
}

/** The action that a key asks for; null: none of these. */
export function keyAction(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (event.shiftKey) return key === 'd' ? 'diff' : key === 'o' ? 'outline' : key === 'm' ? 'problems' : null;
  return key === 's' ? 'save' : key === 'f' ? 'find' : null;
}

export function useConfigKeys(keys: ConfigKeys): void {
  const act = useEffectEvent((action: keyof ConfigKeys) => keys[action]());
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      const action = keyAction(event);
      const isInDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
      // With Caps Lock the editor takes Shift's letters for its own keys without Shift: they count here all the same.
      const isAnswered = event.defaultPrevented && !event.shiftKey;
      if (action === null || isAnswered || isInDialog) return;
      event.preventDefault();
      act(action);
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
