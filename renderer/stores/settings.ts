/** The user's settings, kept by the core. A change shows at once and is taken back when the core refuses it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { DEFAULT_SETTINGS, type Settings } from '../../electron/contract/model.ts';
import { type Client, type Failure, failureOf } from '../client.ts';

export interface SettingsState {
  status: 'loading' | 'ready' | 'failed';
  failure: Failure | null;
  settings: Settings;
}

export interface SettingsStore extends StoreApi<SettingsState> {
  change(part: Partial<Settings>): Promise<void>;
  /** The gentle load on the sample is switched by its own call, because it starts and stops something. */
  setSampleLoad(on: boolean): Promise<void>;
  dispose(): void;
}

export function createSettingsStore(client: Client): SettingsStore {
  const store = createStore<SettingsState>(() => ({ status: 'loading', failure: null, settings: DEFAULT_SETTINGS }));
  const accept = (settings: Settings) => store.setState({ status: 'ready', failure: null, settings });

  async function load(): Promise<void> {
    try {
      accept(await client.call('settings.get', {}));
    } catch (error) {
      if (client.attached) store.setState({ status: 'failed', failure: failureOf(error) });
    }
  }

  /** Shows `part` at once; on failure the old values come back with the reason. */
  async function optimistically(part: Partial<Settings>, call: () => Promise<Settings>): Promise<void> {
    const before = store.getState().settings;
    store.setState({ settings: { ...before, ...part }, failure: null });
    try {
      accept(await call());
    } catch (error) {
      store.setState({ settings: before, failure: failureOf(error) });
    }
  }

  const stops = [
    client.on('settings.changed', accept),
    client.onAttachment((attached) => {
      if (attached) void load();
    }),
  ];
  if (client.attached) void load();

  return Object.assign(store, {
    change: (part: Partial<Settings>) => optimistically(part, () => client.call('settings.set', part)),
    setSampleLoad: (on: boolean) => optimistically({ sampleLoad: on }, () => client.call('sample.load', { on })),
    dispose() {
      for (const stop of stops) stop();
    },
  });
}
