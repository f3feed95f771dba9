import { expect, it } from 'vitest';
import type { HostState } from '../../electron/contract/hosts-model.ts';
import { RpcError } from '../../electron/rpc/errors.ts';
import type { Client } from '../client.ts';
import { createHostsStore, type HostsStore } from '../stores/hosts.ts';
import { lookForServers } from './look-for-servers.ts';

function host(status: HostState['status'], reason: string | null = null): HostState {
  return {
    id: 'web1',
    status,
    transport: 'ssh2',
    hops: [],
    reason,
    code: null,
    hint: null,
    offersSystem: false,
    nextTryAtMs: null,
    connectedSinceMs: null,
    readBy: null,
    tries: [],
  };
}

/** The first look has come to nothing by then. */
async function refused(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A core whose host answers only while it is ready, and how often it was looked at. */
function aCore(): { client: Client; hosts: HostsStore; be: (state: HostState) => void; looks: () => number } {
  let looks = 0;
  const client: Client = {
    attached: false,
    call: async (method) => {
      if (method !== 'instances.discover') throw new Error(method);
      looks += 1;
      if (hosts.getState().byId['web1']?.status === 'ready') return JSON.parse('[]');
      throw new RpcError({ code: 'ssh-waiting', message: 'No link to web1 yet.', hint: null });
    },
    on: () => () => {},
    onAttachment: () => () => {},
  };
  const hosts = createHostsStore(client);
  const be = (state: HostState) => hosts.setState({ byId: { web1: state } });
  return { client, hosts, be, looks: () => looks };
}

it('looks again once what the host asked is answered', async () => {
  const { client, hosts, be, looks } = aCore();
  be(host('asking'));
  const found = lookForServers(client, hosts, 'web1');
  await refused();
  be(host('asking'));
  be(host('authenticating'));
  be(host('ready'));
  expect(await found).toEqual([]);
  expect(looks()).toBe(2);
});

it('says why when the answer did not open the way, and asks no second time', async () => {
  const { client, hosts, be, looks } = aCore();
  be(host('asking'));
  const found = lookForServers(client, hosts, 'web1');
  await refused();
  be(host('failed', 'You chose not to sign in.'));
  expect(await found).toBe('You chose not to sign in.');
  expect(looks()).toBe(1);
});

it('says why at once where nothing is asked', async () => {
  const { client, hosts, be } = aCore();
  be(host('waiting', 'web1 refuses connections on port 22.'));
  expect(await lookForServers(client, hosts, 'web1')).toBe('No link to web1 yet.');
});
