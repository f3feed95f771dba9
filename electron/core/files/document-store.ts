/**
 * Small JSON documents in the data folder (settings, instances, trust, reload reports), each with its schema. A file
 * that can't be understood is kept aside under another name and reported, never overwritten.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { CoreError, describe, errnoOf } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { removeTemporaries, writeFileAtomically } from './atomic-file.ts';

export interface DocumentOptions<T> {
  folder: string;
  /** File name within the folder. */
  name: string;
  schema: z.ZodType<T>;
  initial: T;
  clock: Clock;
  /** Told when a broken file was set aside. */
  onBroken: (message: string) => void;
}

/** One document, held in memory; writes are one after the other and the newest value wins. */
export class DocumentStore<T> {
  readonly #options: DocumentOptions<T>;
  readonly #path: string;
  #value: T;
  #writing: Promise<void> | null = null;
  #dirty = false;
  #isNew = false;

  private constructor(options: DocumentOptions<T>) {
    this.#options = options;
    this.#path = join(options.folder, options.name);
    this.#value = options.initial;
  }

  static async open<T>(options: DocumentOptions<T>): Promise<DocumentStore<T>> {
    const store = new DocumentStore(options);
    await store.#load();
    return store;
  }

  get value(): T {
    return this.#value;
  }

  /** There was no file: this is the first start. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** Resolves when everything is on disk. */
  async settle(): Promise<void> {
    await this.#writing?.catch(() => {});
  }

  /** Throws `settings-unwritable`; the value in memory is the new one all the same. */
  async set(value: T): Promise<void> {
    this.#value = value;
    this.#dirty = true;
    this.#writing ??= this.#writeUntilClean();
    await this.#writing;
  }

  async #writeUntilClean(): Promise<void> {
    try {
      while (this.#dirty) {
        this.#dirty = false;
        await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
        await writeFileAtomically(this.#path, `${JSON.stringify(this.#value, null, 2)}\n`, { mode: 0o600 });
      }
    } catch (error) {
      throw new CoreError('settings-unwritable', { path: this.#path, reason: describe(error) }, { cause: error });
    } finally {
      this.#writing = null;
    }
  }

  async #load(): Promise<void> {
    await removeTemporaries(this.#path);
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        this.#isNew = true;
        return;
      }
      throw new CoreError('files-unreadable', { path: this.#path, reason: describe(error) }, { cause: error });
    }
    const parsed = this.#options.schema.safeParse(parseJson(text));
    if (parsed.success) {
      this.#value = parsed.data;
      return;
    }
    const aside = `${this.#path}.broken-${new Date(this.#options.clock.now()).toISOString().replace(/[:.]/g, '-')}`;
    await rename(this.#path, aside);
    this.#options.onBroken(`${this.#path} could not be understood. It was kept as ${aside} and a new one was begun.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
