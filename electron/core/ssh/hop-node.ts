/**
 * The connection to one hop, shared by all hosts that go through it or end at it: the shell around hop-machine.ts with
 * its one timer and its one try. It lives as long as somebody uses it; a hop behind another one uses that one.
 */
import type { Hop } from '../../contract/hosts-model.ts';
import { CoreError, describe, type ErrorCode } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Handshakes } from './handshakes.ts';
import { type HopError, type HopEvent, type HopProgress, initialHop, stepHop } from './hop-machine.ts';
import type { SshTransport } from './ssh-transport.ts';
import type { LoginFailure, ResolvedHop } from './ssh-trust.ts';

/** What a try is told, and what it tells. */
export interface TryContext {
  /** The connection of the hop in front; null: from this machine. */
  via: { name: string; transport: SshTransport } | null;
  signal: AbortSignal;
  onVerified: () => void;
  onAsking: (isAsking: boolean) => void;
}

export interface Try {
  connected: Promise<SshTransport>;
  failure(): LoginFailure | null;
  /** What is known of host key and sign-in so far. */
  text(): string | null;
  /** Fingerprint of the host key that was verified. */
  hostKey?(): string | null;
}

export type BeginTry = (hop: ResolvedHop, context: TryContext) => Try;

export interface HopNodeOptions {
  key: string;
  hop: ResolvedHop;
  parent: HopNode | null;
  clock: Clock;
  random: () => number;
  handshakes: Handshakes;
  begin: BeginTry;
}

