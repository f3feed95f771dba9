/**
 * The drawer and the report of a rehearsal share the room below the editor: the one that opens closes the other, so that
 * the text keeps its lines. A rehearsal goes on without its report, and the button shows it again.
 */
import { useEffect } from 'react';
import { drawer } from '../drawer/drawer-layout.ts';
import type { RehearseStore } from './rehearse-store.ts';

export function useOnePanel(rehearsals: RehearseStore): void {
  useEffect(
    () =>
      rehearsals.subscribe((now, before) => {
        if (now.status === 'shown' && before.status !== 'shown') drawer.close();
      }),
    [rehearsals],
  );
  useEffect(
    () =>
      drawer.subscribe((now, before) => {
        if (now.isOpen && !before.isOpen && rehearsals.getState().status === 'shown') rehearsals.close();
      }),
    [rehearsals],
  );
}
