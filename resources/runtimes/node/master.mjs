/** The control connection to the master: `u32le length | JSON`, both ways (engine/master/control.ts). */
import { connect } from 'node:net';
import { endpointOf } from './line.mjs';

export class Master {
  #socket;
  #pending = Buffer.alloc(0);
  #handlers = new Map();
  #questions = new Map();
  #nextQuestion = 0;

  constructor(boot) {
    this.#socket = connect(endpointOf(boot.controlEndpoint));
    this.#socket.on('error', () => {
      // `close` follows.
    });
    this.#socket.on('close', () => process.exit(0));
    this.#socket.on('data', (chunk) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      while (this.#pending.length >= 4 && this.#pending.length >= 4 + this.#pending.readUInt32LE(0)) {
        const end = 4 + this.#pending.readUInt32LE(0);
        const message = JSON.parse(this.#pending.toString('utf8', 4, end));
        this.#pending = this.#pending.subarray(end);
        this.#handlers.get(message.type)?.(message);
      }
    });
    const { token, generation, spawnId } = boot;
    this.send({ type: 'hello', role: 'worker', token, generation, spawnId, pid: process.pid });
    this.on('answer', ({ id, value }) => {
      this.#questions.get(id)?.(value);
      this.#questions.delete(id);
    });
  }

  /** Messages of this type are given to the handler. */
  on(type, handler) {
    this.#handlers.set(type, handler);
  }

  send(message) {
    const body = Buffer.from(JSON.stringify(message));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    this.#socket.write(Buffer.concat([length, body]));
  }

  /** Asks the master; `what` is a Question of control.ts. */
  ask(what) {
    const id = ++this.#nextQuestion;
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.send({ type: 'question', id, what });
    });
  }
}
