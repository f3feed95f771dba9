import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryPair, type Transport } from '../electron/rpc/transport.ts';
import { type Connect, DeniedError, keepConnected } from './host.ts';
import { FIRST_RETRY_MS } from './stores/link.ts';
import { createFakePage } from './testing/fake-page.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Ends that `connect` gave, newest last; each element of `plan` says how a try ends. */
function hostThat(...plan: ('open' | 'refuse' | 'deny')[]) {
  const opened: Transport[] = [];
  const page = createFakePage();
  let tries = 0;
  const connect: Connect = () => {
    const how = plan[tries] ?? 'open';
    tries += 1;
    if (how === 'refuse') return Promise.reject(new Error('refused'));
    if (how === 'deny') return Promise.reject(new DeniedError('Open the newest link.'));
    const { left, right } = createMemoryPair();
    opened.push(right);
    return Promise.resolve(left);
  };
  const connection = keepConnected(connect, page);
  return { ...connection, page, opened, tries: () => tries };
}

describe('the link to Reeve', () => {
  it('opens, is lost when the other side goes, and opens again by itself', async () => {
    const host = hostThat('open', 'refuse', 'open');
    await vi.advanceTimersByTimeAsync(0);
    expect(host.link.getState()).toEqual({ status: 'open' });
    host.opened[0]?.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(host.link.getState()).toMatchObject({ status: 'lost', tries: 1 });
    await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS);
    expect(host.link.getState()).toMatchObject({ status: 'lost', tries: 2 });
    await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS * 2);
    expect(host.link.getState()).toEqual({ status: 'open' });
    expect(host.client.attached).toBe(true);
  });

  it('keeps the time since when it is lost over all tries', async () => {
    const host = hostThat('open', 'refuse', 'refuse', 'refuse');
    await vi.advanceTimersByTimeAsync(0);
    host.opened[0]?.close();
    await vi.advanceTimersByTimeAsync(0);
    const lost = host.link.getState();
    await vi.advanceTimersByTimeAsync(3000);
    expect(host.link.getState()).toMatchObject({ status: 'lost', sinceMs: 'sinceMs' in lost ? lost.sinceMs : 0 });
  });

  it('is tried at once when asked, when the network is back, and when the page is looked at again', async () => {
    const host = hostThat('refuse', 'refuse', 'refuse', 'refuse', 'open');
    await vi.advanceTimersByTimeAsync(0);
    host.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    host.page.send('online');
    await vi.advanceTimersByTimeAsync(0);
    expect(host.tries()).toBe(3);
    host.page.setHidden(true);
    host.page.setHidden(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(host.tries()).toBe(4);
  });

  it('does not try again by itself when the host says no', async () => {
    const host = hostThat('deny', 'open');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.link.getState()).toEqual({ status: 'denied', reason: 'Open the newest link.' });
    expect(host.tries()).toBe(1);
    host.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(host.link.getState()).toEqual({ status: 'open' });
  });

  it('fails calls that were under way when it closed', async () => {
    const host = hostThat('open');
    await vi.advanceTimersByTimeAsync(0);
    const call = host.client.call('app.info', {});
    const failure = expect(call).rejects.toMatchObject({ code: 'rpc-closed' });
    host.opened[0]?.close();
    await vi.advanceTimersByTimeAsync(0);
    await failure;
  });
});
