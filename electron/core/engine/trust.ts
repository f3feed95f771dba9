/**
 * Which configuration files may run commands: trust is given to the digest of everything a file reads, after its
 * user has seen the lines that run commands, and asked for again when that changes.
 */
import { z } from 'zod';
import type { DocumentStore } from '../files/document-store.ts';

export const trustFileSchema = z.object({
  version: z.literal(1),
  /** Newest digest that was accepted, by the file's path. */
  accepted: z.record(z.string(), z.string()),
});
export type TrustFile = z.infer<typeof trustFileSchema>;

export class TrustStore {
  readonly #store: DocumentStore<TrustFile>;

  constructor(store: DocumentStore<TrustFile>) {
    this.#store = store;
  }

  isTrusted(path: string, digest: string): boolean {
    return this.#store.value.accepted[path] === digest;
  }

  async accept(path: string, digest: string): Promise<void> {
    await this.#store.set({ version: 1, accepted: { ...this.#store.value.accepted, [path]: digest } });
  }
}
