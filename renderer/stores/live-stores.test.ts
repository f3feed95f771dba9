import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { NO_CHANGES } from '../../electron/contract/tick-changes.ts';
import { RpcError } from '../../electron/rpc/errors.ts';
import { createFrameSource } from '../charts/frame-source.ts';
import { listCommands, runCommand } from '../commands/commands.ts';
import { createFakeCore, type FakeCore } from '../testing/fake-core.ts';
import { createFakePage, type FakePage } from '../testing/fake-page.ts';
import { type AppStores, createAppStores } from './app.ts';
import { homeRoute } from './home-route.ts';
import type { LinkState } from './link.ts';
import { fleetRoute, instanceRoute } from './router.ts';

let core: FakeCore;
let page: FakePage;
let stores: AppStores;

beforeEach(async () => {
  core = createFakeCore({ autoTick: false, historyS: 30, nowMs: Date.UTC(2026, 10, 22, 12) });
  page = createFakePage();
  const link = createStore<LinkState>(() => ({ status: 'open' }));
  stores = createAppStores({ client: core, link, retryLink: () => undefined, page });
  await vi.waitUntil(
    () => stores.instances.getState().status === 'ready' && stores.settings.getState().status === 'ready',
  );
});

afterEach(() => {
  stores.dispose();
  core.dispose();
});

async function openCheckout(): Promise<() => void> {
  const release = stores.watch.open('checkout');
  await vi.waitUntil(() => stores.watch.getState().status === 'live');
  return release;
}

describe('the list of instances', () => {
  it('follows changes, and takes a new snapshot after a missed one', async () => {
    core.tick();
    expect(stores.instances.getState().seq).toBe(1);
    core.emit('instances.changed', {
      seq: 40,
      changed: [],
      figures: [],
      removed: ['checkout'],
      status: stores.instances.getState().totals ?? never(),
    });
    expect(stores.instances.getState().byId['checkout']).toBeDefined();
    core.tick();
    await vi.waitUntil(() => stores.instances.getState().seq === 2);
    expect(stores.instances.getState().byId['checkout']).toBeDefined();
  });

  it('keeps its figures while the link is down and takes a snapshot when it is back', async () => {
    core.setAttached(false);
    expect(stores.instances.getState().ids.length).toBeGreaterThan(5);
    core.tick();
    core.tick();
    core.setAttached(true);
    await vi.waitUntil(() => stores.instances.getState().seq === 2);
  });
});

describe('the watched instance', () => {
  it('fills the ring from the snapshot and then one row a tick', async () => {
    await openCheckout();
    const { ring } = stores.watch;
    const rows = ring.length;
    const { ringVersion } = stores.watch.getState();
    core.tick();
    expect(ring.length).toBe(rows + 1);
    expect(stores.watch.getState().ringVersion).toBeGreaterThan(ringVersion);
    expect(stores.watch.getState().workers).toHaveLength(16);
  });

  it('takes a new snapshot after a missed tick, without rows out of order', async () => {
    await openCheckout();
    core.emit('tick', {
      instanceId: 'checkout',
      seq: 9,
      atMs: 1,
      row: null,
      states: '',
      ...NO_CHANGES,
      events: [],
    });
    expect(stores.watch.getState().status).toBe('loading');
    await vi.waitUntil(() => stores.watch.getState().status === 'live');
    core.tick();
    expect(stores.watch.getState().seq).toBe(1);
    const { ring } = stores.watch;
    for (let index = 1; index < ring.length; index += 1)
      expect(ring.timeAt(index)).toBeGreaterThan(ring.timeAt(index - 1));
  });

  it('is watched again when the link comes back', async () => {
    await openCheckout();
    const calls = vi.spyOn(core, 'call');
    core.setAttached(false);
    core.setAttached(true);
    expect(calls).toHaveBeenCalledWith('instances.watch', { instanceId: 'checkout' });
  });

  it('is let go: no more ticks, nothing left of it', async () => {
    const release = await openCheckout();
    const calls = vi.spyOn(core, 'call');
    release();
    expect(calls).toHaveBeenCalledWith('instances.unwatch', { instanceId: 'checkout' });
    expect(stores.watch.getState()).toMatchObject({ status: 'idle', instanceId: null, workers: [] });
    expect(stores.watch.ring.length).toBe(0);
  });

  it('is the last one asked for when two are opened one after the other', async () => {
    const first = stores.watch.open('hello');
    await openCheckout();
    first();
    expect(stores.watch.getState()).toMatchObject({ status: 'live', instanceId: 'checkout' });
  });

  it('says why it can not be watched', async () => {
    stores.watch.open('nobody');
    await vi.waitUntil(() => stores.watch.getState().status === 'failed');
    expect(stores.watch.getState().failure?.message).toContain('nobody');
  });
});

