/** Whether a media query matches now; re-renders when that changes. */
import { useSyncExternalStore } from 'react';

export const NARROW = '(max-width: 1099px)';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}
