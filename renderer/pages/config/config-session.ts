/**
 * One configuration file being edited, as a value: the text on the disk, the text here, what the check said, a save
 * under way, a conflict to decide. Pure transitions; config-store.ts talks to the core.
 */

import type { ConfigDiagnostic, ConfigFile } from '../../../electron/contract/model.ts';
import { formatByExtension } from '../../../engine/config/sources.ts';
import type { Failure } from '../../client.ts';
import { countLines, diffLines, mergeTexts, splitLines } from '../../editor/line-diff.ts';

export interface UnconfirmedSave {
  baseVersion: ConfigFile['version'];
  makeAnew: boolean;
}

export interface ConfigSession {
  status: 'ready';
  /** As it was read or saved last: what the text is compared with, and the version a save builds on. */
  file: ConfigFile;
  text: string;
  /** The text that came from outside the editor last; a new object tells the editor to take it over. */
  loaded: { readonly text: string };
  diagnostics: readonly ConfigDiagnostic[];
  /** The text that `diagnostics` are about. */
  checkedText: string;
  saving: boolean;
  saveError: Failure | null;
  /** What is on the disk now, when a save found another version there. */
  conflict: ConfigFile | null;
  /** There is no such file on the disk any more: a save or a reading found that. The text here is then all there is. */
  isGone: boolean;
  /** The save that waits for the name of a read-only server, which it would reload. */
  unconfirmed: UnconfirmedSave | null;
  /** The last save from here; null before the first. */
  saved: { atMs: number; reloadsOnSave: boolean } | null;
}

export function openSession(file: ConfigFile): ConfigSession {
  return {
    status: 'ready',
    file,
    text: file.text,
    loaded: { text: file.text },
    diagnostics: file.diagnostics,
    checkedText: file.text,
    saving: false,
    saveError: null,
    conflict: null,
    isGone: false,
    unconfirmed: null,
    saved: null,
  };
}

export function isDirty(session: ConfigSession): boolean {
  return session.isGone || session.text !== session.file.text;
}

export function edited(session: ConfigSession, text: string): ConfigSession {
  return session.text === text ? session : { ...session, text };
}

export function checked(session: ConfigSession, text: string, diagnostics: readonly ConfigDiagnostic[]): ConfigSession {
  return session.text === text ? { ...session, diagnostics, checkedText: text } : session;
}

/** Back to what is on the disk. */
export function reverted(session: ConfigSession): ConfigSession {
  return { ...withDiskText(session, session.file), saveError: null, unconfirmed: null };
}

/** A text from beside the editor: a version, a draft, a change taken back. The editor takes it over as one step. */
export function put(session: ConfigSession, text: string): ConfigSession {
  return session.text === text ? session : { ...session, text, loaded: { text } };
}

/** The file was read again: taken over when nothing is unsaved here, left to the save otherwise. */
export function reread(before: ConfigSession, file: ConfigFile): ConfigSession {
  const session = before.isGone ? { ...before, isGone: false } : before;
  if (isDirty(session) || session.saving) return session;
  if (file.version.sha256 === session.file.version.sha256) return { ...session, file };
  return withDiskText(session, file);
}

export function saveStarted(session: ConfigSession): ConfigSession {
  return { ...session, saving: true, saveError: null, unconfirmed: null };
}

/** The text goes on from what was sent: what was typed meanwhile stays unsaved. */
export function saveDone(
  session: ConfigSession,
  file: ConfigFile,
  reloadsOnSave: boolean,
  atMs: number,
): ConfigSession {
  const next: ConfigSession = {
    ...session,
    saving: false,
    conflict: null,
    isGone: false,
    file,
    saved: { atMs, reloadsOnSave },
  };
  return session.text === file.text ? { ...next, diagnostics: file.diagnostics, checkedText: file.text } : next;
}

export function saveFailed(session: ConfigSession, error: Failure): ConfigSession {
  return { ...session, saving: false, saveError: error };
}

export function saveConflicted(session: ConfigSession, disk: ConfigFile): ConfigSession {
  return { ...session, saving: false, isGone: false, conflict: disk };
}

/** Nothing was written: the name of the server has to be typed first; null: it will not be. */
export function saveUnconfirmed(session: ConfigSession, unconfirmed: UnconfirmedSave | null): ConfigSession {
  return { ...session, saving: false, unconfirmed };
}

/** Nothing was written: the file is not there any more. */
export function foundGone(session: ConfigSession): ConfigSession {
  return { ...session, saving: false, isGone: true };
}

/** Drops the text here for the one on the disk. */
export function tookTheirs(session: ConfigSession): ConfigSession {
  return session.conflict ? { ...withDiskText(session, session.conflict), conflict: null } : session;
}

/** Puts both changes together on the disk's version; unchanged when they overlap. */
export function mergedBoth(session: ConfigSession): ConfigSession {
  const merged = mergeable(session);
  if (merged === null || !session.conflict) return session;
  return { ...session, file: session.conflict, text: merged, loaded: { text: merged }, conflict: null };
}

/** Both changes in one text, when they do not touch the same lines. */
export function mergeable(session: ConfigSession): string | null {
  return session.conflict ? mergeTexts(session.file.text, session.text, session.conflict.text) : null;
}

function withDiskText(session: ConfigSession, file: ConfigFile): ConfigSession {
  return {
    ...session,
    file,
    text: file.text,
    loaded: { text: file.text },
    diagnostics: file.diagnostics,
    checkedText: file.text,
  };
}

/** Why Save can't be pressed, in the words that stand beside the button; null when it can. */
export function saveBlockedBy(session: ConfigSession): string | null {
  const format = formatByExtension(session.file.path) ?? 'INI';
  if (format !== 'INI') return `Reeve edits INI files; this is ${format}. The tab Effective shows what it comes to`;
  if (!session.file.writable) return 'Reeve may not write this file';
  if (session.saving) return 'Saving';
  if (!isDirty(session)) return 'No unsaved changes';
  const errors = session.diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
  if (errors > 0) return errors === 1 ? '1 error blocks save' : `${errors} errors block save`;
  return null;
}

export interface ConflictWords {
  title: string;
  text: string;
  canMerge: boolean;
}

/** What the conflict dialog says. */
export function conflictWords(session: ConfigSession, diskTime: string): ConflictWords | null {
  const { conflict, file, text } = session;
  if (!conflict) return null;
  const name = file.path.slice(Math.max(file.path.lastIndexOf('/'), file.path.lastIndexOf('\\')) + 1);
  const base = splitLines(file.text);
  const mine = countLines(diffLines(base, splitLines(text)));
  const canMerge = mergeable(session) !== null;
  const lines = Math.max(mine.added, mine.removed);
  const yours = lines === 1 ? 'Your line' : `Your ${lines} lines`;
  const title = `${name} changed on the disk at ${diskTime}, after you opened it.`;
  if (!canMerge) return { title, text: `${yours} and theirs touch the same places. Nothing was written.`, canMerge };
  return { title, text: `${yours} and theirs do not overlap. Nothing was written yet.`, canMerge };
}
