import { describe, expect, it } from 'vitest';
import type { EmperorStats, EmperorVassal } from '../../../engine/api/emperor-stats.ts';
import { vassalRows, vassalTrouble } from './vassal-rows.ts';

const AT_MS = 1_000_000_000;
const AT = AT_MS / 1000;

function vassal(more: Partial<EmperorVassal> & { id: string }): EmperorVassal {
  return {
    pid: 20,
    born: AT - 100,
    last_mod: AT - 500,
    last_heartbeat: 0,
    loyal: 0,
    ready: 0,
    accepting: 0,
    last_loyal: 0,
    last_ready: 0,
    last_accepting: 0,
    first_run: AT - 100,
    last_run: AT - 10,
    cursed: 0,
    zerg: 0,
    on_demand: '',
    uid: 33,
    gid: 34,
    monitor: '/etc/vassals',
    respawns: 0,
    ...more,
  };
}

function document(more: Partial<EmperorStats>): EmperorStats {
  return {
    version: '2.0.21',
    pid: 10,
    uid: 0,
    gid: 0,
    cwd: '/srv',
    emperor: ['/etc/vassals'],
    emperor_tyrant: 0,
    throttle_level: 0,
    vassals: [],
    blacklist: [],
    ...more,
  };
}

const facts = { atMs: AT_MS, aheadMs: 0, heartbeatMs: 30_000 };
const black = (id: string) => ({ id, throttle_level: 3_001, attempt: 3, first_attempt: AT - 9, last_attempt: AT - 1 });

describe('a vassal of a real uWSGI', () => {
  it.each<[string, Partial<EmperorVassal>, string, string]>([
    ['that has only a process is starting', {}, 'starting', 'off'],
    ['that starts for more than a minute should be looked at', { last_run: AT - 90 }, 'starting', 'warn'],
    ['that has loaded is ready', { ready: 1 }, 'ready', 'ok'],
    ['whose workers run is accepting', { ready: 1, accepting: 1 }, 'accepting', 'ok'],
    ['that has answered is loyal', { ready: 1, accepting: 1, loyal: 1 }, 'loyal', 'ok'],
    ['without a process is on demand', { pid: -1, on_demand: '127.0.0.1:80' }, 'on demand', 'off'],
    ['that was told to end is cursed', { loyal: 1, cursed: AT - 2 }, 'cursed', 'off'],
    ['that does not end should be looked at', { loyal: 1, cursed: AT - 90 }, 'cursed', 'warn'],
    ['whose heartbeat stays away is late', { loyal: 1, last_heartbeat: AT - 16 }, 'late', 'warn'],
    ['whose heartbeat comes is as it was', { loyal: 1, last_heartbeat: AT - 14 }, 'loyal', 'ok'],
  ])('%s', (_, more, state, level) => {
    const [row] = vassalRows(document({ vassals: [vassal({ id: 'a.ini', ...more })] }), facts);
    expect(row).toMatchObject({ id: 'a.ini', state, level });
  });

  it('that is on the blacklist only is throttled, with the reason and the time of its next start', () => {
    const [row] = vassalRows(document({ blacklist: [black('a.ini')] }), facts);
    expect(row).toMatchObject({
      state: 'throttled',
      level: 'crit',
      cause: 'It died before it was loyal, 3 times in a row.',
      monitor: '/etc/vassals',
      configPath: '/etc/vassals/a.ini',
      blacklist: { waitMs: 3_001, attempts: 3, nextAtMs: AT_MS - 1_000 + 3_001 },
    });
  });

  it('that is not tried again when its wait is over has lost its file, which is no trouble', () => {
    const rows = vassalRows(document({ blacklist: [{ ...black('a.ini'), last_attempt: AT - 70 }] }), facts);
    expect(rows).toMatchObject([{ state: 'gone', level: 'off' }]);
    expect(vassalTrouble(rows)).toBeNull();
  });

  it('that is on the blacklist while it is being buried is throttled, too, and one row', () => {
    const rows = vassalRows(
      document({ vassals: [vassal({ id: 'a.ini', cursed: AT - 1 })], blacklist: [black('a.ini')] }),
      facts,
    );
    expect(rows.map(({ state }) => state)).toEqual(['throttled']);
  });

  it('that has recovered and waits to be loyal is well', () => {
    const rows = vassalRows(
      document({ vassals: [vassal({ id: 'a.ini', accepting: 1 })], blacklist: [black('a.ini')] }),
      facts,
    );
    expect(rows).toMatchObject([{ state: 'accepting', level: 'ok', blacklist: { attempts: 3, nextAtMs: null } }]);
  });

  it.each([
    ['/etc/vassals', 'a.ini', '/etc/vassals/a.ini'],
    ['v/*.ini', 'v/a.ini', '/srv/v/a.ini'],
    ['/etc/*.ini', '/etc/a.ini', '/etc/a.ini'],
    ['pg://host=db;SELECT 1', 'shop', null],
  ])('of %s has its file where its name leads', (monitor, id, path) => {
    const [row] = vassalRows(document({ emperor: [monitor], vassals: [vassal({ id, monitor })] }), facts);
    expect(row?.configPath).toBe(path);
  });

  it('of the blacklist alone has no known file where several places are watched', () => {
    const [row] = vassalRows(document({ emperor: ['/a', '/b'], blacklist: [black('a.ini')] }), facts);
    expect(row).toMatchObject({ monitor: null, configPath: null });
  });

  it('has its times in our time where its machine is ahead', () => {
    const [row] = vassalRows(document({ vassals: [vassal({ id: 'a.ini' })] }), { ...facts, aheadMs: 5_000 });
    expect(row?.upSinceMs).toBe(AT_MS - 15_000);
  });
});

