/**
 * Signals of uWSGI's framework in a JavaScript worker: handlers that the application registers, run when the master says
 * so (`signal` in engine/master/control.ts). A worker that serves one request at a time runs them between two requests,
 * one with more cores at once; one handler at a time, waited for when it is asynchronous.
 */

class Signals {
  #handlers = new Map();
  #pending = [];
  #isRunning = false;
  #isFree = () => true;
  #send = null;
  #who = 'worker';
  #resume = () => {};

  /** `isFree()`: no request stands in the way. `resume()`: no handler does any more. */
  connect({ send, isFree, resume, who }) {
    this.#send = send;
    this.#isFree = isFree;
    this.#resume = resume;
    this.#who = who;
  }

  /** Has `handler(number)` called in the target's process (`worker`, `workers`, `worker1` ...). */
  register(number, target, handler) {
    if (!isSignal(number)) throw new RangeError('a signal is a number from 0 to 255');
    if (typeof handler !== 'function') throw new TypeError('the handler of a signal is a function');
    this.#handlers.set(number, handler);
    this.#send({ type: 'register-signal', number, target: String(target) });
  }

  /** Raises a signal in this instance. */
  raise(number) {
    if (!isSignal(number)) throw new RangeError('a signal is a number from 0 to 255');
    this.#send({ type: 'raise-signal', number });
  }

  get isWaiting() {
    return this.#pending.length > 0;
  }

  get isRunning() {
    return this.#isRunning;
  }

  /** The master wants this signal handled here. */
  receive(number) {
    this.#pending.push(number);
    void this.run();
  }

  /** Handles what waits, as far as requests allow; called again after each of them. */
  async run() {
    if (this.#isRunning || this.#pending.length === 0) return;
    this.#isRunning = true;
    while (this.#pending.length > 0 && this.#isFree()) await this.#handle(this.#pending.shift());
    this.#isRunning = false;
    this.#resume();
  }

  async #handle(number) {
    this.#send({ type: 'signal-begun', number });
    try {
      const handler = this.#handlers.get(number);
      if (handler === undefined) console.error(`error managing signal ${number} on ${this.#who}`);
      else await handler(number);
    } catch (error) {
      console.error(error instanceof Error ? error.stack : error);
      console.error(`error managing signal ${number} on ${this.#who}`);
    }
    this.#send({ type: 'signal-done', number });
  }
}

function isSignal(number) {
  return Number.isInteger(number) && number >= 0 && number <= 255;
}

/** Those of this process. */
export const signals = new Signals();
