import { expect, it } from 'vitest';
import { type MethodName, methods, type Result } from '../../../../electron/contract/api.ts';
import type { ConfigDraft } from '../../../../electron/contract/desk-model.ts';
import type { ConfigFile } from '../../../../electron/contract/model.ts';
import { createConfigStore } from '../config-store.ts';
import { createDraftKeeper } from './draft-keeper.ts';

const results: { [M in MethodName]: { result: { parse(raw: unknown): Result<M> } } } = methods;

function fileOf(text: string): ConfigFile {
  const version = { sha256: text, mtimeMs: 1, sizeBytes: text.length };
  return { path: '/srv/uwsgi.ini', text, version, writable: true, readAtMs: 0, diagnostics: [] };
}

/** One file on a disk and a core that keeps one draft; timers fire when the test says so. */
function setUp(draft: ConfigDraft | null = null) {
  const core = { draft, text: 'base' };
  const answer = (method: MethodName, params: unknown): unknown => {
    if (method === 'config.desk') return { saveReloads: null, draft: core.draft };
    if (method === 'config.check') return [];
    if (method === 'config.read') return fileOf(core.text);
    if (method === 'config.keepDraft') {
      const { text, baseSha256 } = methods['config.keepDraft'].params.parse(params);
      core.draft = text === null ? null : { atMs: 1, baseSha256, text };
      return {};
    }
    core.text = methods['config.save'].params.parse(params).text;
    return { status: 'saved', file: fileOf(core.text), reloadsOnSave: false };
  };
  const timers = new Set<() => void>();
  const setTimer = (fire: () => void) => {
    timers.add(fire);
    return () => timers.delete(fire);
  };
  const client = {
    call: async <M extends MethodName>(method: M, params: unknown): Promise<Result<M>> =>
      results[method].result.parse(answer(method, params)),
  };
  const store = createConfigStore({ client, instanceId: 'i', setTimer, now: () => 1 });
  const keeper = createDraftKeeper({ client, instanceId: 'i', store, setTimer });
  const pass = () => {
    const due = [...timers];
    timers.clear();
    for (const fire of due) fire();
  };
  const text = () => {
    const state = store.getState();
    return state.status === 'ready' ? state.text : null;
  };
  return { core, store, keeper, pass, text };
}

it('what is typed is kept a moment later, and forgotten when it is saved or taken back', async () => {
  const { core, store, pass } = setUp();
  await store.open();
  store.edit('more');
  expect(core.draft).toBeNull();
  pass();
  expect(core.draft).toEqual({ atMs: 1, baseSha256: 'base', text: 'more' });
  store.revert();
  pass();
  expect(core.draft).toBeNull();
  store.edit('saved');
  pass();
  await store.save();
  pass();
  expect([core.draft, core.text]).toEqual([null, 'saved']);
});

it('a text of an earlier session is offered, and only put into the editor when it is asked for', async () => {
  const { core, store, keeper, pass, text } = setUp({ atMs: 5, baseSha256: 'base', text: 'half' });
  await store.open();
  await keeper.look();
  pass();
  expect([keeper.getState().offered?.text, text(), core.draft?.text]).toEqual(['half', 'base', 'half']);
  keeper.restore();
  expect([keeper.getState().offered, text(), store.isDirty()]).toEqual([null, 'half', true]);
});

it('one that is dropped is forgotten, one that was saved after all is not offered', async () => {
  const dropped = setUp({ atMs: 5, baseSha256: 'base', text: 'half' });
  await dropped.store.open();
  await dropped.keeper.look();
  dropped.keeper.drop();
  expect(dropped.core.draft).toBeNull();
  const saved = setUp({ atMs: 5, baseSha256: 'older', text: 'base' });
  await saved.store.open();
  await saved.keeper.look();
  expect([saved.keeper.getState().offered, saved.core.draft]).toEqual([null, null]);
});

it('a page that goes sends at once what it has', async () => {
  const { core, store, keeper } = setUp();
  await store.open();
  store.edit('last words');
  keeper.flush();
  expect(core.draft?.text).toBe('last words');
});
