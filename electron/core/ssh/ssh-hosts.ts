/**
 * All ways to hosts, and the hops they share: one connection for a destination whatever the number of instances, one
 * for a bastion whatever the number of hosts behind it. Watches for sleep of this machine, and closes what nobody uses.
 */
import { z } from 'zod';
import {
  type HostEntry,
  type HostResolved,
  type HostState,
  type TransportChoice,
  transportChoiceSchema,
} from '../../contract/hosts-model.ts';
import { CoreError } from '../errors.ts';
import type { DocumentStore } from '../files/document-store.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { type Destination, formatDestination, parseDestination } from './destination.ts';
import { Handshakes } from './handshakes.ts';
import { type BeginTry, HopNode, type Try, type TryContext } from './hop-node.ts';
import type { SshTransport } from './ssh-transport.ts';
import type { HostOutline, ResolvedHop, SshTrust } from './ssh-trust.ts';
import { SshWay } from './ssh-way.ts';
import { connectSsh2, StageDeadline } from './ssh2-connect.ts';

/** In the data folder. */
export const HOSTS_FILE = 'hosts.json';

export const hostsFileSchema = z.object({
  version: z.literal(1),
  /** Destinations that were connected to by their user. */
  hosts: z.array(z.object({ id: z.string(), transport: transportChoiceSchema })),
});
export type HostsFile = z.infer<typeof hostsFileSchema>;

export interface SshHostsOptions {
  clock: Clock;
  trust: SshTrust;
  store: DocumentStore<HostsFile>;
  /** A connection by the system's ssh to the whole way at once; null: there is none here. */
  connectSystem: ((destination: Destination, signal: AbortSignal) => Promise<SshTransport>) | null;
  /** How many instances a machine has. */
  instanceCount: (id: MachineId) => number;
  emitChanged: (hosts: HostState[]) => void;
  onTrouble: (text: string) => void;
  random?: () => number;
}

const BATCH_MS = 100;
const BEAT_MS = 5_000;
/** A beat so much later than it was due, or a clock that moved on so much more than the other: this machine slept. */
const SLEPT_MS = 10_000;
/** A way without instances is kept for a while: for the dialog that looks around on a host. */
const UNUSED_MS = 10 * 60_000;
const MOST_HOSTS = 1_000;
const MOST_ALIASES = 4_000;

export class SshHosts {
  readonly #options: SshHostsOptions;
  readonly #ways = new Map<MachineId, SshWay>();
  readonly #nodes = new Map<string, HopNode>();
  readonly #handshakes = new Handshakes();
  readonly #changed = new Set<SshWay>();
  #cancelBatch: (() => void) | null = null;
  #cancelBeat: (() => void) | null = null;
  #beat: { wallMs: number; monotonicMs: number };

  constructor(options: SshHostsOptions) {
    this.#options = options;
    const { clock } = options;
    this.#beat = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    this.#armBeat();
  }

  /** Made at the first call; connects when somebody asks for its connection. Throws `ssh-destination`. */
  get(id: MachineId): SshWay {
    const known = this.#ways.get(id);
    if (known !== undefined) return known;
    const destination = parseDestination(id);
    const way = new SshWay({
      id,
      clock: this.#options.clock,
      transportChoice: this.#kept(id)?.transport ?? 'ssh2',
      resolve: async (choice) => this.#resolve(id, destination, choice),
      onChanged: (changed) => this.#markChanged(changed),
    });
    this.#ways.set(id, way);
    return way;
  }

