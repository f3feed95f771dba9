import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { vassalsFromRows } from './vassal-rows.ts';

const RULES = { extraExtensions: ['.vassal'], isTyrant: false, folder: '/srv', uid: 33, gid: 34 };
const CONFIG = '[uwsgi]\nmaster = true\n';
const refusalOf = (row: unknown[], rules = RULES): string | null => vassalsFromRows([row], rules)[0]?.refusal ?? null;

describe('rows of a query', () => {
  test('are name, configuration, time, uid, gid and socket by their place', () => {
    expect(vassalsFromRows([['shop.ini', CONFIG, '1700000000', '1000', 1001n, '/run/shop.sock']], RULES)).toEqual([
      {
        id: 'shop.ini',
        file: '',
        folder: '/srv',
        config: CONFIG,
        mtimeMs: 1_700_000_000_000,
        mark: '1700000000000',
        uid: 1000,
        gid: 1001,
        onDemand: '/run/shop.sock',
        refusal: null,
      },
    ]);
  });

  test('need the first two only: the emperor lends its user, and nothing else is as good as empty', () => {
    for (const row of [
      ['shop.ini', CONFIG],
      ['shop.ini', CONFIG, null, null, null, null],
      ['shop.ini', CONFIG, 0, '', '', ''],
    ]) {
      expect(vassalsFromRows([row], RULES)[0]).toMatchObject({
        mtimeMs: 0,
        uid: 33,
        gid: 34,
        onDemand: '',
        refusal: null,
      });
    }
  });

  test.each([
    [1_700_000_000, 1_700_000_000_000],
    ['1700000000.25', 1_700_000_000_250],
    ['2023-11-14 22:13:20+00', 1_700_000_000_000],
    ['2023-11-14 22:13:20.5Z', 1_700_000_000_500],
    ['2023-11-15T00:13:20+02:00', 1_700_000_000_000],
  ])('have a time of seconds or as databases print it: %s', (time, ms) => {
    expect(vassalsFromRows([['a.ini', CONFIG, time]], RULES)[0]).toMatchObject({ mtimeMs: ms, refusal: null });
  });

  test.each([
    [['', CONFIG], /no name/],
    [[null, CONFIG], /no name/],
    [['../shop.ini', CONFIG], /must not be a path/],
    [['/etc/shop.ini', CONFIG], /must not be a path/],
    [['a\\b.ini', CONFIG], /must not be a path/],
    [['.ini', CONFIG], /must not be a path/],
    [['a\n.ini', CONFIG], /control characters/],
    [['a\0.ini', CONFIG], /control characters/],
    [[`${'ä'.repeat(126)}.ini`, CONFIG], /too long/],
    [['shop', CONFIG], /no ending/],
    [['shop.txt', CONFIG], /no ending/],
    [['shop.ini', ' \n'], /is empty/],
    [['shop.ini'], /is empty/],
    [['shop.ini', 'a\0b'], /no text/],
    [['shop.ini', 'x'.repeat(65_536)], /more than 65535 bytes/],
    [['shop.ini', CONFIG, 'yesterday'], /time of change/],
  ])('that can be no vassal are refused: %j', (row, why) => {
    expect(refusalOf(row)).toMatch(why);
  });

  test('may have an ending of their own, and a name that is no ASCII', () => {
    expect(refusalOf(['shop.vassal', CONFIG])).toBeNull();
    expect(refusalOf(['lädchen 1.ini', CONFIG])).toBeNull();
  });

  test('of one name are refused together, since nobody can tell which one is meant', () => {
    const found = vassalsFromRows(
      [
        ['a.ini', CONFIG],
        ['b.ini', CONFIG],
        ['a.ini', `${CONFIG}x = y`],
      ],
      RULES,
    );
    expect(found.map(({ id, refusal }) => [id, refusal])).toEqual([
      ['a.ini', 'several rows have its name'],
      ['b.ini', null],
    ]);
  });

  test('need a user and a group that is not root under a tyrant', () => {
    const tyrant = { ...RULES, isTyrant: true };
    expect(refusalOf(['a.ini', CONFIG, 0, 1000, 1000], tyrant)).toBeNull();
    expect(refusalOf(['a.ini', CONFIG, 0, null, 1000], tyrant)).toMatch(/no uid and gid/);
    expect(refusalOf(['a.ini', CONFIG, 0, -1, 1000], tyrant)).toMatch(/no uid and gid/);
    expect(refusalOf(['a.ini', CONFIG, 0, 4_294_967_295, 1000], tyrant)).toMatch(/no uid and gid/);
    expect(refusalOf(['a.ini', CONFIG, 0, 1000, 0], tyrant)).toMatch(/invalid permissions/);
  });

  test('of any kind give vassals with unique ids that can be printed', () => {
    const cell = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null), fc.uint8Array());
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 7 })), (rows) => {
        const ids = vassalsFromRows(rows, RULES).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).not.toMatch(/[\n\r\0]/);
      }),
    );
  });
});
