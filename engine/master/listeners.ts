/**
 * Which addresses are bound, and by which gateways. A reload keeps what stays the same, binds what is new before
 * anything else happens and closes what is gone when the new generation serves; `discard` takes a half-done change
 * back. All gateways share a TCP port where the system can; what can be bound once only is one gateway's, in turns.
 */
import { formatAddress } from '../config/address.ts';
import { listenerLabel } from '../config/listener-names.ts';
import type { EngineSettings, ListenerSetting, SocketAddress } from '../config/settings.ts';
import { bindError, EngineError } from '../errors.ts';
import type { Binding } from '../gateway/listener.ts';
import type { GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';
import type { TlsMaterial } from '../gateway/tls-material.ts';
import type { Certificates } from './certificates.ts';
import { findGroup, findUser } from './system-names.ts';

interface Bound {
  listenerId: number;
  setting: ListenerSetting;
  /** With the port that the system chose, once it is known. */
  address: SocketAddress;
  binding: Omit<Binding, 'isAlone'>;
  /** `reuse-port`: other servers may have the address, so it is not tried out alone. */
  isOpenToOthers: boolean;
  tls: TlsMaterial | null;
  redirect: { httpsPort: number | null } | null;
  /** Gateways that listen there; the first one binds it alone, the others follow. */
  homes: number[];
  /** Those of them that have not said so yet. */
  missing: Set<number>;
}

/** Systems that share out connections among the sockets of a port (libuv's UV_TCP_REUSEPORT). */
const CAN_SHARE_PORTS = ['linux', 'freebsd', 'dragonfly', 'sunos', 'aix'].includes(process.platform);

const SPENT = 'an inherited socket can be taken once; a new start of the engine gets it again';

export type BindOutcome = { status: 'ready' } | { status: 'failed'; error: EngineError };

export interface ListenerHost {
  gateways: { readonly count: number; tellOne: (gatewayId: number, message: MasterToGateway) => void };
  certificates: Certificates;
  done: (outcome: BindOutcome) => void;
  log: (text: string) => void;
}

export class Listeners {
  readonly #host: ListenerHost;
  readonly #bound = new Map<string, Bound>();
  /** Bound for a configuration that is not in effect yet. */
  #fresh: Bound[] = [];
  /** Certificates of that configuration. */
  #certificates = new Map<ListenerSetting, TlsMaterial>();
  #isBinding = false;
  #lastId = 0;
  /**
   * Inherited descriptors that a gateway has had. With its server, or with the gateway itself, they are closed, and their
   * numbers may be anything else's: listening there again would take that over, and close it in the end.
   */
  readonly #spent = new Set<number>();

  constructor(host: ListenerHost) {
    this.#host = host;
  }

  /** Binds what is not bound yet; `done` is called once when all are, or with the first failure. */
  bind(settings: EngineSettings): void {
    this.#isBinding = true;
    try {
      this.#certificates = this.#host.certificates.load(settings);
      const owner = ownerOf(settings);
      for (const setting of settings.listeners) {
        const key = keyOf(setting);
        if (this.#bound.has(key)) continue;
        this.#refuseSpent(setting);
        const bound = this.#describe(setting, settings, owner);
        this.#bound.set(key, bound);
        this.#fresh.push(bound);
        this.#listen(bound, bound.homes[0] ?? 0, true);
      }
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return this.#fail(error);
    }
    this.#checkDone();
  }

  /** The settings are in effect: closes what they do not name. Returns what was bound and what closed, for the log. */
  adopt(settings: EngineSettings): { opened: ListenerSetting[]; closed: ListenerSetting[] } {
    const fresh = new Set(this.#fresh);
    this.#fresh = [];
    const wanted = new Map(settings.listeners.map((setting) => [keyOf(setting), setting]));
    const closed: ListenerSetting[] = [];
    for (const [key, bound] of this.#bound) {
      const setting = wanted.get(key);
      if (setting === undefined) {
        closed.push(bound.setting);
        this.#unlisten(key, bound);
      } else if (!fresh.has(bound)) {
        this.#renew(bound, setting);
      }
    }
    return { opened: [...fresh].map((bound) => bound.setting), closed };
  }

  discard(): void {
    this.#isBinding = false;
    for (const bound of this.#fresh) this.#unlisten(keyOf(bound.setting), bound);
    this.#fresh = [];
  }

  /** Says everything again to a gateway that was started anew. */
  restore(gatewayId: number): void {
    for (const bound of this.#bound.values()) {
      if (!bound.homes.includes(gatewayId)) continue;
      if (isClosedAfterUse(bound.address)) this.#notBoundAgain(bound, SPENT);
      else this.#listen(bound, gatewayId, false);
    }
  }

  said(gatewayId: number, message: Extract<GatewayToMaster, { type: 'listening' | 'listen-failed' }>): void {
    const bound = [...this.#bound.values()].find((one) => one.listenerId === message.listenerId);
    if (bound === undefined) return;
    if (message.type === 'listening') {
      bound.address = message.address;
      const isFirst = bound.missing.size === bound.homes.length;
      bound.missing.delete(gatewayId);
      if (isFirst) for (const other of bound.missing) this.#listen(bound, other, false);
      this.#checkDone();
      return;
    }
    const { setting } = bound;
    if (this.#isBinding) {
      return this.#fail(bindError(message.code, message.message, formatAddress(setting.address), setting.origin));
    }
    this.#notBoundAgain(bound, message.message);
  }

  #notBoundAgain({ setting }: Bound, reason: string): void {
    this.#host.log(`*** ${formatAddress(setting.address)} could not be bound again: ${reason} ***`);
  }

  #refuseSpent({ address, origin }: ListenerSetting): void {
    if (!isClosedAfterUse(address) || !this.#spent.has(address.fd)) return;
    throw bindError('', SPENT, formatAddress(address), origin);
  }

  #describe(setting: ListenerSetting, settings: EngineSettings, owner: Binding['owner']): Bound {
    const { count } = this.#host.gateways;
    const { address } = setting;
    const listenerId = ++this.#lastId;
    const isShared = CAN_SHARE_PORTS && address.type === 'tcp';
    const homes = isShared ? Array.from({ length: count }, (_, id) => id) : [listenerId % count];
    return {
      listenerId,
      setting,
      address,
      binding: {
        backlog: settings.listen,
        mode: settings.chmodSocket,
        owner,
        reusePort: CAN_SHARE_PORTS && (count > 1 || settings.sockets.reusePort),
      },
      isOpenToOthers: settings.sockets.reusePort,
      tls: this.#certificates.get(setting) ?? null,
      redirect: setting.redirects ? { httpsPort: httpsPortOf(settings) } : null,
      homes,
      missing: new Set(homes),
    };
  }

  #listen(bound: Bound, gatewayId: number, isFirst: boolean): void {
    const { listenerId, setting, address, binding, tls, redirect } = bound;
    if (isClosedAfterUse(address)) this.#spent.add(address.fd);
    this.#host.gateways.tellOne(gatewayId, {
      type: 'listen',
      listenerId,
      kind: setting.kind,
      address,
      binding: { ...binding, isAlone: isFirst && !bound.isOpenToOthers },
      tls,
      redirect,
    });
  }

  #unlisten(key: string, bound: Bound): void {
    this.#bound.delete(key);
    const { listenerId, homes } = bound;
    for (const gatewayId of homes) this.#host.gateways.tellOne(gatewayId, { type: 'unlisten', listenerId });
  }

  /** A listener that stays: its certificates may be new. */
  #renew(bound: Bound, setting: ListenerSetting): void {
    const tls = this.#certificates.get(setting) ?? null;
    bound.setting = setting;
    bound.tls = tls;
    if (tls === null) return;
    const { listenerId, homes } = bound;
    for (const gatewayId of homes) this.#host.gateways.tellOne(gatewayId, { type: 'renew', listenerId, tls });
  }

  #fail(error: EngineError): void {
    this.discard();
    this.#host.done({ status: 'failed', error });
  }

  #checkDone(): void {
    if (!this.#isBinding || this.#fresh.some((bound) => bound.missing.size > 0)) return;
    this.#isBinding = false;
    this.#host.done({ status: 'ready' });
  }
}

