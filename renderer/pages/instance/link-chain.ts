/** The way from here to a stats socket as a chain: which link of it is broken, who else is behind it. Pure. */
import type { Hop, HostState } from '../../../electron/contract/hosts-model.ts';
import type { Instance, Link } from '../../../electron/contract/model.ts';
import { hopAddress, withoutMachine } from '../../dialogs/attach/attach-words.ts';

export interface ChainStop {
  name: string;
  /** Quiet, beside the name. */
  address: string | null;
  /** `broken`: the way ends before it. `unknown`: it was not reached. */
  status: 'ok' | 'broken' | 'asking' | 'unknown';
}

/** Stops after this machine; the last one is the stats socket. */
export function chainOf(
  instance: Pick<Instance, 'machine' | 'statsAddress' | 'link'>,
  host: HostState | null,
): ChainStop[] {
  const hops = instance.machine === 'local' ? [] : (host?.hops ?? []);
  const brokenAt = host === null || host.status === 'ready' ? hops.length : brokenHop(hops);
  const stops = hops.map((hop, index): ChainStop => {
    const status =
      index < brokenAt ? 'ok' : index > brokenAt ? 'unknown' : hop.status === 'asking' ? 'asking' : 'broken';
    return { name: hop.name, address: hopAddress(hop), status };
  });
  return [...stops, { ...socketOf(instance.statsAddress), status: brokenAt === hops.length ? 'broken' : 'unknown' }];
}

/** The first machine that was not reached. */
function brokenHop(hops: readonly Hop[]): number {
  const at = hops.findIndex(({ status }) => status !== 'ready');
  return at === -1 ? hops.length : at;
}

function socketOf(statsAddress: string): { name: string; address: string | null } {
  const path = withoutMachine(statsAddress);
  const [, folder = '', name = ''] = path.startsWith('/') ? (/^(.*)\/([^/]+)$/.exec(path) ?? []) : [];
  return name === '' ? { name: path, address: null } : { name, address: folder === '' ? null : folder };
}

/** Other instances that need a machine of this name, or the same host. */
export function othersBehind(instances: readonly Instance[], of: Instance, stop: ChainStop): Instance[] {
  return instances.filter(
    ({ id, machine, via, hostName }) =>
      id !== of.id &&
      machine !== 'local' &&
      (machine === of.machine ? true : via.includes(stop.name) || hostName === stop.name),
  );
}

/** A failure of the host is told to its instances about then. */
const ONE_TRY_MS = 2_000;

/** What was tried for the instance and for its host, oldest first. */
export function triesOf(link: Link, host: HostState | null, most: number): Link['tries'] {
  const all = [...link.tries, ...(host?.tries ?? [])].sort((a, b) => a.atMs - b.atMs);
  const isTold = (one: Link['tries'][number], index: number) =>
    all.slice(0, index).some(({ atMs, text }) => text === one.text && one.atMs - atMs < ONE_TRY_MS);
  return all.filter((one, index) => !isTold(one, index)).slice(-most);
}

/** `The key is not the known one. It sent …` as a title, and what stands below it. */
export function firstSentence(text: string): { title: string; rest: string } {
  const [, title = text, rest = ''] = /^(.+?)\.(?:\s+(.*))?$/s.exec(text) ?? [];
  return { title, rest };
}

/** `ssh -v -o ConnectTimeout=5 -p 2222 ops@bastion.ams true`: what one can try oneself. */
export function sshCommand(destination: string): string {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(destination);
  const [, user, address, name, port] = match ?? [];
  const host = `${user === undefined ? '' : `${user}@`}${address ?? name ?? destination}`;
  return ['ssh -v -o ConnectTimeout=5', ...(port === undefined ? [] : [`-p ${port}`]), host, 'true'].join(' ');
}
