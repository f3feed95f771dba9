import { describe, expect, it } from 'vitest';
import type { VassalRow } from '../../../electron/contract/emperor-model.ts';
import { applyChange } from '../../stores/emperor.ts';
import { countVassals, type ListOptions, listVassals } from './vassal-list.ts';

function row(id: string, more: Partial<VassalRow> = {}): VassalRow {
  return {
    key: `e\n${id}`,
    parentKey: null,
    depth: 0,
    emperorId: 'e',
    id,
    state: 'loyal',
    level: 'ok',
    cause: '',
    pid: 10,
    upSinceMs: 1_000,
    respawns: 0,
    uid: 0,
    gid: 0,
    monitor: '/v',
    configPath: `/v/${id}`,
    onDemand: null,
    changedAtMs: null,
    readyAtMs: null,
    loyalAtMs: null,
    heartbeatAtMs: null,
    blacklist: null,
    instanceId: null,
    isEmperor: false,
    ...more,
  };
}

const broken = row('z.ini', { state: 'throttled', level: 'crit', cause: 'It died early.' });
const emperor = row('sub.ini', { isEmperor: true });
const child = row('c.ini', { parentKey: emperor.key, depth: 1, emperorId: 's', state: 'late', level: 'warn' });
const rows = [row('b.ini'), row('a10.ini'), row('a9.ini'), emperor, child, broken];

function ids(options: Partial<ListOptions> = {}): string[] {
  const all: ListOptions = {
    filter: 'all',
    text: '',
    order: { by: 'state', isDown: false },
    folded: new Set(),
    ...options,
  };
  return listVassals(rows, all).map(({ id }) => id);
}

describe('the list of vassals', () => {
  it('has trouble on top, an emperor as high as its worst vassal, and names as people count', () => {
    expect(ids()).toEqual(['z.ini', 'sub.ini', 'c.ini', 'a9.ini', 'a10.ini', 'b.ini']);
  });

  it('keeps the way to a match, and leaves out what is folded', () => {
    expect(ids({ filter: 'late' })).toEqual(['sub.ini', 'c.ini']);
    expect(ids({ folded: new Set([emperor.key]) })).not.toContain('c.ini');
  });

  it('finds by name, by cause and by process', () => {
    expect(ids({ text: 'DIED' })).toEqual(['z.ini']);
    expect(ids({ text: 'a1' })).toEqual(['a10.ini']);
    expect(ids({ text: 'nothing' })).toEqual([]);
  });

  it('is sorted by what was asked, vassals still below their emperor', () => {
    expect(ids({ order: { by: 'name', isDown: true } })).toEqual([
      'z.ini',
      'sub.ini',
      'c.ini',
      'b.ini',
      'a10.ini',
      'a9.ini',
    ]);
  });

  it('counts its states, its trouble and its blacklist', () => {
    expect(countVassals(rows)).toMatchObject({ all: 6, trouble: 2, blacklist: 0, loyal: 4, throttled: 1, late: 1 });
  });
});

describe('a change of vassals', () => {
  const head = { atMs: 1, pid: 1, monitors: ['/v'], tyrant: false, tellsCauses: true };

  it('without news leaves the list as it is', () => {
    expect(applyChange({ head, vassals: rows }, { head, changed: [], order: null }).vassals).toBe(rows);
  });

  it('replaces rows in their place, and follows a new order', () => {
    const mended = { ...broken, state: 'loyal' as const };
    const next = applyChange({ head, vassals: rows }, { head, changed: [mended], order: null });
    expect(next.vassals.at(-1)?.state).toBe('loyal');
    expect(next.vassals[0]).toBe(rows[0]);
    const fewer = applyChange(next, { head, changed: [], order: [broken.key, emperor.key] });
    expect(fewer.vassals.map(({ id }) => id)).toEqual(['z.ini', 'sub.ini']);
  });
});