describe('the frame of the charts', () => {
  it('moves with each tick, and stands still while held or hidden', async () => {
    await openCheckout();
    const source = createFrameSource(stores, page.document, 300_000);
    const first = source.current();
    core.tick();
    const second = source.current();
    expect(second.toMs - first.toMs).toBe(1000);
    stores.ui.toggleHold();
    core.tick();
    expect(source.current()).toBe(second);
    stores.ui.toggleHold();
    expect(source.current().toMs - second.toMs).toBe(1000);
    page.setHidden(true);
    core.tick();
    expect(source.current().toMs - second.toMs).toBe(1000);
    page.setHidden(false);
    expect(source.current().toMs - second.toMs).toBe(2000);
  });
});

describe('settings', () => {
  it('show a change at once and take it back when the core refuses it', async () => {
    vi.spyOn(core, 'call').mockRejectedValueOnce(new Error('The disk is full.'));
    const change = stores.settings.change({ theme: 'light' });
    expect(stores.settings.getState().settings.theme).toBe('light');
    await change;
    expect(stores.settings.getState().settings.theme).toBe('dark');
    expect(stores.settings.getState().failure?.message).toBe('The disk is full.');
  });
});

describe('routes', () => {
  it('begin at the sample until its list is closed, then at the fleet', async () => {
    const home = () => homeRoute(stores.instances.getState(), stores.settings.getState());
    expect(home()).toEqual(instanceRoute('hello'));
    await stores.settings.change({ firstRunClosed: true });
    expect(home()).toEqual(fleetRoute());
  });

  it('go back with the back button', () => {
    stores.router.go(fleetRoute());
    stores.router.go(instanceRoute('checkout', 'workers', { worker: 7 }));
    page.back();
    expect(stores.router.getState().route).toEqual(fleetRoute());
  });
});

describe('commands', () => {
  it('have ids and shortcuts of their own, on every page', () => {
    for (const route of [fleetRoute(), instanceRoute('checkout'), instanceRoute('hello')]) {
      stores.router.go(route);
      const commands = listCommands(stores);
      const ids = commands.map(({ id }) => id);
      const shortcuts = commands.flatMap(({ shortcut }) => shortcut ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      expect(new Set(shortcuts).size).toBe(shortcuts.length);
    }
  });

  it('say why they can not run: no instance open, not our engine', () => {
    const whyNot = (id: string) => listCommands(stores).find((command) => command.id === id)?.whyNot;
    stores.router.go(fleetRoute());
    expect(whyNot('instance.reload')).toBe('Open an instance first.');
    stores.router.go(instanceRoute('checkout'));
    expect(whyNot('instance.reload')).toBeNull();
    expect(whyNot('engine.stop')).toContain('does not run checkout itself');
    stores.router.go(instanceRoute('hello'));
    expect(whyNot('engine.stop')).toBeNull();
    expect(whyNot('engine.start')).toBe('hello runs already.');
  });

  it('do what they say', async () => {
    stores.router.go(instanceRoute('hello'));
    runCommand(stores, 'tab.config');
    expect(stores.router.getState().route).toEqual(instanceRoute('hello', 'config'));
    runCommand(stores, 'engine.stop');
    await vi.waitUntil(() => stores.instances.getState().byId['hello']?.engine?.status === 'stopped');
    runCommand(stores, 'app.attach');
    expect(stores.ui.getState().dialog).toEqual({ type: 'attach' });
  });

  it('show a file that runs commands instead of starting it', async () => {
    stores.router.go(instanceRoute('hello'));
    const refusal = new RpcError({ code: 'trust-needed', message: 'It runs commands.', hint: null });
    vi.spyOn(core, 'call').mockRejectedValueOnce(refusal);
    runCommand(stores, 'engine.restart');
    await vi.waitUntil(() => stores.ui.getState().dialog !== null);
    const path = stores.instances.getState().byId['hello']?.configPath;
    expect(stores.ui.getState().dialog).toEqual({ type: 'open', path });
  });
});

function never(): never {
  throw new Error('There are no totals.');
}