/** Trying again by itself would not help. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set([
  'ssh-no-algorithm',
  'ssh-answer-late',
  'ssh-not-ssh',
  'ssh-proxy-command-words',
  'ssh-hop-forbidden',
  'ssh-destination',
  'ssh-config',
  'ssh-auth-refused',
  'ssh-system-refused',
  'ssh-no-system',
]);

interface CurrentTry {
  controller: AbortController;
  attempt: Try | null;
}

export class HopNode {
  readonly key: string;
  readonly hop: ResolvedHop;
  readonly parent: HopNode | null;
  readonly #options: HopNodeOptions;
  #progress: HopProgress;
  #transport: SshTransport | null = null;
  #try: CurrentTry | null = null;
  #error: CoreError | null = null;
  #cancelTimer: (() => void) | null = null;
  readonly #users = new Set<() => void>();
  #isLeft = false;
  readonly #onWay = (): void => this.#step({ type: 'way', open: this.parent?.transport != null });

  constructor(options: HopNodeOptions) {
    this.#options = options;
    this.key = options.key;
    this.hop = options.hop;
    this.parent = options.parent;
    this.#progress = initialHop(options.parent === null);
  }

  get progress(): HopProgress {
    return this.#progress;
  }

  /** null unless it is ready. */
  get transport(): SshTransport | null {
    return this.#progress.status === 'ready' ? this.#transport : null;
  }

  /** The last failure; null while it is ready. */
  get error(): CoreError | null {
    return this.#progress.error === null ? null : this.#error;
  }

  get isUsed(): boolean {
    return this.#users.size > 0;
  }

  /** Its last user has left: the next one resolves the way anew. Two that ask at the same time share it before that. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** Names of the hops in front of it. */
  get through(): string[] {
    return this.parent === null ? [] : [...this.parent.through, this.parent.hop.name];
  }

  /** The hops from here on to this one. */
  get path(): HopNode[] {
    return this.parent === null ? [this] : [...this.parent.path, this];
  }

  /** Begins to connect with its first user. `onChanged` is called at each change of its progress. */
  use(onChanged: () => void): void {
    if (this.#users.has(onChanged)) return;
    this.#users.add(onChanged);
    if (this.#users.size > 1) return;
    this.parent?.use(this.#onWay);
    this.#progress = { ...this.#progress, wayOpen: this.parent === null || this.parent.transport !== null };
    this.#step({ type: 'want' });
  }

  /** Closes with its last user. */
  leave(onChanged: () => void): void {
    if (!this.#users.delete(onChanged) || this.#users.size > 0) return;
    this.#isLeft = true;
    this.#step({ type: 'unwant' });
    this.parent?.leave(this.#onWay);
  }

  /** Tries now what waits or was refused, here and in front. */
  skip(): void {
    this.parent?.skip();
    this.#step({ type: 'skip' });
  }

  wake(): void {
    this.#step({ type: 'wake' });
  }

  /** As the pages show it. */
  view(): Hop {
    const { name, user, hostName: host, port } = this.hop;
    const { status, error } = this.#progress;
    const known = this.#try?.attempt?.text() ?? null;
    const hostKey = this.#try?.attempt?.hostKey?.() ?? null;
    return {
      name,
      user,
      host,
      port,
      status: VIEW[status],
      text: status === 'ready' ? known : (error?.reason ?? known),
      ...(hostKey === null ? {} : { hostKey }),
    };
  }

  #step(event: HopEvent): void {
    const { clock } = this.#options;
    const { state, effects } = stepHop(this.#progress, event, clock.now());
    const isChanged = state !== this.#progress;
    this.#progress = state;
    for (const effect of effects) {
      if (effect.type === 'probe') this.#transport?.probe?.();
      else if (effect.type === 'drop') this.#drop();
      else {
        this.#cancelTimer?.();
        this.#cancelTimer = null;
        if (effect.type === 'arm') {
          this.#cancelTimer = clock.setTimer(() => this.#step({ type: 'due' }), Math.max(0, effect.atMs - clock.now()));
        } else if (effect.type === 'connect') void this.#connect();
      }
    }
    if (isChanged) for (const onChanged of Array.from(this.#users)) onChanged();
  }

  #drop(): void {
    this.#try?.controller.abort(new Error('given up'));
    this.#try = null;
    const transport = this.#transport;
    this.#transport = null;
    if (transport === null) return;
    transport.onClosed = null;
    transport.close();
  }

  async #connect(): Promise<void> {
    const { handshakes, begin, random } = this.#options;
    this.#drop();
    const controller = new AbortController();
    const { signal } = controller;
    const own: CurrentTry = { controller, attempt: null };
    this.#try = own;
    const ifOwn = (event: () => HopEvent): void => {
      if (this.#try === own) this.#step(event());
    };
    let leave: (() => void) | null = null;
    try {
      leave = await handshakes.enter(this.path[0]?.key ?? this.key, signal);
      const attempt = begin(this.hop, {
        via: this.#via(),
        signal,
        onVerified: () => ifOwn(() => ({ type: 'verified' })),
        onAsking: (isAsking) => {
          // Others need not wait for this user.
          leave?.();
          ifOwn(() => ({ type: 'asking', asking: isAsking }));
        },
      });
      own.attempt = attempt;
      const transport = await attempt.connected;
      if (this.#try !== own) {
        transport.close();
        return;
      }
      this.#transport = transport;
      transport.onClosed = (reason) =>
        ifOwn(() => {
          this.#transport = null;
          // It may be the hop in front that fell silent.
          if (reason instanceof CoreError && reason.code === 'ssh-silent') this.parent?.wake();
          return { type: 'lost', error: this.#note(reason, null), random: random() };
        });
      this.#step({ type: 'ready' });
    } catch (error) {
      ifOwn(() => ({ type: 'failed', error: this.#note(error, own.attempt?.failure() ?? null), random: random() }));
      // A connection that ended asks nothing any more.
      controller.abort(error);
    } finally {
      leave?.();
    }
  }

  #note(error: unknown, failure: LoginFailure | null): HopError {
    const known =
      error instanceof CoreError
        ? error
        : new CoreError('ssh-failed', { host: this.hop.name, reason: describe(error) });
    this.#error = known;
    return {
      code: known.code,
      reason: known.message,
      hint: known.hint,
      offersSystem: failure?.offersSystem ?? known.code === 'ssh-no-algorithm',
      permanent: failure !== null || PERMANENT.has(known.code),
    };
  }

  #via(): TryContext['via'] {
    if (this.parent === null) return null;
    const { transport, hop } = this.parent;
    // The state machine connects only while the hop in front is ready.
    if (transport === null) throw new CoreError('ssh-lost', { host: hop.name, reason: 'it was just lost' });
    return { name: hop.name, transport };
  }
}

const VIEW: Record<HopProgress['status'], Hop['status']> = {
  idle: 'not-reached',
  blocked: 'not-reached',
  connecting: 'trying',
  authenticating: 'trying',
  asking: 'asking',
  ready: 'ready',
  waiting: 'failed',
  failed: 'failed',
};
