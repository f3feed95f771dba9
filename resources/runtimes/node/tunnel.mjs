/**
 * Connections that become something else than HTTP: the 'upgrade' event of a node:http server, as libraries for
 * websockets listen to it. What the application writes goes to the client as it is, and what comes from there is read.
 */
import { CLOSED, HEADER_BYTES, INPUT_WINDOW_BYTES, TUNNEL } from './frames.mjs';
import { headerLines, headOf } from './heads.mjs';
import { ClientRequest, ClientSocket } from './node-handler.mjs';

/** A head that the application writes has to come within this; otherwise it is no HTTP. */
const MAX_HEAD_BYTES = 64 * 1024;

/** The client's connection itself. */
class TunnelSocket extends ClientSocket {
  #answer;
  #head = Buffer.alloc(0);
  #isOpen = false;
  /** Bytes of frames that came and were not reported yet; those of them whose payload the application has not read. */
  #unreported = 0;
  #isPaused = false;

  constructor(variables, answer) {
    super(variables, answer);
    this.#answer = answer;
    answer.onGone = (error) => this.destroy(error);
    answer.onInput = (flags, payload) => this.#received(flags, payload);
  }

  _read() {
    this.#isPaused = false;
    this.#report();
  }

  _write(chunk, _encoding, callback) {
    const rest = this.#isOpen ? chunk : this.#takeHead(chunk);
    if (rest === null || rest.length === 0 || this.#answer.data(Buffer.from(rest))) callback();
    else this.#answer.whenDrained(callback);
  }

  _final(callback) {
    this.#answer.end();
    // The client's connection ends with the answer: nothing more comes from there.
    this.push(null);
    callback();
  }

  /** The head of the answer, as the application writes it; null while it is not complete. */
  #takeHead(chunk) {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0 && this.#head.length < MAX_HEAD_BYTES) return null;
    const text = end < 0 ? '' : this.#head.toString('latin1', 0, end + 2);
    const found = /^HTTP\/1\.1 (\d{3}) ?([^\r]*)\r\n/.exec(text);
    if (found === null) throw new Error('The answer to an upgrade begins with the head of an HTTP/1.1 answer.');
    const status = Number(found[1]);
    const lines = headerLines(text);
    const head = headOf(status, found[2], lines);
    this.#isOpen = true;
    if (status === 101) {
      const upgrade = lines.find(([name]) => name.toLowerCase() === 'upgrade');
      if (upgrade !== undefined) {
        head.block += `Upgrade: ${upgrade[1]}\r\n`;
        head.headerCount++;
      }
      this.#answer.becomeTunnel(head, TUNNEL);
    } else {
      this.#answer.head(head);
    }
    const rest = this.#head.subarray(end + 4);
    this.#head = null;
    return rest;
  }

  #received(flags, payload) {
    this.#unreported += HEADER_BYTES + payload.length;
    if (payload.length > 0 && (flags & CLOSED) === 0) this.#isPaused = !this.push(payload);
    if ((flags & CLOSED) !== 0) this.push(null);
    if (!this.#isPaused) this.#report();
  }

  #report() {
    if (this.#unreported * 2 < INPUT_WINDOW_BYTES) return;
    this.#answer.consumed(this.#unreported);
    this.#unreported = 0;
  }
}

/** Has upgrades handled by the server's listeners, if it has any; everything else by `otherwise`. */
export function upgradeHandler(server, otherwise) {
  return (variables, body, answer, flags) => {
    const isAsked = (flags & TUNNEL) !== 0 && server.listenerCount('upgrade') > 0;
    if (!isAsked) {
      otherwise(variables, body, answer, flags);
      return;
    }
    const socket = new TunnelSocket(variables, answer);
    const req = new ClientRequest(variables, body, answer);
    req.socket = socket;
    req.upgrade = true;
    server.emit('upgrade', req, socket, Buffer.alloc(0));
  };
}
