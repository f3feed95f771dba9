import { describe, expect, it } from 'vitest';
import type { ConfigFile } from '../../../electron/contract/model.ts';
import {
  checked,
  conflictWords,
  edited,
  isDirty,
  mergedBoth,
  openSession,
  reread,
  reverted,
  saveBlockedBy,
  saveConflicted,
  saveDone,
  saveFailed,
  saveStarted,
  tookTheirs,
} from './config-session.ts';

const error = {
  severity: 'error' as const,
  line: 2,
  from: 0,
  to: 3,
  code: 'unknown-option',
  message: 'Unknown option',
  option: null,
  fix: null,
};

function file(text: string, more: Partial<ConfigFile> = {}): ConfigFile {
  const version = { sha256: text, mtimeMs: 1, sizeBytes: text.length };
  return { path: '/srv/app/uwsgi.ini', text, version, writable: true, readAtMs: 0, diagnostics: [], ...more };
}

const base = '[uwsgi]\nprocesses = 2\nmaster = true\nlisten = 100\n';
const mine = base.replace('processes = 2', 'processes = 4');
const theirs = base.replace('listen = 100', 'listen = 512');

describe('editing a configuration', () => {
  it('is unsaved only while the text differs from the disk', () => {
    const session = edited(openSession(file(base)), mine);
    expect(isDirty(session)).toBe(true);
    expect(isDirty(edited(session, base))).toBe(false);
    expect(isDirty(reverted(session))).toBe(false);
  });

  it('blocks a save while nothing changed, while there are errors and when the file is read-only', () => {
    expect(saveBlockedBy(openSession(file(base)))).toBe('No unsaved changes');
    const session = edited(openSession(file(base)), mine);
    expect(saveBlockedBy(session)).toBeNull();
    expect(saveBlockedBy(checked(session, mine, [error]))).toBe('1 error blocks save');
    expect(saveBlockedBy(checked(session, mine, [error, error]))).toBe('2 errors block save');
    expect(saveBlockedBy(checked(session, mine, [{ ...error, severity: 'warning' }]))).toBeNull();
    expect(saveBlockedBy(edited(openSession(file(base, { writable: false })), mine))).toMatch(/may not write/);
    const yaml = openSession(file('uwsgi:\n', { path: '/srv/app/uwsgi.yaml', writable: false }));
    expect(saveBlockedBy(yaml)).toMatch(/this is YAML\. The tab Effective/);
  });

  it('ignores a check of a text that is no longer there', () => {
    const session = edited(openSession(file(base)), mine);
    expect(checked(session, base, [error])).toBe(session);
  });

  it('keeps what was typed while a save was under way', () => {
    const sending = saveStarted(edited(openSession(file(base)), mine));
    const typing = edited(sending, `${mine}threads = 2\n`);
    const session = saveDone(typing, file(mine), false, 5);
    expect(session.text).toBe(`${mine}threads = 2\n`);
    expect(isDirty(session)).toBe(true);
    expect(session.saved).toEqual({ atMs: 5, reloadsOnSave: false });
  });

  it('takes over a new version of the disk only when nothing is unsaved', () => {
    const clean = openSession(file(base));
    expect(reread(clean, file(theirs)).text).toBe(theirs);
    expect(reread(clean, file(theirs)).loaded).toEqual({ text: theirs });
    const dirty = edited(clean, mine);
    expect(reread(dirty, file(theirs))).toBe(dirty);
  });

  it('says why a save failed and can try again', () => {
    const failed = saveFailed(saveStarted(edited(openSession(file(base)), mine)), {
      code: 'x',
      message: 'No space left',
      hint: null,
    });
    expect(failed.saveError?.message).toBe('No space left');
    expect(saveBlockedBy(failed)).toBeNull();
  });
});

describe('a conflict on save', () => {
  const conflicted = saveConflicted(saveStarted(edited(openSession(file(base)), mine)), file(theirs));

  it('is told with the lines that differ, and offers a merge when they do not overlap', () => {
    expect(conflictWords(conflicted, '03:10:12')).toEqual({
      title: 'uwsgi.ini changed on the disk at 03:10:12, after you opened it.',
      text: 'Your line and theirs do not overlap. Nothing was written yet.',
      canMerge: true,
    });
    const session = mergedBoth(conflicted);
    expect(session.text).toBe(mine.replace('listen = 100', 'listen = 512'));
    expect(session.file.text).toBe(theirs);
    expect(session.conflict).toBeNull();
  });

  it('never merges lines that both changed', () => {
    const other = { ...conflicted, conflict: file(base.replace('processes = 2', 'processes = 8')) };
    expect(conflictWords(other, '03:10')?.canMerge).toBe(false);
    expect(mergedBoth(other)).toBe(other);
  });

  it('gives up the text here only when theirs is taken', () => {
    const session = tookTheirs(conflicted);
    expect(session.text).toBe(theirs);
    expect(isDirty(session)).toBe(false);
  });
});
