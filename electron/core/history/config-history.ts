/**
 * Versions of configuration files, and texts that were not saved yet, in a database of their own: files hold passwords,
 * so only this user may read it. A version is kept when it is saved here and when another one is seen on the disk; each
 * content is kept once, by its digest, deflated. Bounded: the oldest go first. Without the database nothing else stops
 * working: one that can't be written is reported once. Opening it is open-config-history.ts.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { describe } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { MOST_DRAFTS, prune, VERSIONS_PER_FILE } from './config-history-schema.ts';

const versionSchema = z.object({
  id: z.number(),
  path: z.string(),
  /** When it was saved, or seen for the first time. */
  atMs: z.number(),
  /** Since when it was on the disk. */
  mtimeMs: z.number(),
  sha256: z.string(),
  sizeBytes: z.number(),
  /** `saved`: from here; `seen`: another program wrote it. */
  kind: z.enum(['saved', 'seen']),
  /** Who saved it; null: not known. */
  who: z.string().nullable(),
  /** What it changed, in words; null for the first. */
  summary: z.string().nullable(),
});
export type ConfigVersion = z.infer<typeof versionSchema>;

const loadSchema = z.object({
  atMs: z.number(),
  kind: z.enum(['start', 'reload']),
  status: z.enum(['done', 'done-with', 'stuck', 'failed']),
  title: z.string(),
  reloadId: z.string().nullable(),
  /** The server read its files again. */
  readsFiles: z.number(),
});
/** A server that read its configuration, or whose workers were renewed without that. */
export type ConfigLoad = z.infer<typeof loadSchema>;

const draftSchema = z.object({ atMs: z.number(), baseSha256: z.string(), text: z.string() });
export type ConfigDraft = z.infer<typeof draftSchema>;

export interface NewVersion {
  /** Of this machine, or `ssh://web1/srv/shop.ini`. */
  path: string;
  instanceId: string;
  atMs: number;
  mtimeMs: number;
  text: string;
  kind: ConfigVersion['kind'];
  who: string | null;
  /** What it changed from the newest one; null when there is none. */
  summary: string | null;
}

export class ConfigHistory {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #onTrouble: (text: string) => void;
  #isTold = false;

