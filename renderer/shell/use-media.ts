/** Whether a media query matches now; re-renders when that changes. */
import { useSyncExternalStore } from 'react';

export const NARROW = '(max-width: 1099px)';

/** One list a query: asking the browser anew on each render is not free. */
const lists = new Map<string, MediaQueryList>();

function listOf(query: string): MediaQueryList {
  const list = lists.get(query) ?? window.matchMedia(query);
  lists.set(query, list);
  return list;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = listOf(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => listOf(query).matches,
  );
}
