/**
 * Secrets encrypted by the system's keychain (Electron's safeStorage), in one file that only this user can read.
 * Where the "keychain" of a Linux desktop is a fixed password in the program (`basic_text`), nothing is written:
 * secrets then last as long as the session, and the page says so.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isErrorCode } from '../core/errors.ts';
import { createSessionSecrets } from '../core/node-ports.ts';
import type { SecretStore } from '../core/ports.ts';
import type { SafeStorageLike } from './electron-port.ts';

const fileSchema = z.record(z.string(), z.string());
const NO_KEYCHAIN = new Set(['basic_text', 'unknown']);

/** Call after the app is ready: before, no keychain is known. */
export async function createSecretStore(
  safeStorage: SafeStorageLike,
  platform: NodeJS.Platform,
  path: string,
): Promise<SecretStore> {
  const backend = platform === 'linux' ? (safeStorage.getSelectedStorageBackend?.() ?? 'unknown') : 'system';
  if (NO_KEYCHAIN.has(backend) || !(await safeStorage.isAsyncEncryptionAvailable())) return createSessionSecrets();
  return new KeychainSecrets(safeStorage, path);
}

class KeychainSecrets implements SecretStore {
  readonly kind = 'keychain';
  readonly #safeStorage: SafeStorageLike;
  readonly #path: string;

  constructor(safeStorage: SafeStorageLike, path: string) {
    this.#safeStorage = safeStorage;
    this.#path = path;
  }

  async get(key: string): Promise<string | null> {
    const stored = this.#read()[key];
    if (stored === undefined) return null;
    const { result, shouldReEncrypt } = await this.#safeStorage.decryptStringAsync(Buffer.from(stored, 'base64'));
    if (shouldReEncrypt) await this.set(key, result);
    return result;
  }

  async set(key: string, secret: string): Promise<void> {
    const encrypted = await this.#safeStorage.encryptStringAsync(secret);
    this.#write({ ...this.#read(), [key]: encrypted.toString('base64') });
  }

  async remove(key: string): Promise<void> {
    const { [key]: removed, ...others } = this.#read();
    if (removed !== undefined) this.#write(others);
  }

  // Reading and writing in one turn: two calls at a time can not lose each other's secret.
  #read(): Record<string, string> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return {};
      throw error;
    }
  }

  #write(secrets: Record<string, string>): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.new`;
    writeFileSync(temporary, JSON.stringify(secrets), { mode: 0o600, flush: true });
    renameSync(temporary, this.#path);
  }
}
