/**
 * Which addresses are bound. A reload keeps what stays the same, binds what is new before anything else happens and
 * closes what is gone when the new generation serves; `discard` takes a half-done change back.
 */
import { formatAddress } from '../config/address.ts';
import type { EngineSettings, ListenerSetting } from '../config/settings.ts';
import { bindError, type EngineError } from '../errors.ts';
import type { GatewayToMaster, MasterToGateway } from '../gateway/messages.ts';

interface Bound {
  listenerId: number;
  setting: ListenerSetting;
  backlog: number;
  mode: number | null;
  isListening: boolean;
}

export type BindOutcome = { status: 'ready' } | { status: 'failed'; error: EngineError };

export class Listeners {
  readonly #send: (message: MasterToGateway) => void;
  readonly #done: (outcome: BindOutcome) => void;
  readonly #bound = new Map<string, Bound>();
  /** Bound for a configuration that is not in effect yet. */
  #fresh: Bound[] = [];
  #isBinding = false;
  #lastId = 0;

  constructor(send: (message: MasterToGateway) => void, done: (outcome: BindOutcome) => void) {
    this.#send = send;
    this.#done = done;
  }

  /** Binds what is not bound yet; `done` is called once when all are, or with the first failure. */
  bind(settings: EngineSettings): void {
    this.#isBinding = true;
    for (const setting of settings.listeners) {
      const key = keyOf(setting);
      if (this.#bound.has(key)) continue;
      const listenerId = ++this.#lastId;
      const { listen: backlog, chmodSocket: mode } = settings;
      const bound: Bound = { listenerId, setting, backlog, mode, isListening: false };
      this.#bound.set(key, bound);
      this.#fresh.push(bound);
      this.#listen(bound);
    }
    this.#checkDone();
  }

  /** The settings are in effect: closes what they do not name. Returns what was bound and what closed, for the log. */
  adopt(settings: EngineSettings): { opened: ListenerSetting[]; closed: ListenerSetting[] } {
    const opened = this.#fresh.map((bound) => bound.setting);
    this.#fresh = [];
    const wanted = new Set(settings.listeners.map(keyOf));
    const closed: ListenerSetting[] = [];
    for (const [key, bound] of this.#bound) {
      if (wanted.has(key)) continue;
      closed.push(bound.setting);
      this.#unlisten(key, bound);
    }
    return { opened, closed };
  }

  discard(): void {
    this.#isBinding = false;
    for (const bound of this.#fresh) this.#unlisten(keyOf(bound.setting), bound);
    this.#fresh = [];
  }

  /** Says everything again to a gateway that was started anew. */
  restore(): void {
    for (const bound of this.#bound.values()) this.#listen(bound);
  }

  said(message: Extract<GatewayToMaster, { type: 'listening' | 'listen-failed' }>): void {
    const bound = [...this.#bound.values()].find((one) => one.listenerId === message.listenerId);
    if (bound === undefined) return;
    if (message.type === 'listening') {
      bound.isListening = true;
      this.#checkDone();
      return;
    }
    if (!this.#isBinding) return;
    this.#isBinding = false;
    const { setting } = bound;
    const error = bindError(message.code, message.message, formatAddress(setting.address), setting.origin);
    this.discard();
    this.#done({ status: 'failed', error });
  }

  #listen(bound: Bound): void {
    const { listenerId, setting, backlog, mode } = bound;
    this.#send({ type: 'listen', listenerId, kind: setting.kind, address: setting.address, backlog, mode });
  }

  #unlisten(key: string, bound: Bound): void {
    this.#bound.delete(key);
    this.#send({ type: 'unlisten', listenerId: bound.listenerId });
  }

  #checkDone(): void {
    if (!this.#isBinding || this.#fresh.some((bound) => !bound.isListening)) return;
    this.#isBinding = false;
    this.#done({ status: 'ready' });
  }
}

function keyOf(setting: ListenerSetting): string {
  return `${setting.kind} ${formatAddress(setting.address)}`;
}
