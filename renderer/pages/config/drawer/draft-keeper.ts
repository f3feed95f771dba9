/**
 * Keeps the text that is not saved in the core, a moment after it was typed, so that a reload of the page or a crash
 * does not lose it; and offers the one of an earlier session. Nothing is put into the editor unasked.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConfigDraft } from '../../../../electron/contract/desk-model.ts';
import type { Client } from '../../../client.ts';
import { isDirty } from '../config-session.ts';
import type { ConfigStore } from '../config-store.ts';

export interface DraftState {
  /** A text of an earlier session; null: there is none, or it was decided on. */
  offered: ConfigDraft | null;
  /** Why a save alone reloads the server; null: it does not. */
  saveReloads: string | null;
}

export interface DraftKeeper extends StoreApi<DraftState> {
  /** Asks the core what it keeps; to be called when the file was read. */
  look(): Promise<void>;
  /** Puts the offered text into the editor. */
  restore(): void;
  drop(): void;
  /** Sends at once what waits: the page is about to go. */
  flush(): void;
}

export interface DraftKeeperOptions {
  client: Pick<Client, 'call'>;
  instanceId: string;
  store: ConfigStore;
  setTimer: (fire: () => void, afterMs: number) => () => void;
}

const KEEP_AFTER_MS = 800;

export function createDraftKeeper({ client, instanceId, store, setTimer }: DraftKeeperOptions): DraftKeeper {
  const state = createStore<DraftState>(() => ({ offered: null, saveReloads: null }));
  /** What the core has from this page. */
  let kept: string | null = null;
  let cancelTimer: (() => void) | null = null;

  function send(text: string | null, baseSha256: string): void {
    kept = text;
    // Losing a draft loses what is on the screen anyway; the next key tries again.
    client.call('config.keepDraft', { instanceId, text, baseSha256 }).catch(() => {
      kept = null;
    });
  }

  function flush(): void {
    cancelTimer?.();
    cancelTimer = null;
    const session = store.getState();
    if (session.status !== 'ready') return;
    const text = isDirty(session) ? session.text : null;
    if (text !== kept) send(text, session.file.version.sha256);
  }

  store.subscribe((session) => {
    if (session.status !== 'ready') return;
    const text = isDirty(session) ? session.text : null;
    if (text === kept) {
      cancelTimer?.();
      cancelTimer = null;
    } else cancelTimer ??= setTimer(flush, KEEP_AFTER_MS);
  });

  return Object.assign(state, {
    async look() {
      try {
        const { draft, saveReloads } = await client.call('config.desk', { instanceId });
        const session = store.getState();
        state.setState({ saveReloads });
        if (draft === null || session.status !== 'ready' || isDirty(session) || kept !== null) return;
        if (draft.text === session.file.text) send(null, '');
        else state.setState({ offered: draft });
      } catch {
        // The editor works without it; the link's own band says what is wrong.
      }
    },
    restore() {
      const { offered } = state.getState();
      state.setState({ offered: null });
      if (offered !== null) store.put(offered.text);
    },
    drop() {
      state.setState({ offered: null });
      const session = store.getState();
      if (session.status === 'ready' && !isDirty(session)) send(null, '');
    },
    flush,
  });
}
