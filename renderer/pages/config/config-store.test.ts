import { describe, expect, it } from 'vitest';
import { type MethodName, methods, type Result } from '../../../electron/contract/api.ts';
import type { ConfigDiagnostic, ConfigFile } from '../../../electron/contract/model.ts';
import { RpcError } from '../../../electron/rpc/errors.ts';
import { createConfigStore } from './config-store.ts';

/** The table in the form that keeps a method and its result together. */
const results: { [M in MethodName]: { result: { parse(raw: unknown): Result<M> } } } = methods;

function fileOf(text: string): ConfigFile {
  return {
    path: '/srv/uwsgi.ini',
    text,
    version: { sha256: text, mtimeMs: 1, sizeBytes: text.length },
    writable: true,
    readAtMs: 0,
    diagnostics: [],
  };
}

/** A disk with one file, answering as the core does, and a timer that fires when the test says so. */
function setUp(text: string) {
  const disk = {
    text: text as string | null,
    diagnostics: [] as ConfigDiagnostic[],
    failure: null as RpcError | null,
    /** Has to be typed; null: it is not read-only. */
    name: null as string | null,
    checks: 0,
  };
  const answer = (method: MethodName, params: unknown): unknown => {
    if (disk.failure) throw disk.failure;
    if (method === 'config.read') {
      if (disk.text === null) throw new RpcError({ code: 'config-gone', message: 'It does not exist.', hint: null });
      return fileOf(disk.text);
    }
    if (method === 'config.check') {
      disk.checks += 1;
      return disk.diagnostics;
    }
    const save = methods['config.save'].params.parse(params);
    if (disk.name !== null && save.confirmedName !== disk.name) {
      throw new RpcError({ code: 'name-needed', message: 'Its name has to be typed.', hint: null });
    }
    if (disk.text === null && save.makeAnew !== true) return { status: 'gone' } satisfies Result<'config.save'>;
    if (disk.text !== null && save.baseVersion.sha256 !== disk.text) {
      return { status: 'conflict', disk: fileOf(disk.text) } satisfies Result<'config.save'>;
    }
    disk.text = save.text;
    return { status: 'saved', file: fileOf(save.text), reloadsOnSave: false } satisfies Result<'config.save'>;
  };
  const timers: (() => void)[] = [];
  const store = createConfigStore({
    client: { call: async (method, params) => results[method].result.parse(answer(method, params)) },
    instanceId: 'i1',
    setTimer: (fire) => {
      timers.push(fire);
      return () => timers.splice(timers.indexOf(fire), 1);
    },
    now: () => 7,
  });
  const session = () => {
    const state = store.getState();
    if (state.status !== 'ready') throw new Error(`it is ${state.status}`);
    return state;
  };
  return { disk, store, session, timers };
}

const error: ConfigDiagnostic = {
  severity: 'error',
  line: 1,
  from: 0,
  to: 1,
  code: 'x',
  message: 'bad',
  option: null,
  fix: null,
};

