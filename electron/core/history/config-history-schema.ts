/**
 * The tables of config-history.db and what is kept in them: per file the newest versions, over all files a bound on the
 * deflated contents (the newest version of each file always stays), a few drafts, the newest loads of each server.
 */
import type { DatabaseSync } from 'node:sqlite';

export const VERSIONS_PER_FILE = 200;
export const MOST_KEPT_BYTES = 64 * 1024 * 1024;
export const MOST_DRAFTS = 50;
const MOST_LOADS = 500;

export const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS contents (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, instanceId TEXT NOT NULL, atMs INTEGER NOT NULL,
    mtimeMs REAL NOT NULL, sha256 TEXT NOT NULL, sizeBytes INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT, summary TEXT
  );
  CREATE INDEX IF NOT EXISTS versionsOfPath ON versions (path, id);
  CREATE TABLE IF NOT EXISTS loads (
    instanceId TEXT NOT NULL, atMs INTEGER NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL, title TEXT NOT NULL,
    reloadId TEXT, readsFiles INTEGER NOT NULL, PRIMARY KEY (instanceId, atMs)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS drafts (
    instanceId TEXT PRIMARY KEY, atMs INTEGER NOT NULL, baseSha256 TEXT NOT NULL, content BLOB NOT NULL
  ) WITHOUT ROWID;
`;

/** Takes out what is beyond the bounds, oldest first. */
export function prune(database: DatabaseSync, mostBytes: number = MOST_KEPT_BYTES): void {
  database
    .prepare(
      `DELETE FROM versions WHERE id IN (
         SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY path ORDER BY id DESC) AS age FROM versions)
         WHERE age > ?)`,
    )
    .run(VERSIONS_PER_FILE);
  database
    .prepare(
      `DELETE FROM loads WHERE (instanceId, atMs) IN (
         SELECT instanceId, atMs FROM
           (SELECT instanceId, atMs, row_number() OVER (PARTITION BY instanceId ORDER BY atMs DESC) AS age FROM loads)
         WHERE age > ?)`,
    )
    .run(MOST_LOADS);
  dropContents(database);
  while (keptBytes(database) > mostBytes) {
    const { changes } = database
      .prepare(
        `DELETE FROM versions WHERE id = (
           SELECT min(id) FROM versions WHERE id NOT IN (SELECT max(id) FROM versions GROUP BY path))`,
      )
      .run();
    if (changes === 0) return;
    dropContents(database);
  }
}

function dropContents(database: DatabaseSync): void {
  database.exec('DELETE FROM contents WHERE sha256 NOT IN (SELECT sha256 FROM versions)');
}

function keptBytes(database: DatabaseSync): number {
  const sum = database.prepare('SELECT sum(length(content)) AS bytes FROM contents').get()?.['bytes'];
  return typeof sum === 'number' ? sum : 0;
}
