/**
 * The gate: what stands between a request that has come in whole and the dispatcher. Its stages (internal routing, static
 * files) see the request one after the other: each answers it, now or later, or passes it on, and what no stage answers
 * goes to a worker. An instance without stages pays nothing: its requests have no variables here and pass at once.
 * What is answered here is logged and counted here, as what workers answer is by the dispatcher.
 */
import type { Dispatcher } from './dispatcher.ts';
import type { EnvironEncoder } from './environ.ts';
import { isPacketFrame, type ResponseHead, replaceEnviron } from './frames.ts';
import type { HeadEdits } from './head-edits.ts';
import type { GatewayRequest } from './request.ts';

/** Which counter of the stats an answer of the gate counts in. */
export type GateCount = 'static' | 'routed' | 'offloaded';

/** A part of the gateway that may answer requests in place of a worker. */
export interface GateStage {
  /** Ends, now or later, in one call of the visit's `proceed`, `respond`, `fail`, or `begin` with what follows it. */
  visit(visit: GateVisit): void;
}

/** What the gate needs of the gateway. */
export interface GateContext {
  readonly dispatcher: Pick<Dispatcher, 'submit' | 'abandon'>;
  readonly encoder: Pick<EnvironEncoder, 'encodeAgain'>;
  /** A request was answered here and is over, or its client is gone; `micros` since it came to the gate. */
  finished(request: GatewayRequest, counts: readonly GateCount[], micros: number): void;
  /** The queue was full. */
  refused(status: number, client: string): void;
  /** A line for the log: something that the operator should know. */
  trouble(text: string): void;
}

export class RequestGate {
  /** In the order in which they see a request. */
  stages: readonly GateStage[] = [];
  /** What the configuration changes about the head of each answer. */
  edits: HeadEdits | null = null;
  readonly #context: GateContext;

  constructor(context: GateContext) {
    this.#context = context;
  }

  /** As the dispatcher's: takes a request in; false: `limit` of them wait already. */
  submit(request: GatewayRequest, limit: number): boolean {
    const { variables } = request.facts;
    if (variables === null || this.stages.length === 0 || isPacketFrame(request.frame)) {
      return this.#context.dispatcher.submit(request, limit);
    }
    const visit = new GateVisit(request, variables, limit, this, this.#context);
    request.visit = visit;
    // The connection is still at the bytes that brought the request: an answer before it has done with them is too early.
    process.nextTick(begin, visit);
    return true;
  }

  /** The client is gone. */
  abandon(request: GatewayRequest): void {
    if (request.visit === null) {
      this.#context.dispatcher.abandon(request);
      return;
    }
    request.target = null;
    request.visit.abandoned();
  }
}

function begin(visit: GateVisit): void {
  visit.proceed();
}

/** One request's way through the gate. Nothing that is called here after its client has gone does anything. */
export class GateVisit {
  readonly request: GatewayRequest;
  /** Its variables, latin-1. Who changes them sets `isChanged`: the worker then gets them as they are. */
  readonly variables: Map<string, string>;
  isChanged = false;
  /** What an answer counts as; stages add to it. */
  readonly counts: GateCount[] = [];
  /** Called when the client goes away while a stage has the request: what was begun for it can end. */
  onAbandoned: (() => void) | null = null;
  /** Null: the head goes out as the stage gives it, as that of another server. */
  edits: HeadEdits | null;
  readonly #limit: number;
  readonly #context: GateContext;
  readonly #stages: readonly GateStage[];
  #stage = 0;
  #isOver = false;
  readonly #beganMs = performance.now();

  constructor(
    request: GatewayRequest,
    variables: Map<string, string>,
    limit: number,
    { stages, edits }: Pick<RequestGate, 'stages' | 'edits'>,
    context: GateContext,
  ) {
    this.request = request;
    this.variables = variables;
    this.#limit = limit;
    this.#stages = stages;
    this.edits = edits;
    this.#context = context;
    request.beganMs = request.arrivedMs;
    request.app = -1;
  }