describe('the configuration store', () => {
  it('reads, edits and saves', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    store.edit('b');
    expect(store.isDirty()).toBe(true);
    await store.save();
    expect(disk.text).toBe('b');
    expect(session()).toMatchObject({ saved: { atMs: 7 }, text: 'b' });
    expect(store.isDirty()).toBe(false);
  });

  it('checks once for many key strokes', async () => {
    const { disk, store, timers } = setUp('a');
    await store.open();
    for (const text of ['ab', 'abc', 'abcd']) store.edit(text);
    expect(timers).toHaveLength(1);
    timers[0]?.();
    expect(disk.checks).toBe(1);
  });

  it('checks the text before it is written, however quick the save is', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    disk.diagnostics = [error];
    store.edit('b');
    await store.save();
    expect(disk.text).toBe('a');
    expect(session().diagnostics).toEqual([error]);
  });

  it('waits for the name of a read-only server that the save would reload', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    disk.name = 'prod';
    store.edit('b');
    await store.save();
    expect(disk.text).toBe('a');
    expect(session()).toMatchObject({ saving: false, saveError: null });
    await store.confirm('other');
    expect(disk.text).toBe('a');
    expect(session().unconfirmed).not.toBeNull();
    await store.confirm(null);
    await store.confirm('prod');
    expect([disk.text, session().unconfirmed]).toEqual(['a', null]);
    await store.save();
    await store.confirm('prod');
    expect([disk.text, session().unconfirmed]).toEqual(['b', null]);
  });

  it('never writes over a version that was not seen', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    store.edit('mine');
    disk.text = 'theirs';
    await store.save();
    expect(disk.text).toBe('theirs');
    expect(session().conflict?.text).toBe('theirs');

    disk.text = 'theirs again';
    await store.resolve('mine');
    expect(disk.text).toBe('theirs again');
    expect(session().conflict?.text).toBe('theirs again');

    await store.resolve('mine');
    expect(disk.text).toBe('mine');
    expect(session().conflict).toBeNull();
  });

  it('takes theirs, or lets one go on typing', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    store.edit('mine');
    disk.text = 'theirs';
    await store.save();
    await store.resolve('cancel');
    expect(session()).toMatchObject({ text: 'mine', conflict: null });
    await store.save();
    await store.resolve('theirs');
    expect(session()).toMatchObject({ text: 'theirs', conflict: null });
  });

  it('writes both changes when they do not overlap', async () => {
    const { disk, store } = setUp('a\nb\nc');
    await store.open();
    store.edit('A\nb\nc');
    disk.text = 'a\nb\nC';
    await store.save();
    await store.resolve('merge');
    expect(disk.text).toBe('A\nb\nC');
  });

  it('says why it can not read, and keeps unsaved text when it can not save', async () => {
    const { disk, store, session } = setUp('a');
    disk.failure = new RpcError({ code: 'config-unknown', message: 'No file is known.', hint: 'Name it.' });
    await store.open();
    expect(store.getState()).toMatchObject({ status: 'failed', failure: { message: 'No file is known.' } });
    disk.failure = null;
    await store.open();
    store.edit('b');
    disk.failure = new RpcError({ code: 'disk-full', message: 'No space.', hint: null });
    await store.save();
    expect(session()).toMatchObject({ text: 'b', saving: false, saveError: { code: 'disk-full' } });
  });

  it('keeps the text of a file that is gone, and makes it anew only when it is asked to', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    disk.text = null;
    store.edit('b');
    await store.save();
    expect([disk.text, session().text, session().isGone]).toEqual([null, 'b', true]);
    await store.makeAnew();
    expect([disk.text, session().isGone, store.isDirty()]).toEqual(['b', false, false]);
  });

  it('notices that the file is gone when it is read again, and that it is back', async () => {
    const { disk, store, session } = setUp('a');
    await store.open();
    disk.text = null;
    await store.open();
    expect([session().isGone, session().text, store.isDirty()]).toEqual([true, 'a', true]);
    disk.text = 'other';
    await store.open();
    expect([session().isGone, session().text]).toEqual([false, 'other']);
  });

  it('says nothing of a check without a link, checks when it is back, and a save says that it was none', async () => {
    const { disk, store, session, timers } = setUp('a');
    const fire = async (): Promise<void> => {
      timers.splice(0).forEach((run) => run());
      await new Promise((resolve) => setTimeout(resolve));
    };
    await store.open();
    const down = new RpcError({ code: 'rpc-closed', message: 'The link closed.', hint: null });
    disk.failure = down;
    store.edit('b');
    await fire();
    expect(session().saveError).toBeNull();
    await store.save();
    expect(session().saveError?.message).toBe('Not saved: there is no link to Reeve itself.');
    expect([disk.text, session().text]).toEqual(['a', 'b']);
    store.edit('c');
    await fire();
    disk.failure = null;
    await fire();
    expect([disk.checks, session().checkedText]).toEqual([1, 'c']);
  });
});
