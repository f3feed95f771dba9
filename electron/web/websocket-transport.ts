/**
 * An RPC transport over one WebSocket. Keeps the link honest: a page that stops answering pings (a closed lid, a cut
 * tunnel) or that does not take what it is sent is let go, so that nothing piles up for it; it reconnects by itself.
 * https://www.rfc-editor.org/rfc/rfc6455
 */
import { WebSocket } from 'ws';
import type { Transport } from '../rpc/transport.ts';

const PING_INTERVAL_MS = 10_000;
/** What may wait for a slow page; beyond it the page has missed too much to be worth waiting for. */
const BACKLOG_MOST_BYTES = 32 * 1024 * 1024;
const POLICY_VIOLATION = 1008;

export interface WebSocketTransportOptions {
  /** A page is let go when it leaves two pings unanswered. */
  pingIntervalMs?: number;
  backlogMostBytes?: number;
}

/** `webSocket` must be open. The caller assigns `onMessage` and `onClose` in the same turn. */
export function webSocketTransport(webSocket: WebSocket, options: WebSocketTransportOptions = {}): Transport {
  const { pingIntervalMs = PING_INTERVAL_MS, backlogMostBytes = BACKLOG_MOST_BYTES } = options;
  let isOpen = true;
  let unansweredPings = 0;

  const pings = setInterval(() => {
    if (unansweredPings >= 2) return webSocket.terminate();
    unansweredPings += 1;
    webSocket.ping();
  }, pingIntervalMs);

  const transport: Transport = {
    onMessage: null,
    onClose: null,
    send(text) {
      if (!isOpen) return;
      if (webSocket.bufferedAmount > backlogMostBytes) webSocket.terminate();
      else webSocket.send(text);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      webSocket.close();
    },
  };

  webSocket.on('message', (data, isBinary) => {
    unansweredPings = 0;
    if (isBinary) webSocket.close(POLICY_VIOLATION, 'text only');
    else if (isOpen) transport.onMessage?.(textOf(data));
  });
  webSocket.on('pong', () => {
    unansweredPings = 0;
  });
  webSocket.on('close', () => {
    isOpen = false;
    clearInterval(pings);
    transport.onClose?.();
  });
  // A 'close' follows every error; a page's broken frame is nobody's fault here.
  webSocket.on('error', () => webSocket.terminate());
  return transport;
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
