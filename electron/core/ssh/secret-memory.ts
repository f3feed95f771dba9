/**
 * Passphrases and passwords that were given once: kept in the keychain when the user wants it, otherwise until Reeve
 * ends, so that a connection that is made again need not ask again. One that was refused is forgotten at once.
 */
import type { ParsedKey } from 'ssh2';
import type { SecretStore } from '../ports.ts';

export class SecretMemory {
  readonly #store: SecretStore;
  readonly #session = new Map<string, string>();
  /** Keys that a passphrase opened, by the text of their file: opening one takes most of a second of this thread. */
  readonly openedKeys = new Map<string, ParsedKey>();

  constructor(store: SecretStore) {
    this.#store = store;
  }

  /** Where a question can offer to keep its answer. */
  get keepIn(): 'keychain' | null {
    return this.#store.kind === 'keychain' ? 'keychain' : null;
  }

  async get(key: string): Promise<string | null> {
    const held = this.#session.get(key);
    if (held !== undefined) return held;
    // A keychain that is locked or broken is as good as an empty one: its user is asked.
    return this.#store.get(key).catch(() => null);
  }

  async keep(key: string, secret: string, inKeychain: boolean): Promise<void> {
    this.#session.set(key, secret);
    if (inKeychain && this.keepIn !== null) await this.#store.set(key, secret).catch(() => {});
  }

  async forget(key: string): Promise<void> {
    this.#session.delete(key);
    await this.#store.remove(key).catch(() => {});
  }
}
