/**
 * The page's end of the Electron host's pipe: a transport over the two functions that the preload script puts on the
 * window. `null` is the end of the conversation, in both directions; every text is a message.
 */
import type { Transport } from './transport.ts';

export interface Bridge {
  send(text: string | null): void;
  /** Calls the listener with each message; returns what removes it. */
  onMessage(listener: (text: string | null) => void): () => void;
}

export function bridgeTransport(bridge: Bridge): Transport {
  let isOpen = true;
  const transport: Transport = {
    onMessage: null,
    onClose: null,
    send(text) {
      if (isOpen) bridge.send(text);
    },
    close() {
      if (!isOpen) return;
      bridge.send(null);
      end();
    },
  };
  const stop = bridge.onMessage((text) => {
    if (!isOpen) return;
    if (text === null) end();
    else transport.onMessage?.(text);
  });

  function end(): void {
    isOpen = false;
    stop();
    transport.onClose?.();
  }
  return transport;
}
