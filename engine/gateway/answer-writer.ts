/**
 * Writes one answer after the other to a client's outbox, framed as answer.ts plans it: exactly as many body bytes
 * as the head promises, or the connection must be closed, which the return values say.
 */
import { type AnswerContext, type AnswerPlan, encodeChunk, encodeError, LAST_CHUNK, planAnswer } from './answer.ts';
import type { ResponseHead } from './frames.ts';
import type { Outbox } from './outbox.ts';
import type { AnswerSize } from './request.ts';

/** Bodies up to this size are copied behind their head and leave in one write. */
const JOIN_BYTES = 65536;

export class AnswerWriter {
  context: AnswerContext;
  readonly #outbox: Outbox;
  #plan: AnswerPlan | null = null;
  #sentBytes = 0;

  constructor(outbox: Outbox, context: AnswerContext) {
    this.#outbox = outbox;
    this.context = context;
  }

  /** A whole answer. True: the connection may serve another request. */
  respond(head: ResponseHead, body: Buffer): boolean {
    const plan = planAnswer(head, this.context, body.length);
    const limit = plan.bodyBytes < 0 ? body.length : Math.min(body.length, plan.bodyBytes);
    if (limit === 0) {
      this.#outbox.write(plan.head);
    } else if (limit <= JOIN_BYTES) {
      const whole = Buffer.allocUnsafe(plan.head.length + limit);
      whole.set(plan.head, 0);
      body.copy(whole, plan.head.length, 0, limit);
      this.#outbox.write(whole);
    } else {
      this.#outbox.cork();
      this.#outbox.write(plan.head);
      this.#outbox.write(body.subarray(0, limit));
    }
    return plan.keepAlive && (plan.bodyBytes < 0 || limit === plan.bodyBytes);
  }

  /** The head of an answer whose body follows. */
  begin(head: ResponseHead): void {
    const plan = planAnswer(head, this.context, -1);
    this.#plan = plan;
    this.#sentBytes = 0;
    this.#outbox.cork();
    this.#outbox.write(plan.head);
  }

  data(bytes: Buffer): void {
    const plan = this.#plan;
    if (plan === null || bytes.length === 0) return;
    const left = plan.bodyBytes < 0 ? bytes.length : Math.min(bytes.length, plan.bodyBytes - this.#sentBytes);
    if (left <= 0) return;
    this.#sentBytes += left;
    this.#outbox.cork();
    this.#outbox.write(plan.framing === 'chunked' ? encodeChunk(bytes) : bytes.subarray(0, left));
  }

  /** The body is complete. True: the connection may serve another request. */
  end(): boolean {
    const plan = this.#plan;
    this.#plan = null;
    if (plan === null) return false;
    if (plan.framing === 'chunked') this.#outbox.write(LAST_CHUNK);
    return plan.keepAlive && (plan.bodyBytes < 0 || this.#sentBytes === plan.bodyBytes);
  }

  /** An error answer of the gateway's own; the connection ends after it. */
  refuse(status: number, reason?: string): AnswerSize {
    const { bytes, size } = encodeError(status, this.context, reason);
    this.#outbox.write(bytes);
    return size;
  }
}