  constructor(database: DatabaseSync, clock: Clock, onTrouble: (text: string) => void) {
    this.#database = database;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  /** Keeps a text unless it is what is newest already. */
  note(version: NewVersion): void {
    this.#try(undefined, () => {
      const sha256 = digestOf(version.text);
      const [newest] = this.#versions(version.path, 1);
      if (newest?.sha256 === sha256) return;
      const bytes = deflateRawSync(Buffer.from(version.text));
      this.#inTransaction(() => {
        this.#run('INSERT OR IGNORE INTO contents VALUES (?, ?)', sha256, bytes);
        this.#run(
          `INSERT INTO versions (path, instanceId, atMs, mtimeMs, sha256, sizeBytes, kind, who, summary)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          version.path,
          version.instanceId,
          version.atMs,
          version.mtimeMs,
          sha256,
          Buffer.byteLength(version.text),
          version.kind,
          version.who,
          version.summary,
        );
        prune(this.#database);
      });
    });
  }

  /** null: none is kept. */
  newestText(path: string): string | null {
    const [newest] = this.versions(path);
    return newest === undefined ? null : this.textOf(newest);
  }

  /** Newest first. */
  versions(path: string): ConfigVersion[] {
    return this.#try([], () => this.#versions(path, VERSIONS_PER_FILE));
  }

  /** The newest that was on the disk by then; null: none is kept. */
  versionAt(path: string, atMs: number): ConfigVersion | null {
    return this.versions(path).find(({ mtimeMs }) => mtimeMs <= atMs) ?? null;
  }

  version(id: number): ConfigVersion | null {
    return this.#try(null, () => this.#select(versionSchema, 'SELECT * FROM versions WHERE id = ?', id)[0] ?? null);
  }

  /** null: not kept any more. */
  textOf(version: Pick<ConfigVersion, 'sha256'>): string | null {
    return this.#try(null, () => this.#content(version.sha256));
  }

  noteLoad(instanceId: string, load: Omit<ConfigLoad, 'readsFiles'> & { readsFiles: boolean }): void {
    const { atMs, kind, status, title, reloadId, readsFiles } = load;
    this.#try(undefined, () => {
      this.#run(
        'INSERT OR REPLACE INTO loads VALUES (?, ?, ?, ?, ?, ?, ?)',
        instanceId,
        atMs,
        kind,
        status,
        title,
        reloadId,
        readsFiles ? 1 : 0,
      );
    });
  }

  /** Newest first. */
  loads(instanceId: string): ConfigLoad[] {
    const sql = 'SELECT * FROM loads WHERE instanceId = ? ORDER BY atMs DESC';
    return this.#try([], () => this.#select(loadSchema, sql, instanceId));
  }

  /** null forgets it. */
  keepDraft(instanceId: string, draft: Omit<ConfigDraft, 'atMs'> | null): void {
    this.#try(undefined, () => {
      if (draft === null) {
        this.#run('DELETE FROM drafts WHERE instanceId = ?', instanceId);
        return;
      }
      const bytes = deflateRawSync(Buffer.from(draft.text));
      this.#run(
        'INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)',
        instanceId,
        this.#clock.now(),
        draft.baseSha256,
        bytes,
      );
      this.#run(
        'DELETE FROM drafts WHERE instanceId NOT IN (SELECT instanceId FROM drafts ORDER BY atMs DESC LIMIT ?)',
        MOST_DRAFTS,
      );
    });
  }

  draft(instanceId: string): ConfigDraft | null {
    return this.#try(null, () => {
      const row = this.#database.prepare('SELECT * FROM drafts WHERE instanceId = ?').get(instanceId);
      if (row === undefined) return null;
      return draftSchema.parse({ ...row, text: inflate(row['content']) });
    });
  }

  /** All that came from this instance. */
  forget(instanceId: string): void {
    this.#try(undefined, () => {
      this.#inTransaction(() => {
        for (const table of ['versions', 'loads', 'drafts']) {
          this.#run(`DELETE FROM ${table} WHERE instanceId = ?`, instanceId);
        }
        prune(this.#database);
      });
    });
  }

  dispose(): void {
    this.#try(undefined, () => this.#database.close());
  }

  #versions(path: string, most: number): ConfigVersion[] {
    return this.#select(versionSchema, 'SELECT * FROM versions WHERE path = ? ORDER BY id DESC LIMIT ?', path, most);
  }

  #content(sha256: string): string | null {
    const row = this.#database.prepare('SELECT content FROM contents WHERE sha256 = ?').get(sha256);
    return row === undefined ? null : inflate(row['content']);
  }

  #select<T>(schema: z.ZodType<T>, sql: string, ...values: (string | number)[]): T[] {
    return this.#database
      .prepare(sql)
      .all(...values)
      .map((row) => schema.parse(row));
  }

  #run(sql: string, ...values: (string | number | null | Uint8Array)[]): void {
    this.#database.prepare(sql).run(...values);
  }

  #inTransaction(work: () => void): void {
    this.#database.exec('BEGIN');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #try<T>(otherwise: T, work: () => T): T {
    try {
      const result = work();
      this.#isTold = false;
      return result;
    } catch (error) {
      if (!this.#isTold) {
        this.#onTrouble(`The history of configuration files can not be kept: ${describe(error)}. Saving works.`);
      }
      this.#isTold = true;
      return otherwise;
    }
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function inflate(content: unknown): string {
  if (!(content instanceof Uint8Array)) throw new Error('a content is no content');
  return inflateRawSync(content).toString('utf8');
}