describe('a vassal of the bundled engine', () => {
  const own = { id: 'a.ini', monitor: '/etc/vassals', config: '/etc/vassals/a.ini', cause: '', next: 0 };

  it('has the state, the cause and the next start that the engine tells', () => {
    const reeve = { vassals: [{ ...own, state: 'throttled', cause: 'exited with code 22', next: AT + 4 }] };
    expect(vassalRows(document({ blacklist: [black('a.ini')], reeve }), facts)).toMatchObject([
      {
        state: 'throttled',
        cause: 'Exited with code 22; it died before it was loyal, 3 times in a row.',
        blacklist: { nextAtMs: AT_MS + 4_000 },
      },
    ]);
  });

  it('is ready when the engine calls it spawned, and late when its heartbeat is, whatever the engine says', () => {
    const spawned = { vassals: [{ ...own, state: 'spawned' }] };
    expect(vassalRows(document({ vassals: [vassal({ id: 'a.ini' })], reeve: spawned }), facts)[0]?.state).toBe('ready');
    const loyal = { vassals: [{ ...own, state: 'loyal' }] };
    const vassals = [vassal({ id: 'a.ini', last_heartbeat: AT - 20 })];
    expect(vassalRows(document({ vassals, reeve: loyal }), facts)[0]?.state).toBe('late');
  });

  it('that is refused is in trouble with its reason, and has no process', () => {
    const reeve = { vassals: [{ ...own, state: 'refused', cause: 'it belongs to root' }] };
    const rows = vassalRows(document({ reeve }), facts);
    expect(rows).toMatchObject([{ state: 'refused', level: 'crit', pid: null, cause: 'It belongs to root.' }]);
    expect(vassalTrouble(rows)?.sentence).toBe('a.ini is refused: it belongs to root.');
  });

  it('of the same name in two folders is two', () => {
    const vassals = [vassal({ id: 'a.ini', monitor: '/a' }), vassal({ id: 'a.ini', monitor: '/b' })];
    expect(new Set(vassalRows(document({ vassals }), facts).map(({ key }) => key)).size).toBe(2);
  });
});

describe('trouble of an emperor', () => {
  it('is nothing while all is well', () => {
    expect(vassalTrouble(vassalRows(document({ vassals: [vassal({ id: 'a.ini', loyal: 1 })] }), facts))).toBeNull();
  });

  it('names the worst and counts the others', () => {
    const vassals = [vassal({ id: 'slow.ini', last_run: AT - 90 })];
    const rows = vassalRows(document({ vassals, blacklist: [black('a.ini')] }), facts);
    expect(vassalTrouble(rows)).toEqual({
      level: 'crit',
      count: 2,
      sentence: 'a.ini is throttled: it died before it was loyal, 3 times in a row. 1 other vassal is in trouble, too.',
    });
  });
});
