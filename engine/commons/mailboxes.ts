/**
 * Messages between processes: mailboxes by name (`mule 1`, `mules`, `farm web`), each first in, first out. Whoever waits
 * may wait at several; a message goes to the one that has waited longest. A full mailbox refuses, as the kernel's buffer
 * does on uWSGI. Pure: waiting is the business of the operations.
 */

/** Waits for one message; `receive` is called at most once. */
export interface Receiver {
  mailboxes: readonly string[];
  receive: (mailbox: number, message: Buffer) => void;
}

interface Mailbox {
  messages: Buffer[];
  bytes: number;
}

/** Linux's usual buffer of a socket. */
const DEFAULT_MAX_BYTES = 212_992;
/** What a message counts beside its bytes, so that many empty ones find an end, too. */
const MESSAGE_OVERHEAD_BYTES = 64;

export class Mailboxes {
  /** Bytes that may wait in one mailbox. */
  maxBytes = DEFAULT_MAX_BYTES;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #receivers = new Set<Receiver>();

  /** False: it is full. One message is always taken, however long. */
  push(name: string, message: Uint8Array): boolean {
    for (const receiver of this.#receivers) {
      const index = receiver.mailboxes.indexOf(name);
      if (index === -1) continue;
      this.#receivers.delete(receiver);
      receiver.receive(index, Buffer.from(message));
      return true;
    }
    const mailbox = this.#mailboxes.get(name) ?? { messages: [], bytes: 0 };
    const bytes = message.length + MESSAGE_OVERHEAD_BYTES;
    if (mailbox.messages.length > 0 && mailbox.bytes + bytes > this.maxBytes) return false;
    mailbox.messages.push(Buffer.from(message));
    mailbox.bytes += bytes;
    this.#mailboxes.set(name, mailbox);
    return true;
  }

  /** True: it has received already; false: it waits, until `cancel`. */
  pull(receiver: Receiver): boolean {
    for (const [index, name] of receiver.mailboxes.entries()) {
      const mailbox = this.#mailboxes.get(name);
      const message = mailbox?.messages.shift();
      if (mailbox === undefined || message === undefined) continue;
      mailbox.bytes -= message.length + MESSAGE_OVERHEAD_BYTES;
      if (mailbox.messages.length === 0) this.#mailboxes.delete(name);
      receiver.receive(index, message);
      return true;
    }
    this.#receivers.add(receiver);
    return false;
  }

  cancel(receiver: Receiver): void {
    this.#receivers.delete(receiver);
  }

  /** `[name, messages that wait]` of those that have some. */
  report(): [name: string, count: number][] {
    return [...this.#mailboxes].map(([name, { messages }]) => [name, messages.length]);
  }
}
