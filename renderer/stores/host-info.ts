/** What the host is and can do: version, name, capabilities. Asked once per connection; null until then. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { HostInfo } from '../../electron/contract/model.ts';
import type { Client } from '../client.ts';

export interface HostInfoStore extends StoreApi<{ info: HostInfo | null }> {
  dispose(): void;
}

export function createHostInfoStore(client: Client): HostInfoStore {
  const store = createStore<{ info: HostInfo | null }>(() => ({ info: null }));
  const load = () => {
    client.call('app.info', {}).then(
      (info) => store.setState({ info }),
      // The link band tells when the link is gone; without an answer nothing is offered that needs a capability.
      () => store.setState({ info: null }),
    );
  };
  const stop = client.onAttachment((attached) => {
    if (attached) load();
  });
  if (client.attached) load();
  return Object.assign(store, { dispose: stop });
}
