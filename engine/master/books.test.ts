import { describe, expect, it } from 'vitest';
import { appIndex, createScoreboard, SLOT_COUNT, SlotField, slotIndex } from '../scoreboard.ts';
import { Accounts } from './accounts.ts';
import { OverdueScanner } from './overdue.ts';
import { Rig } from './testing/rig.ts';

const board = createScoreboard();

function set(slot: number, values: Partial<Record<keyof typeof SlotField, number>>): void {
  for (const [name, field] of Object.entries(SlotField)) {
    const value = Object.entries(values).find(([key]) => key === name)?.[1];
    if (value !== undefined) board.slots[slotIndex(slot, field)] = value;
  }
}

function admit(accounts: Accounts, spawnId: number, cores = 1): number[] {
  const slots = accounts.admit(spawnId, 1, 1, cores, 5000);
  if (slots === null) throw new Error('no slots');
  return slots;
}

function running(threads: number): { rig: Rig; accounts: Accounts; slots: number[] } {
  const rig = Rig.serving({ processes: 1, threads });
  const accounts = new Accounts(board);
  return { rig, accounts, slots: admit(accounts, 1, threads) };
}

describe('the books of a worker number', () => {
  it('sum over its processes, core by core, and keep the last average', () => {
    const accounts = new Accounts(board);
    const first = admit(accounts, 1, 2);
    accounts.connected(1);
    set(first[0] ?? 0, { requests: 3, txBytes: 30, avgRtMicros: 100 });
    set(first[1] ?? 0, { requests: 1, txBytes: 10, avgRtMicros: 300, exceptions: 1 });
    accounts.gone(1, 6000);
    accounts.coreLost(1);
    accounts.coreLost(1);
    const second = admit(accounts, 2, 2);
    set(second[0] ?? 0, { requests: 2, txBytes: 5 });
    const totals = accounts.totalsOf(1, 1);
    expect(totals.cores.map((core) => core.requests)).toEqual([5, 1]);
    expect(totals.cores.map((core) => core.txBytes)).toEqual([35, 10]);
    expect(totals.cores[1]?.exceptions).toBe(1);
    expect(totals).toMatchObject({ spawns: 2, lastSpawnMs: 5000, harakiris: 0 });
    expect(accounts.totalsOf(2, 1)).toMatchObject({ cores: [], spawns: 0 });
  });

  it('know how many requests were ever answered, also by a process that is gone', () => {
    const accounts = new Accounts(board);
    const first = admit(accounts, 1);
    accounts.connected(1);
    set(first[0] ?? 0, { requests: 3 });
    expect(accounts.requestsEver).toBe(3);
    accounts.gone(1, 6000);
    expect(accounts.requestsEver).toBe(3);
    accounts.coreLost(1);
    accounts.forgetGeneration(1);
    const second = admit(accounts, 2);
    expect(accounts.requestsEver).toBe(3);
    set(second[0] ?? 0, { requests: 2 });
    expect(accounts.requestsEver).toBe(5);
  });

  it('count applications apart, over processes and cores', () => {
    const accounts = new Accounts(board);
    for (const spawnId of [1, 2]) {
      for (const slot of admit(accounts, spawnId, 2)) {
        board.apps[appIndex(slot, 2, 'requests')] = 5;
        board.apps[appIndex(slot, 2, 'exceptions')] = spawnId;
      }
    }
    expect(accounts.totalsOf(1, 1).apps[2]).toEqual({ requests: 20, exceptions: 6 });
    accounts.connected(1);
    accounts.gone(1, 6000);
    accounts.coreLost(1);
    accounts.coreLost(1);
    expect(accounts.totalsOf(1, 1).apps[2]).toEqual({ requests: 20, exceptions: 6 });
  });

  it('never count a process twice: its slots leave when the gateways have let go of them', () => {
    const accounts = new Accounts(board);
    const [slot = 0] = admit(accounts, 1);
    accounts.connected(1);
    set(slot, { requests: 4 });
    accounts.gone(1, 6000);
    expect(accounts.totalsOf(1, 1).cores[0]?.requests).toBe(4);
    accounts.coreLost(1);
    expect(accounts.totalsOf(1, 1).cores[0]?.requests).toBe(4);
    expect(accounts.slotsOf(1)).toEqual([]);
    expect(accounts.read(slot, SlotField.requests)).toBe(0);
  });

  it('free the slots of a process that never connected after a while', () => {
    const accounts = new Accounts(board);
    admit(accounts, 1);
    accounts.gone(1, 6000);
    accounts.tick(15_999);
    expect(accounts.slotsOf(1)).toHaveLength(1);
    accounts.tick(16_000);
    expect(accounts.slotsOf(1)).toEqual([]);
  });

  it('say when there is no room', () => {
    const accounts = new Accounts(board);
    expect(accounts.admit(1, 1, 1, SLOT_COUNT, 0)).toHaveLength(SLOT_COUNT);
    expect(accounts.admit(2, 1, 2, 1, 0)).toBeNull();
  });
});

/** Nobody waits, and nobody has to. */
const CALM = { waiting: 0, threshold: 0 };

describe('the scan for overdue requests', () => {
  it('reports a request once, and says when the next one is due', () => {
    const { rig, accounts, slots } = running(1);
    const scanner = new OverdueScanner();
    set(slots[0] ?? 0, { requestId: 9, startMs: 1000, deadlineMs: 4000 });
    expect(scanner.scan(rig.state, accounts, 3999, CALM)).toEqual({ events: [], nextMs: 4000 });
    expect(scanner.scan(rig.state, accounts, 4000, CALM).events).toEqual([
      { type: 'request-overdue', spawnId: 1, core: 0, requestId: 9, seconds: 3, siblingsUntilMs: null },
    ]);
    expect(scanner.scan(rig.state, accounts, 5000, CALM)).toEqual({ events: [], nextMs: null });
    set(slots[0] ?? 0, { requestId: 10, deadlineMs: 4500 });
    expect(scanner.scan(rig.state, accounts, 5000, CALM).events).toHaveLength(1);
  });

  it('says how long the other cores of the worker may take', () => {
    const { rig, accounts, slots } = running(3);
    const [first = 0, second = 0] = slots;
    set(first, { requestId: 1, startMs: 0, deadlineMs: 1000 });
    set(second, { requestId: 2, startMs: 500, deadlineMs: 1500 });
    const scanner = new OverdueScanner();
    expect(scanner.scan(rig.state, accounts, 1000, CALM).events).toMatchObject([{ core: 0, siblingsUntilMs: 1500 }]);
    expect(scanner.scan(rig.state, accounts, 1500, CALM).events).toMatchObject([{ core: 1, siblingsUntilMs: null }]);
  });

  it('spares everybody while fewer requests wait than harakiri-queue-threshold says, and looks again', () => {
    const { rig, accounts, slots } = running(1);
    const scanner = new OverdueScanner();
    set(slots[0] ?? 0, { requestId: 9, startMs: 1000, deadlineMs: 4000 });
    const spared = scanner.scan(rig.state, accounts, 4000, { waiting: 4, threshold: 5 });
    expect(spared).toEqual({ events: [], nextMs: 5000 });
    expect(scanner.scan(rig.state, accounts, 5000, { waiting: 5, threshold: 5 }).events).toHaveLength(1);
  });
});
