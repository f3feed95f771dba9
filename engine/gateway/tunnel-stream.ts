/**
 * A connection that the application has taken over (an HTTP upgrade, `rack.hijack`, `psgix.io`): bytes pass both ways as
 * they are, and each side may end before the other.
 */
import { FrameFlag, type ResponseHead } from './frames.ts';
import type { InputWindow } from './input-window.ts';
import type { UpgradedClient, UpgradedStream } from './upgraded-stream.ts';

export class TunnelStream implements UpgradedStream {
  readonly #client: UpgradedClient;
  readonly #input: InputWindow;
  #isClientOver = false;

  /** Status 0 of the head: the application writes the whole answer. */
  constructor(client: UpgradedClient, input: InputWindow, head: ResponseHead, protocol: string) {
    this.#client = client;
    this.#input = input;
    input.onRoom = () => client.resume();
    if (head.status === 0) return;
    const line = Buffer.from(`${protocol} ${head.status} `);
    client.write(Buffer.concat([line, head.block, Buffer.from('Connection: Upgrade\r\n\r\n')]));
  }

  received(chunk: Buffer): void {
    if (this.#isClientOver) return;
    this.#input.send(0, chunk);
    if (this.#input.isFull) this.#client.pause();
  }

  clientEnded(): void {
    if (this.#isClientOver) return;
    this.#isClientOver = true;
    this.#input.send(FrameFlag.CLOSED);
  }

  clientGone(): void {
    this.clientEnded();
  }

  data(bytes: Buffer): void {
    this.#client.write(bytes);
  }

  workerEnded(): void {
    this.#isClientOver = true;
    this.#client.finish();
  }

  tick(): void {
    // Both sides know what silence means; the engine does not.
  }
}
