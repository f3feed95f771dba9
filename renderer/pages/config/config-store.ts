/**
 * The configuration file of one instance and what is being typed into it. Outlives its page: unsaved text stays
 * when another tab is opened. Checks are debounced, one at a time, and a save waits for the check of its own text.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { RPC_CODES } from '../../../electron/rpc/errors.ts';
import { type Client, type Failure, failureOf } from '../../client.ts';
import {
  type ConfigSession,
  checked,
  edited,
  foundGone,
  isDirty,
  mergedBoth,
  openSession,
  put,
  reread,
  reverted,
  saveBlockedBy,
  saveConflicted,
  saveDone,
  saveFailed,
  saveStarted,
  saveUnconfirmed,
  tookTheirs,
} from './config-session.ts';

export type ConfigState = { status: 'loading' } | { status: 'failed'; failure: Failure } | ConfigSession;

export interface ConfigStore extends StoreApi<ConfigState> {
  /** Reads the file, or reads it again when nothing is unsaved. */
  open(): Promise<void>;
  edit(text: string): void;
  /** Puts a text into the editor as one step that can be undone; nothing is saved. */
  put(text: string): void;
  revert(): void;
  /** Saves on the version that was read. */
  save(): Promise<void>;
  /** Makes the file anew that is gone. */
  makeAnew(): Promise<void>;
  /** Goes on with a save that waits for the name of a read-only server; null: it is not to be saved. */
  confirm(typedName: string | null): Promise<void>;
  /** Decides a conflict. `mine` writes over the version that was shown, `merge` writes both. */
  resolve(choice: 'mine' | 'theirs' | 'merge' | 'cancel'): Promise<void>;
  isDirty(): boolean;
}

/** The text as it is now; empty before it was read. */
export function textOf(store: ConfigStore): string {
  const state = store.getState();
  return state.status === 'ready' ? state.text : '';
}

export interface ConfigStoreOptions {
  client: Pick<Client, 'call'>;
  instanceId: string;
  /** Runs `fire` after a time; the returned function takes it back. */
  setTimer: (fire: () => void, afterMs: number) => () => void;
  now: () => number;
}

const CHECK_AFTER_MS = 250;
const CHECK_AGAIN_MS = 3_000;

export function createConfigStore({ client, instanceId, setTimer, now }: ConfigStoreOptions): ConfigStore {
  const store = createStore<ConfigState>(() => ({ status: 'loading' }));
  let cancelCheck: (() => void) | null = null;

  function change(transition: (session: ConfigSession) => ConfigSession): void {
    store.setState((state) => (state.status === 'ready' ? transition(state) : state), true);
  }

  async function check(): Promise<void> {
    cancelCheck?.();
    const state = store.getState();
    if (state.status !== 'ready' || state.checkedText === state.text) return;
    const { text } = state;
    const diagnostics = await client.call('config.check', { instanceId, text });
    change((session) => checked(session, text, diagnostics));
  }

  function scheduleCheck(afterMs = CHECK_AFTER_MS): void {
    cancelCheck?.();
    cancelCheck = setTimer(() => {
      check().catch((error: unknown) => {
        // The old diagnostics stay; the save's own check will tell. Without a link it is tried until there is one.
        const { code } = failureOf(error);
        if (code === RPC_CODES.closed || code.startsWith('ssh-')) scheduleCheck(CHECK_AGAIN_MS);
      });
    }, afterMs);
  }

  async function write(
    baseVersion: ConfigSession['file']['version'],
    makeAnew = false,
    confirmed: { confirmedName?: string } = {},
  ): Promise<void> {
    const state = store.getState();
    if (state.status !== 'ready') return;
    const { text } = state;
    change(saveStarted);
    try {
      const result = await client.call('config.save', { instanceId, text, baseVersion, makeAnew, ...confirmed });
      if (result.status === 'gone') change(foundGone);
      else if (result.status === 'conflict') change((session) => saveConflicted(session, result.disk));
      else change((session) => saveDone(session, result.file, result.reloadsOnSave, now()));
    } catch (error) {
      if (failureOf(error).code === 'name-needed') {
        change((session) => saveUnconfirmed(session, { baseVersion, makeAnew }));
        return;
      }
      change((session) => saveFailed(session, notSaved(error, 'Whether it was written is not known.')));
    }
  }

  async function save(makeAnew = false): Promise<void> {
    try {
      await check();
    } catch (error) {
      change((session) => saveFailed(session, notSaved(error, 'Nothing was written.')));
      return;
    }
    const state = store.getState();
    if (state.status === 'ready' && !state.conflict && saveBlockedBy(state) === null) {
      await write(state.file.version, makeAnew);
    }
  }

  return Object.assign(store, {
    async open() {
      try {
        const file = await client.call('config.read', { instanceId });
        store.setState((state) => (state.status === 'ready' ? reread(state, file) : openSession(file)), true);
      } catch (error) {
        const failure = failureOf(error);
        if (store.getState().status !== 'ready') store.setState({ status: 'failed', failure }, true);
        else if (failure.code === 'config-gone') change(foundGone);
      }
    },
    edit(text: string) {
      change((session) => edited(session, text));
      scheduleCheck();
    },
    put(text: string) {
      change((session) => put(session, text));
      scheduleCheck();
    },
    revert() {
      change(reverted);
    },
    save: async () => save(),
    makeAnew: async () => save(true),
    async confirm(typedName: string | null) {
      const state = store.getState();
      if (state.status !== 'ready' || !state.unconfirmed) return;
      const { baseVersion, makeAnew } = state.unconfirmed;
      if (typedName === null) change((session) => saveUnconfirmed(session, null));
      else await write(baseVersion, makeAnew, { confirmedName: typedName });
    },
    async resolve(choice: 'mine' | 'theirs' | 'merge' | 'cancel') {
      const state = store.getState();
      if (state.status !== 'ready' || !state.conflict) return;
      const diskVersion = state.conflict.version;
      if (choice === 'cancel') change((session) => ({ ...session, conflict: null }));
      if (choice === 'theirs') change(tookTheirs);
      if (choice === 'mine') {
        change((session) => ({ ...session, conflict: null }));
        await write(diskVersion);
      }
      if (choice === 'merge') {
        change(mergedBoth);
        await save();
      }
    },
    isDirty() {
      const state = store.getState();
      return state.status === 'ready' && isDirty(state);
    },
  });
}

/** Why a save came to nothing; a link that is down is said in the words of the save. */
function notSaved(error: unknown, outcome: string): Failure {
  const failure = failureOf(error);
  if (failure.code !== RPC_CODES.closed) return failure;
  const hint = `${outcome} The text is still here: save again when the link is back.`;
  return { ...failure, message: 'Not saved: there is no link to Reeve itself.', hint };
}
