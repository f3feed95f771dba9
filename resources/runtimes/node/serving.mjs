/**
 * The requests of a JavaScript worker: they come on one connection from each gateway, so many at a time as the worker has
 * cores, and run beside each other in its event loop. It ends the process when it shall and nothing runs any more.
 */
import { Answer, clientGone } from './answer.mjs';
import {
  BODY_FILE,
  CANCEL,
  CLOSED,
  CONTROL_CORE,
  GO_ON,
  HOLD,
  INPUT,
  REQUEST,
  SHARED_CORES,
  TAKE_BACK,
} from './frames.mjs';
import { Line } from './line.mjs';
import { runFor } from './present.mjs';
import { Recycling } from './recycling.mjs';
import { signals } from './signals.mjs';
import { Variables } from './variables.mjs';

/** A handler that holds the event loop longer than this is slow: answers before it are sent first. */
const SLOW_MS = 2;
/** For how long others are taken for slow then. */
const SLOW_FOR_MS = 10_000;

export class Serving {
  #boot;
  #handler = null;
  #lines = [];
  /** What runs, by core; null: nothing does. */
  #answers;
  #running = 0;
  /** Requests that came while a handler of a signal runs, of a worker that does one thing at a time. */
  #waiting = [];
  #isStopping = false;
  #slowUntilMs = 0;
  #recycling;

  constructor(boot) {
    this.#boot = boot;
    this.#answers = Array.from({ length: Math.max(1, boot.threads) }, () => null);
    this.#recycling = new Recycling(boot);
  }

  /** A handler of a signal may run: beside a request only where requests run beside each other. */
  get isFree() {
    return this.#running === 0 || this.#boot.threads > 1;
  }

  /** Handlers of signals have run: requests that came meanwhile begin. */
  resume() {
    for (const begin of this.#waiting.splice(0)) begin();
  }

  /** Finishes what runs, then ends the process. */
  exit() {
    this.#isStopping = true;
    this.#exitWhenIdle();
  }

  /** The request has taken too long, and its client has heard so. */
  cancel(requestId) {
    const answer = this.#answerOf(requestId);
    if (answer === undefined) return;
    const { onGone } = answer;
    const why = 'The application did not answer in time.';
    // The gateway says the same; whoever is first.
    answer.refuse(504, 'Gateway Timeout', why);
    onGone?.(new Error(why));
  }

  /** The only request that runs; undefined: none does, or several. */
  get onlyRequest() {
    return this.#running === 1 ? this.#answers.find((answer) => answer !== null) : undefined;
  }

  /** @param handler `(variables, body, answer, flags)`; null: there is no application */
  serve(handler) {
    this.#handler = handler;
    for (const endpoint of this.#boot.gatewayEndpoints) {
      const line = new Line(
        endpoint,
        this.#boot,
        SHARED_CORES,
        (type, flags, id, bytes, start, end) => this.#received(line, type, flags, id, bytes, start, end),
        () => {
          for (const answer of this.#answers)
            if (answer?.line === line) answer.gone(new Error('The gateway has gone.'));
        },
      );
      this.#lines.push(line);
      this.#openControl(endpoint);
    }
  }

  #openControl(endpoint) {
    const line = new Line(endpoint, this.#boot, CONTROL_CORE, (type, _flags, requestId) => {
      if (type === CANCEL) this.#answerOf(requestId)?.gone(clientGone());
      if (type !== TAKE_BACK) return;
      // Requests begin when they come.
      line.writer.begun(requestId);
      line.schedule();
    });
  }

  #received(line, type, flags, requestId, bytes, start, end) {
    if (type === REQUEST) {
      const core = bytes.readUInt16LE(start - 6);
      const bodyStart = start + 4 + bytes.readUInt32LE(start);
      const text = bytes.latin1Slice(start + 4, bodyStart);
      let body = null;
      if (end > bodyStart) {
        body =
          (flags & BODY_FILE) === 0
            ? Buffer.from(bytes.subarray(bodyStart, end))
            : { path: bytes.utf8Slice(bodyStart, end) };
      }
      const begin = () => this.#begin(line, core, flags, requestId, text, body);
      if (signals.isRunning && this.#boot.threads === 1) this.#waiting.push(begin);
      else begin();
      return;
    }
    const answer = this.#answerOf(requestId);
    if (answer === undefined) return;
    if (type === HOLD || type === GO_ON) answer.hold(type === HOLD);
    else if (type !== INPUT) return;
    else if (answer.onInput !== null) answer.onInput(flags, Buffer.from(bytes.subarray(start, end)));
    // As node:http: a client that has closed its side is taken for gone. Nobody who waits would hear of it otherwise.
    else if ((flags & CLOSED) !== 0) answer.gone(clientGone());
  }

  #begin(line, core, flags, requestId, text, body) {
    const beginMs = performance.now();
    if (beginMs < this.#slowUntilMs) line.flush();
    const variables = new Variables(text);
    const answer = new Answer(line, core, requestId, variables, beginMs, this.#ended);
    this.#answers[core] = answer;
    this.#running++;
    try {
      if (this.#handler === null) {
        console.error('--- no JavaScript application found, check your startup logs for errors ---');
        answer.end();
      } else {
        runFor(answer, this.#handler, flags, body);
      }
    } catch (error) {
      answer.fail(error);
    }
    const nowMs = performance.now();
    if (nowMs - beginMs > SLOW_MS) this.#slowUntilMs = nowMs + SLOW_FOR_MS;
  }

  /** The request is about to end; gives what its last frame is to say about the worker. */
  #ended = (answer, error) => {
    this.#answers[answer.core] = null;
    this.#running--;
    if (this.#isStopping) setImmediate(() => this.#exitWhenIdle());
    if (signals.isWaiting) setImmediate(() => void signals.run());
    return this.#recycling.endFlags(error);
  };

  #answerOf(requestId) {
    return this.#answers.find((answer) => answer?.requestId === requestId) ?? undefined;
  }

  #exitWhenIdle() {
    if (!this.#isStopping || this.#running > 0 || this.#waiting.length > 0) return;
    // What was answered last must have left: then the process may end.
    for (const line of this.#lines) line.flush();
    const unsent = this.#lines.filter((line) => !line.isEmpty);
    if (unsent.length === 0) process.exit(0);
    for (const line of unsent) line.whenDrained(() => this.#exitWhenIdle());
  }
}
