/**
 * The rehearsal of one instance's edited text, as the Config page shows it: asked for, its course as it comes, and its
 * report until it is closed. A rehearsal that still runs when the page comes back is shown again.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Rehearsal, RehearsalConsent } from '../../../../electron/contract/rehearsal.ts';
import { type Client, type Failure, failureOf } from '../../../client.ts';

export type RehearseState =
  | { status: 'closed' }
  | { status: 'asking' }
  | { status: 'failed'; failure: Failure }
  /** Its user is asked before the application is loaded here. */
  | { status: 'consent'; consent: RehearsalConsent; text: string }
  | { status: 'shown'; rehearsal: Rehearsal };

export interface RehearseStore extends StoreApi<RehearseState> {
  start(text: string, consent?: string): Promise<void>;
  cancel(): Promise<void>;
  close(): void;
  /** Follows rehearsals of the instance until the returned function is called. */
  follow(): () => void;
}

export function createRehearseStore(client: Pick<Client, 'call' | 'on'>, instanceId: string): RehearseStore {
  const store = createStore<RehearseState>(() => ({ status: 'closed' }));
  const set = (state: RehearseState): void => store.setState(state, true);

  async function start(text: string, consent?: string): Promise<void> {
    set({ status: 'asking' });
    try {
      const answer = await client.call('rehearse.start', {
        instanceId,
        text,
        ...(consent === undefined ? {} : { consent }),
      });
      // Events of its course may have come before the answer.
      if (store.getState().status !== 'asking') return;
      if (answer.status === 'consent') set({ status: 'consent', consent: answer.consent, text });
      else set({ status: 'shown', rehearsal: answer.rehearsal });
    } catch (error) {
      const failure = failureOf(error);
      set({ status: 'failed', failure });
      // Its report was closed before its end.
      if (failure.code === 'rehearse-running') await takeUp();
    }
  }

  async function takeUp(): Promise<void> {
    const { rehearsal } = await client.call('rehearse.newest', { instanceId });
    const { status } = store.getState();
    if (rehearsal?.verdict === null && (status === 'closed' || status === 'failed'))
      set({ status: 'shown', rehearsal });
  }

  return Object.assign(store, {
    start,
    cancel: async () => {
      try {
        await client.call('rehearse.cancel', { instanceId });
      } catch (error) {
        set({ status: 'failed', failure: failureOf(error) });
      }
    },
    close: () => set({ status: 'closed' }),
    follow: () => {
      // Without an answer there is nothing to show again.
      takeUp().catch(() => undefined);
      return client.on('rehearse.changed', (rehearsal) => {
        const { status } = store.getState();
        if (rehearsal.instanceId === instanceId && (status === 'asking' || status === 'shown'))
          set({ status: 'shown', rehearsal });
      });
    },
  });
}
