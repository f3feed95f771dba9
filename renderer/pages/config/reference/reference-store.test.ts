import { describe, expect, it } from 'vitest';
import { createReferenceStore } from './reference-store.ts';

const option = (name: string) => ({ type: 'option', name }) as const;

describe('the pages of the reference', () => {
  it('are gone back and forward through, and what lay ahead is forgotten by a new one', () => {
    const store = createReferenceStore();
    const current = () => store.getState().trail[store.getState().at];
    store.open(option('harakiri'));
    store.go(option('master'));
    store.back();
    expect(current()).toEqual(option('harakiri'));
    store.forward();
    expect(current()).toEqual(option('master'));
    store.forward();
    expect(current()).toEqual(option('master'));
    store.back();
    store.go({ type: 'rule', code: 'harakiri-without-master' });
    store.forward();
    expect(current()).toEqual({ type: 'rule', code: 'harakiri-without-master' });
    store.back();
    store.back();
    store.back();
    expect(current()).toEqual({ type: 'index' });
  });

  it('count the same page once, and a page takes the place of what was searched', () => {
    const store = createReferenceStore();
    store.open(option('harakiri'));
    store.search('mas');
    store.open(option('harakiri'));
    expect(store.getState().trail).toHaveLength(2);
    expect(store.getState().query).toBe('');
  });

  it('take the focus whenever they are asked for from outside, not when one goes on reading', () => {
    const store = createReferenceStore();
    store.open(option('harakiri'));
    const { asked } = store.getState();
    store.go(option('master'));
    expect(store.getState().asked).toBe(asked);
    store.open(option('master'));
    expect(store.getState().asked).toBe(asked + 1);
  });

  it('speak of a text that was not saved after its tab is left, and of the file otherwise', () => {
    const store = createReferenceStore();
    const desk = { instanceId: 'shop', path: '/shop.ini', text: '[uwsgi]', diagnostics: [], isWritable: true };
    store.setDesk({ ...desk, isDirty: true });
    store.leaveDesk();
    expect(store.getState().desk?.text).toBe('[uwsgi]');
    store.setDesk({ ...desk, isDirty: false });
    store.leaveDesk();
    expect(store.getState().desk).toBeNull();
  });

  it('are kept while it is closed, the last fifty of them', () => {
    const store = createReferenceStore();
    for (let page = 0; page < 80; page += 1) store.open(option(`option-${page}`));
    store.close();
    expect(store.getState()).toMatchObject({ isOpen: false, at: 49 });
    expect(store.getState().trail).toHaveLength(50);
  });
});