  /** The client has gone, or the answer is complete. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Passes the request on: to the next stage, after the last one to a worker. */
  proceed(): void {
    if (this.#isOver) return;
    this.onAbandoned = null;
    const stage = this.#stages[this.#stage++];
    if (stage === undefined) {
      this.#toWorker();
      return;
    }
    try {
      stage.visit(this);
    } catch (error) {
      this.broken(error);
    }
  }

  /** A stage met what it did not expect: the request ends, the gateway lives. */
  broken(error: unknown): void {
    this.#context.trouble(`a request was not answered: ${error instanceof Error ? error.stack : String(error)}`);
    if (this.request.answering) this.abort();
    else this.fail(500);
  }

  /** Passes the request on to a worker, past the stages that are left. */
  skipToWorker(): void {
    this.#stage = this.#stages.length;
    this.proceed();
  }

  // The answer

  /** The whole answer. The bytes of the body must not change afterwards. */
  respond(head: ResponseHead, body: Buffer): void {
    const { edit } = this.request;
    if (this.#isOver) return;
    const sent = this.#edited(head);
    const whole = edit === null ? body : Buffer.concat([edit.data(body), edit.end()]);
    const target = this.#begin(sent);
    if (target === null) return;
    this.request.answer.bodyBytes = whole.length;
    // Counted first: whoever has the answer finds it in the statistics.
    this.#finish();
    target.respond(sent, whole);
  }

  /** The head of an answer whose body follows, up to `end` or `abort`. */
  begin(head: ResponseHead): void {
    if (this.#isOver) return;
    const sent = this.#edited(head);
    this.#begin(sent)?.begin(sent);
  }

  /** A part of the body; its bytes must not change before `whenRoom` has said that the client took them. */
  data(bytes: Buffer): void {
    if (this.#isOver) return;
    const sent = this.request.edit?.data(bytes) ?? bytes;
    this.request.answer.bodyBytes += sent.length;
    this.request.target?.data(sent);
  }

  /** True: the client has taken all that it was given. False: `callback` is called, once, when it has. */
  whenRoom(callback: () => void): boolean {
    return this.request.target?.whenRoom(callback) ?? false;
  }

  end(): void {
    const { target } = this.request;
    if (this.#isOver || target === null) return;
    const rest = this.request.edit?.end();
    if (rest !== undefined && rest.length > 0) {
      this.request.answer.bodyBytes += rest.length;
      target.data(rest);
    }
    this.#finish();
    target.end();
  }

  /** The answer can not be completed: the client sees that it is cut. */
  abort(): void {
    const { target } = this.request;
    if (this.#isOver || target === null) return;
    this.#finish();
    target.abort();
  }

  /** An answer of the gateway's own with this status; nothing was begun. */
  fail(status: number): void {
    const { request } = this;
    if (this.#isOver || request.target === null) return;
    request.status = status;
    request.answer = request.target.fail(status);
    this.#finish();
  }

  /** The client is gone: what it had of an answer is logged. */
  abandoned(): void {
    if (this.#isOver) return;
    const { onAbandoned, request } = this;
    if (request.answering) this.#finish();
    else {
      this.#leave();
      request.release();
    }
    onAbandoned?.();
  }

  /** As an answer of a worker: what routes say comes first. */
  #edited(head: ResponseHead): ResponseHead {
    const routed = this.request.edit?.begin(head) ?? head;
    return this.edits?.apply(routed) ?? routed;
  }

  #begin(head: ResponseHead): GatewayRequest['target'] {
    const { request } = this;
    if (this.#isOver) return null;
    request.answering = true;
    request.status = head.status;
    const headBytes = request.facts.statusBytes + head.block.length;
    request.answer = { headBytes, bodyBytes: 0, headerCount: head.headerCount };
    return request.target;
  }

  #finish(): void {
    const { request } = this;
    this.#leave();
    this.#context.finished(request, this.counts, (performance.now() - this.#beganMs) * 1000);
    request.release();
  }

  #leave(): void {
    this.#isOver = true;
    this.request.visit = null;
  }

  #toWorker(): void {
    const { request } = this;
    const { dispatcher, encoder } = this.#context;
    this.#leave();
    request.app = 0;
    if (this.isChanged) request.frame = replaceEnviron(request.frame, encoder.encodeAgain(this.variables));
    if (dispatcher.submit(request, this.#limit)) return;
    this.#context.refused(503, request.facts.remoteAddress);
    request.target?.fail(503);
    request.release();
  }
}
