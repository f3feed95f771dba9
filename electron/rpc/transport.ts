/**
 * What joins two sides of a conversation: a pipe of text messages. WebSocket, Electron IPC and memory each
 * implement it, and nothing else of the program knows which one it is. Whoever receives a transport assigns
 * `onMessage` and `onClose` at once, in the same turn; messages keep their order; nothing is delivered after close.
 */

export interface Transport {
  /** Sends one message. After close it does nothing: the caller learns of the end from `onClose`. */
  send(text: string): void;
  onMessage: ((text: string) => void) | null;
  /** Called once, also when the other side closed. */
  onClose: (() => void) | null;
  close(): void;
}

/** How code without a platform (no DOM, no Node) gets timers: returns what cancels it. */
export type SetTimer = (callback: () => void, ms: number) => () => void;

/** Two joined ends in one process. Delivery is asynchronous, as on every real transport. */
export function createMemoryPair(): { left: Transport; right: Transport } {
  const left = new MemoryEnd();
  const right = new MemoryEnd();
  left.join(right);
  right.join(left);
  return { left, right };
}

class MemoryEnd implements Transport {
  onMessage: ((text: string) => void) | null = null;
  onClose: (() => void) | null = null;
  #peer: MemoryEnd | null = null;
  #tail: Promise<void> = Promise.resolve();
  #closed = false;

  join(peer: MemoryEnd): void {
    this.#peer = peer;
  }

  send(text: string): void {
    if (!this.#closed) this.#peer?.receive(() => this.#peer?.onMessage?.(text));
  }

  close(): void {
    if (this.#closed) return;
    this.#end();
    this.#peer?.receive(() => this.#peer?.closedByPeer());
  }

  /** Runs in the turn after the ones before it; messages that were sent before a close still arrive. */
  receive(deliver: () => void): void {
    const before = this.#tail;
    this.#tail = this.#deliverAfter(before, deliver);
  }

  async #deliverAfter(before: Promise<void>, deliver: () => void): Promise<void> {
    await before;
    if (!this.#closed) deliver();
  }

  closedByPeer(): void {
    if (!this.#closed) this.#end();
  }

  #end(): void {
    this.#closed = true;
    this.onClose?.();
  }
}
