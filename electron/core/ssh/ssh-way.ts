/**
 * The way to one host: resolved when its user connects, then held as the last of its hops for as long as it is wanted.
 * What is shown is put together from the hops; the first one that is not ready says why there is no connection.
 */
import type { HostState, TransportChoice } from '../../contract/hosts-model.ts';
import { CoreError, describe } from '../errors.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Clock } from '../ports.ts';
import { parseDestination } from './destination.ts';
import { HopNode } from './hop-node.ts';
import type { SshHost, SshTransport } from './ssh-transport.ts';

export interface SshWayOptions {
  id: MachineId;
  clock: Clock;
  transportChoice: TransportChoice;
  /** The last hop of the way, made or shared. Throws a CoreError. */
  resolve: (choice: TransportChoice) => Promise<HopNode>;
  onChanged: (way: SshWay) => void;
}

const MOST_TRIES = 20;

export class SshWay implements SshHost {
  readonly id: MachineId;
  readonly #options: SshWayOptions;
  #choice: TransportChoice;
  #node: HopNode | null = null;
  #isResolving = false;
  /** Counts what was asked last: a resolution that ends after a disconnect is dropped. */
  #epoch = 0;
  #isStopped = false;
  #error: CoreError | null = null;
  #readBy: HostState['readBy'] = null;
  #usedAtMs = 0;
  readonly #listeners = new Set<() => void>();
  readonly #onNode = (): void => this.#changed();

  constructor(options: SshWayOptions) {
    this.id = options.id;
    this.#options = options;
    this.#choice = options.transportChoice;
  }

  get node(): HopNode | null {
    return this.#node;
  }

  /** Monotonic time of the last `transport()`, for those that nobody uses any more. */
  get usedAtMs(): number {
    return this.#usedAtMs;
  }

  get state(): HostState {
    const shown =
      this.#node === null ? this.#stateWithoutHops() : stateOfHops(this.#node, parseDestination(this.id).host);
    return { id: this.id, transport: this.#choice, readBy: this.#readBy, ...shown };
  }

  async transport(): Promise<SshTransport> {
    this.#usedAtMs = this.#options.clock.monotonicMs();
    if (this.#isStopped) throw new CoreError('ssh-stopped', { host: parseDestination(this.id).host });
    if (this.#node === null) this.#begin();
    const ready = this.#node?.transport ?? null;
    if (ready !== null) return ready;
    const { promise, resolve, reject } = Promise.withResolvers<SshTransport>();
    const look = (): void => {
      const transport = this.#node?.transport ?? null;
      if (transport !== null) resolve(transport);
      else if (!isOnItsWay(this.state)) reject(this.#notReady());
      else return;
      stop();
    };
    const stop = this.listen(look);
    look();
    return promise;
  }

  begin(): void {
    if (!this.#isStopped && this.#error === null && this.#node === null) this.#begin();
  }

  async reached(): Promise<void> {
    await this.transport();
  }

  connect(): void {
    this.#isStopped = false;
    this.#usedAtMs = this.#options.clock.monotonicMs();
    if (this.#node === null) this.#begin();
    else this.#node.skip();
  }

  /** Connects anew when the choice is another one. */
  choose(choice: TransportChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#leave();
  }

  disconnect(): void {
    this.#isStopped = true;
    this.release();
  }

  /** Nobody needs it now; it connects again when somebody does. */
  release(): void {
    this.#leave();
    this.#error = null;
    this.#changed();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  noteReadBy(readBy: HostState['readBy']): void {
    if (readBy === this.#readBy) return;
    this.#readBy = readBy;
    this.#changed();
  }

  #begin(): void {
    if (this.#isResolving) return;
    this.#error = null;
    this.#isResolving = true;
    void this.#resolve(this.#epoch);
    this.#changed();
  }

  async #resolve(epoch: number): Promise<void> {
    const found = await this.#options.resolve(this.#choice).catch((error: unknown) => error);
    if (epoch !== this.#epoch) return;
    this.#isResolving = false;
    if (found instanceof HopNode) {
      this.#node = found;
      found.use(this.#onNode);
    } else {
      this.#error = found instanceof CoreError ? found : new CoreError('core-bug', { reason: describe(found) });
    }
    this.#changed();
  }

  #leave(): void {
    this.#epoch += 1;
    this.#isResolving = false;
    const node = this.#node;
    this.#node = null;
    node?.leave(this.#onNode);
  }

  #notReady(): CoreError {
    return this.#error ?? this.#node?.path.find((hop) => hop.transport === null)?.error ?? stopped(this.id);
  }

  #changed(): void {
    for (const listener of Array.from(this.#listeners)) listener();
    this.#options.onChanged(this);
  }

  #stateWithoutHops(): Omit<HostState, 'id' | 'transport' | 'readBy'> {
    const error = this.#isStopped ? stopped(this.id) : this.#error;
    const still = this.#error === null ? 'idle' : 'failed';
    return {
      status: this.#isResolving ? 'connecting' : still,
      reason: error?.message ?? null,
      hint: error?.hint ?? null,
      code: error?.code ?? null,
      nextTryAtMs: null,
      hops: [],
      offersSystem: false,
      connectedSinceMs: null,
      tries: [],
    };
  }
}

function stopped(id: MachineId): CoreError {
  return new CoreError('ssh-stopped', { host: parseDestination(id).host });
}

function isOnItsWay({ status }: HostState): boolean {
  return status === 'connecting' || status === 'authenticating' || status === 'asking' || status === 'ready';
}

/** The first hop that is not ready says how it stands. */
function stateOfHops(node: HopNode, name: string): Omit<HostState, 'id' | 'transport' | 'readBy'> {
  const { path } = node;
  const open = path.find((hop) => hop.progress.status !== 'ready') ?? node;
  const { status, error, nextTryAtMs } = open.progress;
  const shown = status === 'idle' || status === 'blocked' ? 'connecting' : status;
  const isStill = shown === 'waiting' || shown === 'failed';
  return {
    status: shown,
    reason: isStill ? (error?.reason ?? null) : null,
    hint: isStill ? (error?.hint ?? null) : null,
    code: isStill ? (error?.code ?? null) : null,
    nextTryAtMs,
    // A connection that two names share is called by each way as its own user calls it.
    hops: path.map((hop) => (hop === node ? { ...hop.view(), name } : hop.view())),
    offersSystem: isStill && (error?.offersSystem ?? false),
    connectedSinceMs: node.progress.readySinceMs,
    tries: path
      .flatMap((hop) => hop.progress.tries)
      .toSorted((a, b) => a.atMs - b.atMs)
      .slice(-MOST_TRIES),
  };
}
