/**
 * Opens the database of configuration files: for this user only, checked, set aside and begun anew when it is broken,
 * in memory where no file can be had.
 */
import { chmodSync, closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, isErrorCode } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { ConfigHistory } from './config-history.ts';
import { SCHEMA } from './config-history-schema.ts';

export interface ConfigHistoryOptions {
  folder: string;
  clock: Clock;
  onTrouble: (text: string) => void;
  /** Told when a broken database was set aside. */
  onBroken: (text: string) => void;
}

/** Opens or makes `config-history.db`; where that is not possible, keeps versions for this session. */
export function openConfigHistory({ folder, clock, onTrouble, onBroken }: ConfigHistoryOptions): ConfigHistory {
  const path = join(folder, 'config-history.db');
  try {
    return new ConfigHistory(openDatabase(path), clock, onTrouble);
  } catch (error) {
    const aside = `${path}.broken-${new Date(clock.now()).toISOString().replace(/[:.]/g, '-')}`;
    try {
      for (const end of ['', '-wal', '-shm']) moveAside(`${path}${end}`, `${aside}${end}`);
      const database = openDatabase(path);
      onBroken(`${path} could not be read (${describe(error)}). It was kept as ${aside} and a new one was begun.`);
      return new ConfigHistory(database, clock, onTrouble);
    } catch (second) {
      onTrouble(`The history of configuration files is kept for this session only: ${describe(second)}.`);
      return new ConfigHistory(openDatabase(':memory:'), clock, onTrouble);
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const database = new DatabaseSync(path);
  try {
    database.exec(SCHEMA);
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw new Error('it is damaged');
    for (const table of ['contents', 'versions', 'loads', 'drafts']) {
      database.prepare(`SELECT * FROM ${table} LIMIT 1`).get();
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function moveAside(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
}
