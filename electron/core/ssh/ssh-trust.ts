/**
 * What the connections (ssh2-transport.ts, ssh-hosts.ts) ask of the part that knows configuration, host keys and
 * credentials: how to get to a host, whether a key is the host's own, and what to sign in with next. Connections know
 * no file, no key and no question; that part opens no connection.
 */
import type { Algorithms, AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { HostResolved } from '../../contract/hosts-model.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Destination } from './destination.ts';

/** One machine on the way, its configuration applied. */
export interface ResolvedHop {
  /** As the user or the configuration calls it. */
  name: string;
  user: string;
  hostName: string;
  port: number;
  /** Of the first hop only: runs on this machine and its standard input and output are the connection. Tokens expanded. */
  proxyCommand: string | null;
  /** Of ssh2; only what the configuration of this hop says otherwise than algorithms.ts. */
  algorithms: Algorithms;
  connectTimeoutMs: number | null;
  /** null: the default; 0: none. */
  keepAliveMs: number | null;
  /** Of all that decides whose key is accepted and what signs in: hops that differ in it never share a connection. */
  identity: string;
}

/** From here to the host, which is the last one; at least one. */
export interface ResolvedChain {
  hops: [ResolvedHop, ...ResolvedHop[]];
  warnings: string[];
}

/** Who asks, for the questions that come up on the way. */
export interface LoginContext {
  machineId: MachineId;
  /** Names of the hops in front of this one. */
  through: string[];
  /** Aborted when the connection is given up: a question that waits is taken back. */
  signal: AbortSignal;
  /** The hop waits for an answer of its user (true), or goes on (false). */
  onAsking: (asking: boolean) => void;
  /** The hop has come past its host key and signs in. */
  onVerified: () => void;
}

/** One connection's host key and credentials; made anew for each connection. */
export interface HopLogin {
  /** Key types to ask the server for first, those held of it already; null: the usual order. */
  hostKeyTypes(): Promise<string[] | null>;
  /**
   * Before any credential is sent. False: refused, and `failure` says why. `key` is the public key as the server sent
   * it (RFC 4253, section 6.6). Never throws.
   */
  verifyHostKey(key: Buffer): Promise<boolean>;
  /**
   * The next method, as ssh2's `authHandler` takes it; false: there is none left, and `failure` says what was refused.
   * `methodsLeft` is null before the first answer. Never throws.
   */
  nextMethod(
    methodsLeft: readonly AuthenticationType[] | null,
    partialSuccess: boolean,
  ): Promise<AnyAuthMethod | false>;
  /** Why this login can't succeed; null: nothing of it failed. It is not tried again without the user. */
  readonly failure: LoginFailure | null;
  /** `Host key known since 4 Mar. Signed in with id_ed25519.`: what is known so far, for the hop's line. */
  readonly text: string | null;
  /** `SHA256:…` of the key that was verified; null: none yet. */
  readonly hostKey?: string | null;
}

export interface LoginFailure {
  /** A CoreError of the catalogue: `ssh-host-key-…`, `ssh-auth-…`. */
  error: Error;
  /** The system's ssh could do what failed here. */
  offersSystem: boolean;
}

export interface HostOutline {
  /** null: as on this machine. */
  user: string | null;
  port: number;
  /** Names of the jump hosts, nearest first. */
  via: string[];
  proxyCommand: string | null;
}

export interface SshTrust {
  /** Throws a CoreError `ssh-config-…` when the configuration can't be read. */
  resolve(destination: Destination): Promise<ResolvedChain>;
  /** The same for the page. */
  describe(destination: Destination): Promise<HostResolved>;
  /** Hosts of the user's configuration, patterns left out. */
  aliases(): Promise<string[]>;
  /**
   * What the configuration says of hosts, for a list of many: its files are read once, no program is run and nothing is
   * connected to. The returned function throws where a host is written wrongly.
   */
  outlines(): (alias: string) => HostOutline;
  login(hop: ResolvedHop, context: LoginContext): HopLogin;
}
