/**
 * What an upgraded connection gives to its worker: INPUT frames, as many ahead of the application as the window allows
 * (frames.ts). An application that takes nothing thus stops its client, and nothing piles up. Harakiri counts from the
 * first message that the application has not taken: how long a connection is open, or silent, does not.
 */
import { encodeInputFrame, INPUT_WINDOW_BYTES } from './frames.ts';
import type { GatewayRequest } from './request.ts';

export class InputWindow {
  /** Called when there is room again after the window was full. */
  onRoom: () => void = () => undefined;
  readonly #request: Pick<GatewayRequest, 'id' | 'wire'>;
  readonly #limitTime: (isLimited: boolean) => void;
  /** Bytes of frames that the application has not taken. */
  #aheadBytes = 0;
  #isFull = false;

  /** @param limitTime the application's time for a message begins, or (false) there is nothing that it must do */
  constructor(request: Pick<GatewayRequest, 'id' | 'wire'>, limitTime: (isLimited: boolean) => void) {
    this.#request = request;
    this.#limitTime = limitTime;
    limitTime(false);
  }

  /** Enough is sent for now: the client has to wait until half of it was taken. */
  get isFull(): boolean {
    return this.#isFull;
  }

  send(flags: number, ...parts: readonly Buffer[]): void {
    const { id, wire } = this.#request;
    if (wire === null) return;
    const frame = encodeInputFrame(id, flags, ...parts);
    if (this.#aheadBytes === 0) this.#limitTime(true);
    this.#aheadBytes += frame.length;
    this.#isFull ||= this.#aheadBytes >= INPUT_WINDOW_BYTES;
    wire.send(frame);
  }

  /** The application has taken so many bytes; false: more than it was sent. */
  consumed(byteCount: number): boolean {
    if (byteCount > this.#aheadBytes) return false;
    this.#aheadBytes -= byteCount;
    this.#limitTime(this.#aheadBytes > 0);
    if (this.#isFull && this.#aheadBytes <= INPUT_WINDOW_BYTES / 2) {
      this.#isFull = false;
      this.onRoom();
    }
    return true;
  }
}
