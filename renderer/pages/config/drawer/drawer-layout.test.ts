import { expect, it } from 'vitest';
import { createDrawerStore, DRAWER_HEIGHT_PX } from './drawer-layout.ts';

function memory(): { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void } {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

function refusing(): never {
  throw new Error('not allowed');
}

it('the drawer is as it was left: open, its tab, its height', () => {
  const storage = memory();
  const drawer = createDrawerStore(storage);
  drawer.show('drift');
  drawer.resize(310.4);
  expect(createDrawerStore(storage).getState()).toMatchObject({ isOpen: true, tab: 'drift', heightPx: 310 });
});

it('a comparison of two instances holds until Drift is opened for another reason', () => {
  const storage = memory();
  const drawer = createDrawerStore(storage);
  const comparison = { instanceId: 'a', other: { id: 'b', name: 'shop-2' } };
  drawer.compare(comparison);
  expect(drawer.getState()).toMatchObject({ isOpen: true, tab: 'drift', comparison });
  expect(createDrawerStore(storage).getState().comparison).toBeNull();
  drawer.show('drift');
  expect(drawer.getState().comparison).toBeNull();
});

it('its key opens a tab, changes to it, and closes the drawer where it shows', () => {
  const drawer = createDrawerStore(null);
  drawer.toggle('diff');
  expect(drawer.getState()).toMatchObject({ isOpen: true, tab: 'diff' });
  drawer.show('history');
  drawer.toggle('diff');
  expect(drawer.getState()).toMatchObject({ isOpen: true, tab: 'diff' });
  drawer.toggle('diff');
  expect(drawer.getState().isOpen).toBe(false);
});

it('nothing that is kept can make it unusable', () => {
  for (const kept of ['', 'open nonsense 5', 'open diff 5', 'open diff -1', 'open diff NaN', 'x'.repeat(1000)]) {
    expect(createDrawerStore({ getItem: () => kept, setItem: () => {} }).getState().heightPx).toBe(DRAWER_HEIGHT_PX);
  }
  const drawer = createDrawerStore({ getItem: refusing, setItem: refusing });
  drawer.resize(1);
  expect(drawer.getState().heightPx).toBeGreaterThan(50);
});
