/**
 * Writes one answer after the other to a client's outbox, framed as answer.ts plans it: exactly as many body bytes
 * as the head promises, or the connection must be closed, which the return values say.
 */
import { type AnswerContext, type AnswerPlan, encodeChunk, encodeError, LAST_CHUNK, planAnswer } from './answer.ts';
import type { ResponseHead } from './frames.ts';
import { GzipBody, gzipHead } from './gzip-body.ts';
import type { Outbox } from './outbox.ts';
import type { AnswerSize } from './request.ts';

/** Bodies up to this size are copied behind their head and leave in one write. */
const JOIN_BYTES = 65536;

export class AnswerWriter {
  readonly #context: AnswerContext;
  readonly #outbox: Outbox;
  #plan: AnswerPlan | null = null;
  #sentBytes = 0;
  #gzip: GzipBody | null = null;

  /** @param context what the protocol knows of the present request; it changes with each */
  constructor(outbox: Outbox, context: AnswerContext) {
    this.#outbox = outbox;
    this.#context = context;
  }

  /** A whole answer. True: the connection may serve another request. */
  respond(head: ResponseHead, body: Buffer): boolean {
    const context = this.#context;
    const zipped = context.acceptsGzip ? gzipHead(head) : null;
    if (zipped !== null || context.envelope !== null) {
      this.#begin(head, zipped);
      this.data(body);
      return this.end();
    }
    const plan = planAnswer(head, context, body.length);
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
    this.#begin(head, this.#context.acceptsGzip ? gzipHead(head) : null);
  }

  #begin(head: ResponseHead, zipped: ResponseHead | null): void {
    const plan = planAnswer(zipped ?? head, this.#context, -1);
    this.#gzip = zipped !== null && plan.framing !== 'none' ? new GzipBody() : null;
    this.#plan = plan;
    this.#sentBytes = 0;
    this.#outbox.cork();
    this.#write(plan.head);
  }

  data(bytes: Buffer): void {
    const plan = this.#plan;
    if (plan === null || bytes.length === 0) return;
    const left = plan.bodyBytes < 0 ? bytes.length : Math.min(bytes.length, plan.bodyBytes - this.#sentBytes);
    if (left <= 0) return;
    this.#sentBytes += left;
    this.#outbox.cork();
    const sent = this.#gzip?.part(bytes) ?? bytes.subarray(0, left);
    this.#write(plan.framing === 'chunked' ? encodeChunk(sent) : sent);
  }

  /** The body is complete. True: the connection may serve another request. */
  end(): boolean {
    const plan = this.#plan;
    this.#plan = null;
    if (plan === null) return false;
    if (this.#gzip !== null) {
      const last = this.#gzip.end();
      this.#gzip = null;
      this.#write(plan.framing === 'chunked' ? encodeChunk(last) : last);
    }
    if (plan.framing === 'chunked') this.#outbox.write(LAST_CHUNK);
    this.#finish();
    return plan.keepAlive && (plan.bodyBytes < 0 || this.#sentBytes === plan.bodyBytes);
  }

  /** Ends a request whose client does not want the answer any more, or the rest of it. */
  cancel(): void {
    this.#plan = null;
    this.#gzip = null;
    this.#finish();
  }

  /** An error answer of the gateway's own; the connection ends after it. */
  refuse(status: number, reason?: string): AnswerSize {
    const { envelope } = this.#context;
    const { bytes, size } = encodeError(status, this.#context, reason);
    // Nothing to answer to: the end of the connection says it.
    if (envelope !== null && !envelope.isOpen) return { headBytes: 0, bodyBytes: 0, headerCount: 0 };
    this.#write(bytes);
    this.#finish();
    return size;
  }

  #write(bytes: Buffer): void {
    const { envelope } = this.#context;
    this.#outbox.write(envelope === null ? bytes : envelope.wrap(bytes));
  }

  #finish(): void {
    const { envelope } = this.#context;
    if (envelope !== null) this.#outbox.write(envelope.end());
  }
}
