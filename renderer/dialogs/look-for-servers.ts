/** Looks for uWSGI servers on a host whose way there may ask something first: the user's answer is waited for. */
import type { Discovered } from '../../electron/contract/model.ts';
import { type Client, failureOf } from '../client.ts';
import type { HostsStore } from '../stores/hosts.ts';

/** What runs there, or why that is not known. */
export async function lookForServers(
  client: Client,
  hosts: HostsStore,
  machine: string,
): Promise<readonly Discovered[] | string> {
  try {
    return await client.call('instances.discover', { machine });
  } catch (error) {
    // The core waits for a while only; a person may take longer.
    if (hosts.getState().byId[machine]?.status !== 'asking') return failureOf(error).message;
  }
  const trouble = await wayOpened(hosts, machine);
  return trouble ?? lookForServers(client, hosts, machine);
}

/** Resolves when nothing is asked any more: null when the host is reached, else why it is not. */
async function wayOpened(hosts: HostsStore, machine: string): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const look = () => {
    const host = hosts.getState().byId[machine];
    if (host === undefined) resolve('It was disconnected.');
    else if (host.status === 'ready') resolve(null);
    else if (host.status === 'failed' || host.status === 'waiting' || host.status === 'idle') {
      resolve(host.reason ?? 'It was disconnected.');
    }
  };
  const stop = hosts.subscribe(look);
  look();
  const trouble = await promise;
  stop();
  return trouble;
}
