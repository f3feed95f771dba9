/**
 * Finds the way to Reeve and keeps it open: the preload bridge where there is one, otherwise a WebSocket to the host
 * that served the page. A link token in the address (`#token=…`) is exchanged once for a cookie; the path it gives is
 * remembered, so that a second tab and a reload of the page work. After a loss it tries again with growing waits.
 */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Bridge, bridgeTransport } from '../electron/rpc/bridge-transport.ts';
import { RpcClient } from '../electron/rpc/client.ts';
import type { Transport } from '../electron/rpc/transport.ts';
import { type LinkState, retryDelayMs } from './stores/link.ts';

export interface HostConnection {
  client: RpcClient;
  link: StoreApi<LinkState>;
  retryNow: () => void;
}

const PATH_KEY = 'reeve.rpc-path';
const sessionSchema = z.object({ rpcPath: z.string().startsWith('/') });
const refusalSchema = z.object({ message: z.string(), hint: z.string().nullable() }).partial();

/** The host says no, and will say no again: a new link is needed. */
export class DeniedError extends Error {}

export type Connect = () => Promise<Transport>;

/** What keeping the link needs of the window. */
export interface HostPage {
  readonly location: { readonly hash: string };
  readonly document: {
    readonly hidden: boolean;
    addEventListener(type: 'visibilitychange', listener: () => void): void;
  };
  addEventListener(type: 'online' | 'hashchange', listener: () => void): void;
}

/** Starts connecting at once. `page` is the window; it is never asked which host it belongs to, only for the bridge. */
export function connectHost(page: Window): HostConnection {
  const bridge = bridgeOf(page);
  const connect: Connect = bridge ? () => Promise.resolve(bridgeTransport(bridge)) : () => openSocket(page);
  return keepConnected(connect, page);
}

/** Keeps one client joined to whatever `connect` opens, and tells how that stands. */
export function keepConnected(connect: Connect, page: HostPage): HostConnection {
  const client = new RpcClient({
    setTimer: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    onProtocolError: ({ message }) => console.error(message),
  });
  const link = createStore<LinkState>(() => ({ status: 'connecting' }));
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isTrying = false;

  async function attempt(): Promise<void> {
    if (isTrying || client.attached) return;
    isTrying = true;
    clearTimeout(timer);
    try {
      client.attach(await connect());
      tries = 0;
      link.setState({ status: 'open' }, true);
    } catch (error) {
      if (error instanceof DeniedError) link.setState({ status: 'denied', reason: error.message }, true);
      else waitAndRetry();
    } finally {
      isTrying = false;
    }
  }

  function waitAndRetry(): void {
    tries += 1;
    const state = link.getState();
    const sinceMs = state.status === 'lost' ? state.sinceMs : Date.now();
    const delayMs = retryDelayMs(tries);
    const reason = 'No link to Reeve itself: the program that serves this page does not answer.';
    link.setState({ status: 'lost', reason, sinceMs, nextTryAtMs: Date.now() + delayMs, tries }, true);
    timer = setTimeout(() => void attempt(), delayMs);
  }

  client.onAttachment((attached) => {
    if (!attached) waitAndRetry();
  });
  // A laptop that wakes up, or a network that comes back, need not wait for the timer.
  page.addEventListener('online', () => void attempt());
  page.document.addEventListener('visibilitychange', () => {
    if (!page.document.hidden && link.getState().status === 'lost') void attempt();
  });
  // A newer link that is pasted into the address of this page changes only the part after the hash.
  page.addEventListener('hashchange', () => {
    if (new URLSearchParams(page.location.hash.slice(1)).has('token')) void attempt();
  });
  void attempt();
  return { client, link, retryNow: () => void attempt() };
}

function bridgeOf(page: Window): Bridge | null {
  const found: unknown = Reflect.get(page, 'reeve');
  return isBridge(found) ? found : null;
}

function isBridge(value: unknown): value is Bridge {
  return (
    typeof value === 'object' &&
    value !== null &&
    'send' in value &&
    typeof value.send === 'function' &&
    'onMessage' in value &&
    typeof value.onMessage === 'function'
  );
}

async function openSocket(page: Window): Promise<Transport> {
  const path = await rpcPath(page);
  const socket = new WebSocket(new URL(path, page.location.href.replace(/^http/, 'ws')));
  const { promise, resolve, reject } = Promise.withResolvers<Transport>();
  const transport: Transport = {
    onMessage: null,
    onClose: null,
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
  socket.addEventListener('open', () => resolve(transport));
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') transport.onMessage?.(data);
  });
  socket.addEventListener('close', () => {
    transport.onClose?.();
    // A browser does not tell a page why an upgrade was refused: ask with a plain request.
    deniedReason(path).then(
      (reason) => reject(reason === null ? new Error('The WebSocket closed.') : denied(page, reason)),
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
  return promise;
}

/** Path of this browser's session: from the link token, or remembered from an earlier page. */
async function rpcPath(page: Window): Promise<string> {
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token');
  const remembered = page.localStorage.getItem(PATH_KEY);
  if (token === null) {
    if (remembered === null)
      throw new DeniedError(
        'This browser has no session with Reeve. Open the link that Reeve printed in its terminal.',
      );
    return remembered;
  }
  const response = await fetch('session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  // The token is of no use any more; it must not stay in the address or the history.
  page.history.replaceState(null, '', page.location.pathname + page.location.search);
  if (!response.ok) {
    // The link was used, but perhaps by this browser: its session may still be good.
    if (remembered !== null && (await deniedReason(remembered)) === null) return remembered;
    throw new DeniedError(await refusal(response));
  }
  const session = sessionSchema.parse(await response.json());
  page.localStorage.setItem(PATH_KEY, session.rpcPath);
  return session.rpcPath;
}

/** null while the session is good; rejects when the host does not answer at all. */
async function deniedReason(path: string): Promise<string | null> {
  const response = await fetch(path, { cache: 'no-store' });
  return response.status === 401 ? refusal(response) : null;
}

function denied(page: Window, reason: string): DeniedError {
  page.localStorage.removeItem(PATH_KEY);
  return new DeniedError(reason);
}

async function refusal(response: Response): Promise<string> {
  const body = refusalSchema.safeParse(await response.json().catch(() => ({})));
  const { message, hint } = body.success ? body.data : {};
  return [message ?? `Reeve answered ${response.status}.`, hint].filter(Boolean).join(' ');
}
