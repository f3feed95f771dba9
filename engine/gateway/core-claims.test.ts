import { beforeEach, describe, expect, test } from 'vitest';
import { ClaimField, claimIndex, clearSlot, createScoreboard, forgetGateway, type Scoreboard } from '../scoreboard.ts';
import { CoreClaims } from './core-claims.ts';

let board: Scoreboard;
let nowMs: number;

beforeEach(() => {
  board = createScoreboard();
  nowMs = 1_700_000_000_000;
});

function gateways(count: number): CoreClaims[] {
  return Array.from({ length: count }, (_, id) => new CoreClaims(board, id, count, () => nowMs));
}

function pair(): [CoreClaims, CoreClaims] {
  return [new CoreClaims(board, 0, 2, () => nowMs), new CoreClaims(board, 1, 2, () => nowMs)];
}

const ignore = (): void => undefined;

describe('a core', () => {
  test("is one gateway's until that one gives it back", () => {
    const [one, two] = pair();
    expect([one.take(5), two.isFree(5), two.take(5)]).toEqual([true, false, false]);
    one.giveBack(5);
    expect([two.take(5), one.take(5)]).toEqual([true, false]);
  });

  test("that was closed is nobody's until its slot is cleared", () => {
    const [one, two] = pair();
    one.take(5);
    one.close(5);
    expect([one.take(5), two.take(5)]).toEqual([false, false]);
    clearSlot(board, 5);
    expect(two.take(5)).toBe(true);
  });

  test('that was cleared and claimed by another gateway is not taken from it by the one that had it before', () => {
    const [one, two] = pair();
    one.take(5);
    clearSlot(board, 5);
    two.take(5);
    one.giveBack(5);
    expect([one.isFree(5), one.take(5)]).toEqual([false, false]);
    expect(board.claims[claimIndex(0, ClaimField.held)]).toBe(0);
  });

  test('counts as busy for all gateways', () => {
    const [one, two] = pair();
    one.take(5);
    expect(two.busyCoresOf({ busyCores: 0, cores: [{ slot: 4 }, { slot: 5 }] })).toBe(1);
  });
});

describe('the next core', () => {
  test('is for the gateway that waits with fewer cores', () => {
    const [one, two] = pair();
    one.take(1);
    two.setWaiting(true, ignore);
    expect([one.mustYield(), two.mustYield()]).toEqual([true, false]);
    two.take(2);
    expect(one.mustYield()).toBe(false);
    two.setWaiting(false, ignore);
  });

  test('is for the one that has waited long, whoever has fewer cores, and for the longest first', () => {
    const [one, two] = pair();
    two.take(1);
    two.setWaiting(true, ignore);
    nowMs += 5;
    one.setWaiting(true, ignore);
    expect([one.mustYield(), two.mustYield()]).toEqual([false, true]);
    nowMs += 6;
    expect([one.mustYield(), two.mustYield()]).toEqual([true, false]);
    nowMs += 6;
    expect([one.mustYield(), two.mustYield()]).toEqual([true, false]);
    for (const claims of [one, two]) claims.setWaiting(false, ignore);
  });

  test('is not for the one that had the last one, however long it has had requests that wait', () => {
    const [one, two] = pair();
    one.setWaiting(true, ignore);
    nowMs += 50;
    two.setWaiting(true, ignore);
    nowMs += 1;
    one.take(1);
    nowMs += 20;
    one.giveBack(1);
    expect([one.mustYield(), two.mustYield()]).toEqual([true, false]);
    for (const claims of [one, two]) claims.setWaiting(false, ignore);
  });

  test("is always somebody's: gateways never all give way", () => {
    for (let seed = 0; seed < 200; seed++) {
      board = createScoreboard();
      const all = gateways(3);
      for (const [id, claims] of all.entries()) {
        for (let slot = 0; slot < (seed >> (2 * id)) % 4; slot++) claims.take(id * 8 + slot);
        nowMs += (seed * (id + 3)) % 9;
        claims.setWaiting(true, ignore);
      }
      nowMs += seed % 17;
      expect(all.some((claims) => !claims.mustYield())).toBe(true);
      for (const claims of all) claims.setWaiting(false, ignore);
    }
  });

  test('is not kept for a gateway that has died', () => {
    const [one, two] = pair();
    one.take(1);
    two.setWaiting(true, ignore);
    forgetGateway(board, 1);
    expect(one.mustYield()).toBe(false);
  });
});

describe('a gateway that waits', () => {
  test('is woken when a core is given back', async () => {
    const [one, two] = pair();
    one.take(1);
    const woken = new Promise<void>((resolve) => {
      expect(two.setWaiting(true, resolve)).toBe(true);
    });
    one.giveBack(1);
    await woken;
    expect(two.take(1)).toBe(true);
    two.setWaiting(false, ignore);
  });

  test('looks again by itself', async () => {
    const [one] = pair();
    await new Promise<void>((resolve) => {
      one.setWaiting(true, resolve);
    });
    one.setWaiting(false, ignore);
  });
});

test('request ids are distinct, rise, and are never 0', () => {
  const [one, two] = pair();
  expect([one.nextRequestId(0), two.nextRequestId(0)]).toEqual([1, 2]);
  expect([one.nextRequestId(1), two.nextRequestId(2)]).toEqual([3, 4]);
  expect([one.nextRequestId(0xffffffff), two.nextRequestId(0xfffffffe)]).toEqual([1, 2]);
});

test('one gateway alone claims nothing', () => {
  const [alone] = gateways(1);
  expect([alone?.take(1), alone?.take(1), alone?.isFree(1), alone?.mustYield()]).toEqual([true, true, true, false]);
  expect(board.claims.every((word) => word === 0)).toBe(true);
});
