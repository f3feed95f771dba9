/**
 * What every transport must do, as a list of cases without a test runner: a host's test makes a pair of joined
 * ends and runs each case on a fresh one. The same list is run in memory, over WebSocket and over Electron's IPC.
 *
 *   for (const { name, run } of transportCases) it(name, () => run(makePair));
 */
import type { SetTimer, Transport } from './transport.ts';

export interface TransportPair {
  left: Transport;
  right: Transport;
  /** Frees what the pair holds (sockets, servers); called after each case. */
  dispose?: () => Promise<void> | void;
}

export interface TransportCase {
  name: string;
  run: (makePair: () => Promise<TransportPair> | TransportPair, setTimer: SetTimer) => Promise<void>;
}

const DEADLINE_MS = 5_000;

export const transportCases: readonly TransportCase[] = [
  makeCase('carries a message each way', async ({ left, right, next }) => {
    left.send('to the right');
    expectEqual(await next(right), 'to the right');
    right.send('to the left');
    expectEqual(await next(left), 'to the left');
  }),
  makeCase('keeps the order of a burst', async ({ left, right, next }) => {
    for (let i = 0; i < 200; i += 1) left.send(`message ${i}`);
    for (let i = 0; i < 200; i += 1) expectEqual(await next(right), `message ${i}`);
  }),
  makeCase('keeps message boundaries and every character', async ({ left, right, next }) => {
    const texts = ['{}', '', 'a\nb\u0000c', 'ünïcödé \u{1F6A7} \u2028', 'x'.repeat(1024 * 1024)];
    for (const text of texts) right.send(text);
    for (const text of texts) expectEqual(await next(left), text);
  }),
  makeCase('tells both sides once when the left side closes', async ({ left, right, closed, closes }) => {
    left.close();
    await closed(right);
    await closed(left);
    left.close();
    right.close();
    expectEqual(closes(left), 1);
    expectEqual(closes(right), 1);
  }),
  makeCase('tells both sides once when the right side closes', async ({ left, right, closed, closes }) => {
    right.close();
    await closed(left);
    await closed(right);
    expectEqual(closes(left), 1);
    expectEqual(closes(right), 1);
  }),
  makeCase('delivers what was sent before a close', async ({ left, right, next, closed }) => {
    left.send('last words');
    left.close();
    expectEqual(await next(right), 'last words');
    await closed(right);
  }),
  makeCase('ignores what is sent after a close', async ({ left, right, closed, received }) => {
    left.close();
    await closed(right);
    left.send('too late');
    right.send('too late as well');
    await closed(left);
    expectEqual(received(left), 0);
    expectEqual(received(right), 0);
  }),
];

interface Bench extends TransportPair {
  next: (end: Transport) => Promise<string>;
  closed: (end: Transport) => Promise<void>;
  closes: (end: Transport) => number;
  received: (end: Transport) => number;
}

function makeCase(name: string, body: (bench: Bench) => Promise<void>): TransportCase {
  return {
    name,
    run: async (makePair, setTimer) => {
      const pair = await makePair();
      const left = new Recorder(pair.left);
      const right = new Recorder(pair.right);
      const of = (end: Transport): Recorder => (end === pair.left ? left : right);
      const { promise: late, reject } = Promise.withResolvers<never>();
      const cancel = setTimer(() => reject(new Error(`"${name}" did not finish in ${DEADLINE_MS} ms`)), DEADLINE_MS);
      try {
        const bench: Bench = {
          ...pair,
          next: async (end) => of(end).next(),
          closed: async (end) => of(end).closed,
          closes: (end) => of(end).closeCount,
          received: (end) => of(end).receivedCount,
        };
        await Promise.race([body(bench), late]);
      } finally {
        cancel();
        pair.left.close();
        pair.right.close();
        await pair.dispose?.();
      }
    },
  };
}

class Recorder {
  closeCount = 0;
  receivedCount = 0;
  readonly closed: Promise<void>;
  readonly #queue: string[] = [];
  readonly #waiting: ((text: string) => void)[] = [];

  constructor(transport: Transport) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.closed = promise;
    transport.onClose = () => {
      this.closeCount += 1;
      resolve(undefined);
    };
    transport.onMessage = (text) => {
      this.receivedCount += 1;
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#queue.push(text);
      else waiter(text);
    };
  }

  async next(): Promise<string> {
    const text = this.#queue.shift();
    if (text !== undefined) return text;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting.push(resolve);
    return promise;
  }
}

function expectEqual(actual: string | number, expected: string | number): void {
  if (actual === expected) return;
  throw new Error(`expected ${shorten(expected)}, got ${shorten(actual)}`);
}

function shorten(value: string | number): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}… (${text.length} characters)` : text;
}