  /** Connections that are up. */
  get readyCount(): number {
    return [...this.#ways.values()].filter((way) => way.state.status === 'ready').length;
  }

  /** Those of ssh's configuration, then those that were used without it. */
  async list(): Promise<HostEntry[]> {
    const { trust, store, instanceCount } = this.#options;
    const aliases = new Set((await trust.aliases()).filter(isDestination));
    const outlineOf = trust.outlines();
    const used = [...store.value.hosts.map(({ id }) => id), ...this.#ways.keys()];
    const others = [...new Set(used)].filter((id) => !aliases.has(id));
    const entry = (id: MachineId, source: HostEntry['source']): HostEntry => {
      const way = this.#ways.get(id);
      const hop = way?.node?.hop ?? null;
      const outline = hop === null && source === 'ssh-config' ? outlineOrNull(outlineOf, id) : null;
      return {
        id,
        source,
        user: hop?.user ?? outline?.user ?? parseDestination(id).user,
        via: way?.node?.through ?? outline?.via ?? [],
        note: noteOf(hop ?? outline),
        instances: instanceCount(id),
        state: way?.state ?? null,
      };
    };
    return [
      ...[...aliases].slice(0, MOST_ALIASES).map((id) => entry(id, 'ssh-config')),
      ...others.map((id) => entry(id, 'used')),
    ];
  }

  async describe(destination: string): Promise<HostResolved> {
    return this.#options.trust.describe(parseDestination(destination));
  }

  /** The user asks for it: what waits is tried now, what was refused is tried once more. */
  connect(destination: string, choice: TransportChoice | undefined): HostState {
    const id = formatDestination(parseDestination(destination));
    const way = this.get(id);
    if (choice !== undefined) way.choose(choice);
    way.connect();
    this.#keep(id, choice ?? way.state.transport);
    return way.state;
  }

  disconnect(id: MachineId): void {
    this.#ways.get(id)?.disconnect();
  }

  /** Takes it out of the list. Throws `ssh-host-in-use` while instances are on it. */
  async forget(id: MachineId): Promise<void> {
    const { store, instanceCount } = this.#options;
    if (instanceCount(id) > 0) throw new CoreError('ssh-host-in-use', { host: id });
    this.#ways.get(id)?.release();
    this.#ways.delete(id);
    await store.set({ version: 1, hosts: store.value.hosts.filter((host) => host.id !== id) });
  }

  dispose(): void {
    this.#cancelBeat?.();
    this.#cancelBatch?.();
    for (const way of this.#ways.values()) way.release();
    this.#cancelBatch?.();
    this.#cancelBatch = null;
  }

  async #resolve(id: MachineId, destination: Destination, choice: TransportChoice): Promise<HopNode> {
    const { hops } = await this.#options.trust.resolve(destination);
    if (choice === 'system') return this.#systemNode(id, destination, hops.at(-1) ?? hops[0]);
    let node: HopNode | null = null;
    for (const hop of hops) node = this.#node(hop, node, id);
    return node ?? this.#node(hops[0], null, id);
  }

  #node(hop: ResolvedHop, parent: HopNode | null, id: MachineId): HopNode {
    const own = `${hop.proxyCommand ?? ''}|${hop.user}@${hop.hostName}:${hop.port} ${hop.identity}`;
    const key = parent === null ? own : `${parent.key} > ${own}`;
    const { clock, trust } = this.#options;
    const begin = (tried: ResolvedHop, context: TryContext): Try => {
      const deadline = new StageDeadline(clock);
      const login = trust.login(tried, {
        machineId: id,
        through: parent === null ? [] : [...parent.through, parent.hop.name],
        signal: context.signal,
        onAsking: (isAsking) => {
          deadline.asking(isAsking);
          context.onAsking(isAsking);
        },
        onVerified: context.onVerified,
      });
      const { via, signal } = context;
      const connected = connectSsh2({ hop: tried, via, clock, signal, login, deadline });
      return { connected, failure: () => login.failure, text: () => login.text, hostKey: () => login.hostKey ?? null };
    };
    return this.#shared(key, hop, parent, begin);
  }

  /** The system's ssh makes the whole way itself: one hop, shared with nobody. */
  #systemNode(id: MachineId, destination: Destination, hop: ResolvedHop): HopNode {
    const { connectSystem } = this.#options;
    if (connectSystem === null) throw new CoreError('ssh-no-system');
    const begin = (_hop: ResolvedHop, { signal }: TryContext): Try => ({
      connected: connectSystem(destination, signal),
      failure: () => null,
      text: () => 'Connected by the ssh of this system.',
    });
    return this.#shared(`ssh ${id}`, hop, null, begin);
  }

  #shared(key: string, hop: ResolvedHop, parent: HopNode | null, begin: BeginTry): HopNode {
    const known = this.#nodes.get(key);
    if (known !== undefined && !known.isLeft && known.parent === parent) return known;
    const { clock, random = Math.random } = this.#options;
    const node = new HopNode({ key, hop, parent, clock, random, handshakes: this.#handshakes, begin });
    this.#nodes.set(key, node);
    return node;
  }

  #kept(id: MachineId): HostsFile['hosts'][number] | undefined {
    return this.#options.store.value.hosts.find((host) => host.id === id);
  }

  #keep(id: MachineId, transport: TransportChoice): void {
    const { store, onTrouble } = this.#options;
    if (this.#kept(id)?.transport === transport) return;
    const others = store.value.hosts.filter((host) => host.id !== id);
    store.set({ version: 1, hosts: [...others, { id, transport }].slice(-MOST_HOSTS) }).catch((error: unknown) => {
      onTrouble(error instanceof Error ? error.message : String(error));
    });
  }

  #markChanged(way: SshWay): void {
    this.#changed.add(way);
    this.#cancelBatch ??= this.#options.clock.setTimer(() => {
      this.#cancelBatch = null;
      const hosts = [...this.#changed].map((changed) => changed.state);
      this.#changed.clear();
      this.#options.emitChanged(hosts);
    }, BATCH_MS);
  }

  #armBeat(): void {
    this.#cancelBeat = this.#options.clock.setTimer(() => {
      this.#armBeat();
      this.#lookAround();
    }, BEAT_MS);
  }

  #lookAround(): void {
    const { clock, instanceCount } = this.#options;
    const before = this.#beat;
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonicMs() };
    this.#beat = now;
    const wallMs = now.wallMs - before.wallMs;
    const monotonicMs = now.monotonicMs - before.monotonicMs;
    // Whether the steady clock stands still during sleep is up to the system: either sign counts.
    if (Math.max(wallMs, monotonicMs) > BEAT_MS + SLEPT_MS) for (const node of this.#nodes.values()) node.wake();
    for (const [key, node] of this.#nodes) if (!node.isUsed) this.#nodes.delete(key);
    for (const way of this.#ways.values()) {
      const isIdle = now.monotonicMs - way.usedAtMs > UNUSED_MS;
      if (way.node !== null && isIdle && instanceCount(way.id) === 0) way.release();
    }
  }
}

/** null: its configuration is not understood; connecting says why. */
function outlineOrNull(outlineOf: (alias: string) => HostOutline, alias: string): HostOutline | null {
  try {
    return outlineOf(alias);
  } catch {
    // One host that is written wrongly must not hide the others.
    return null;
  }
}

function isDestination(alias: string): boolean {
  try {
    return formatDestination(parseDestination(alias)) === alias;
  } catch {
    // ssh's configuration allows names that no command line takes.
    return false;
  }
}

function noteOf(hop: Pick<ResolvedHop, 'proxyCommand' | 'port'> | null): string | null {
  if (hop === null) return null;
  if (hop.proxyCommand !== null) return `ProxyCommand ${hop.proxyCommand.split(' ')[0] ?? ''}`;
  return hop.port === 22 ? null : `port ${hop.port}`;
}
