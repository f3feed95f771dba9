/**
 * Vassals from the rows of a query: name, configuration, time of change, uid, gid and socket, by their place and not by
 * the names of the columns, as uWSGI's PostgreSQL plugin reads them. The first two are needed. What is wrong with a row
 * becomes the refusal of that vassal and touches no other. Pure.
 */
import { formatByExtension } from '../config/sources.ts';
import type { FoundVassal } from './vassal-state.ts';
import { MAX_CONFIG_BYTES } from './words.ts';

export type VassalRow = readonly unknown[];

export interface RowRules {
  extraExtensions: readonly string[];
  isTyrant: boolean;
  /** Folder that the vassals run in. */
  folder: string;
  /** Who the emperor runs as. */
  uid: number;
  gid: number;
}

/** As uWSGI: one less than this. */
const MAX_NAME_LENGTH = 255;

/** The first row of a name counts. */
export function vassalsFromRows(rows: readonly VassalRow[], rules: RowRules): FoundVassal[] {
  const found = new Map<string, FoundVassal>();
  for (const row of rows) {
    const vassal = vassalFromRow(row, rules);
    const before = found.get(vassal.id);
    if (before === undefined) found.set(vassal.id, vassal);
    else before.refusal ??= 'several rows have its name';
  }
  return [...found.values()];
}

function vassalFromRow([name, config, time, uid, gid, socket]: VassalRow, rules: RowRules): FoundVassal {
  const id = textOf(name);
  const text = textOf(config);
  const changedMs = timeOf(time);
  const [owner, group] = [numberOf(uid), numberOf(gid)];
  return {
    id: printable(id),
    file: '',
    folder: rules.folder,
    config: text,
    mtimeMs: changedMs ?? 0,
    mark: String(changedMs),
    uid: owner ?? rules.uid,
    gid: group ?? rules.gid,
    onDemand: textOf(socket),
    refusal:
      whyNotNamed(id, rules.extraExtensions) ??
      whyNotConfigured(text) ??
      (changedMs === null ? 'its time of change is no number and no time' : null) ??
      (rules.isTyrant ? whyNotTyrant(owner, group) : null),
  };
}

/** Why no vassal may have this name; null: it may. */
export function whyNotNamed(name: string, extraExtensions: readonly string[]): string | null {
  if (name === '') return 'it has no name';
  if (Buffer.byteLength(name) >= MAX_NAME_LENGTH) return 'its name is too long';
  // Names of files and of sockets are made of it.
  if (/[/\\]|\p{Cc}/u.test(name) || name.startsWith('.'))
    return 'its name must not be a path or hold control characters';
  if (formatByExtension(name) !== null || extraExtensions.some((end) => name.endsWith(end))) return null;
  return 'its name has no ending of a configuration, such as .ini';
}

/** Why this can not be sent as a configuration; null: it can. */
export function whyNotConfigured(text: string): string | null {
  if (text.trim() === '') return 'its configuration is empty';
  if (text.includes('\0')) return 'its configuration is no text';
  return Buffer.byteLength(text) > MAX_CONFIG_BYTES
    ? `its configuration has more than ${MAX_CONFIG_BYTES} bytes`
    : null;
}

/** As for a file that belongs to root; null: it may run. */
export function whyNotTyrant(uid: number | null, gid: number | null): string | null {
  if (uid === null || gid === null) return "it has no uid and gid, which 'emperor-tyrant' asks for";
  return uid === 0 || gid === 0 ? 'invalid permissions: it would run as root' : null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** A whole number that can be an id. */
function numberOf(value: unknown): number | null {
  const text = textOf(value);
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1 ? Number(text) : null;
}

/** Milliseconds: of a number or its text (seconds), of a time as databases print it, 0 of nothing; null: neither. */
function timeOf(value: unknown): number | null {
  if (value === null || value === undefined) return 0;
  const text = textOf(value).trim();
  if (/^-?\d{1,12}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const ms = Date.parse(text.replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isNaN(ms) ? null : ms;
}

/** A name as logs and statistics can show it. */
export function printable(name: string): string {
  return name.slice(0, MAX_NAME_LENGTH).replace(/\p{Cc}/gu, '?');
}