/** libuv closes what it was given, but never the three standard descriptors: a vassal's socket is standard input. */
function isClosedAfterUse(address: SocketAddress): address is Extract<SocketAddress, { type: 'fd' }> {
  return address.type === 'fd' && address.fd > 2;
}

function keyOf(setting: ListenerSetting): string {
  return `${listenerLabel(setting)} ${formatAddress(setting.address)}`;
}

/** The port to name in a redirect: the router's when it has one; null: there is none, or it is not clear which. */
function httpsPortOf(settings: EngineSettings): number | null {
  for (const wanted of ['http', 'http-socket'] as const) {
    const ports = new Set<number>();
    for (const { kind, tls, address } of settings.listeners) {
      if (tls !== null && kind === wanted && address.type === 'tcp') ports.add(address.port);
    }
    const [port = 0] = ports;
    if (ports.size > 0) return ports.size === 1 && port !== 0 ? port : null;
  }
  return null;
}

/** The numbers behind `chown-socket`. @throws EngineError when the system does not know a name */
function ownerOf(settings: EngineSettings): Binding['owner'] {
  const { owner } = settings.sockets;
  if (owner === null) return null;
  const [userText = '', groupText] = owner.text.split(':');
  const user = findUser(userText);
  if (user === null) throw new EngineError('no-such-user', `There is no user '${userText}'.`, owner.origin);
  const gid = groupText === undefined ? user.gid : findGroup(groupText);
  if (gid === null) throw new EngineError('no-such-group', `There is no group '${groupText ?? ''}'.`, owner.origin);
  return { uid: user.uid, gid };
}
