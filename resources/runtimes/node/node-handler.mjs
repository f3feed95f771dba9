/**
 * Calls a node:http handler `(req, res)`: the request's class and the answer's are those of node:http with the connection
 * left out of them. What node:http would have written to it goes to an Answer as it is, the head as one text.
 */
import { createReadStream } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { clientGone } from './answer.mjs';
import { headOfText } from './heads.mjs';

/* oxlint-disable no-underscore-dangle -- names that node:http gives to what is between an answer and its connection */
/* oxlint-disable no-self-assign, unbound-method -- methods of the prototype become the object's own */

/** Made when somebody looks at it. */
let socketProperty;

/** What a handler takes for the client's connection: it knows who the client is, and ends the answer when it is ended. */
export class ClientSocket extends Duplex {
  #answer;
  timeout = 0;
  bytesRead = 0;
  bytesWritten = 0;

  constructor(variables, answer) {
    super({ allowHalfOpen: true });
    this.#answer = answer;
    this.remoteAddress = variables.get('REMOTE_ADDR');
    this.remoteFamily = this.remoteAddress?.includes(':') ? 'IPv6' : 'IPv4';
    this.remotePort = Number(variables.get('REMOTE_PORT') ?? 0);
    this.localAddress = variables.get('SERVER_ADDR');
    this.localPort = Number(variables.get('SERVER_PORT') ?? 0);
    this.encrypted = variables.scheme === 'https';
    this.authorized = variables.get('HTTPS_DN') !== undefined;
  }

  setTimeout() {
    return this;
  }

  setNoDelay() {
    return this;
  }

  setKeepAlive() {
    return this;
  }

  ref() {
    return this;
  }

  unref() {
    return this;
  }

  address() {
    return { address: this.localAddress, family: this.remoteFamily, port: this.localPort };
  }

  _read() {
    // The request's body comes through the IncomingMessage.
  }

  _write(_chunk, _encoding, callback) {
    callback(new Error("Answers are written with the ServerResponse; the connection is the gateway's."));
  }

  _destroy(error, callback) {
    this.#answer.gone(error ?? clientGone());
    callback(error);
  }
}

/** The request; its body is null, a Buffer, or `{ path }` of a file that holds it. */
export class ClientRequest extends IncomingMessage {
  #variables;
  #answer;
  #file = null;
  #body;
  #socket = null;

  static {
    socketProperty = {
      get() {
        this.#socket ??= new ClientSocket(this.#variables, this.#answer);
        return this.#socket;
      },
      set(socket) {
        this.#socket = socket;
      },
      configurable: true,
      enumerable: true,
    };
  }

  constructor(variables, body, answer) {
    super(null);
    this.#variables = variables;
    this.#answer = answer;
    this.#body = body;
    // Frameworks (Express) give requests and answers another prototype: what counts here is their own.
    Object.defineProperty(this, 'socket', socketProperty);
    this._read = this._read;
    this._destroy = this._destroy;
    this.forget = this.forget;
    const headers = variables.headers();
    this._addHeaderLines(headers, headers.length);
    this.method = variables.method;
    this.url = variables.target;
    const { protocol } = variables;
    this.httpVersion = protocol === 'HTTP/1.1' ? '1.1' : protocol.slice(5);
    this.httpVersionMajor = protocol.charCodeAt(5) - 48;
    this.httpVersionMinor = protocol.charCodeAt(7) - 48;
    if (body !== null) return;
    this.complete = true;
    this.push(null);
  }

  _read() {
    const body = this.#body;
    this.#body = null;
    if (Buffer.isBuffer(body)) {
      this.push(body);
      this.#complete();
    } else if (body !== null) {
      this.#file = createReadStream(body.path);
      this.#file.on('data', (chunk) => {
        if (!this.push(chunk)) this.#file.pause();
      });
      this.#file.on('end', () => this.#complete());
      this.#file.on('error', (error) => this.destroy(error));
    } else {
      this.#file?.resume();
    }
  }

  _destroy(error, callback) {
    this.#file?.destroy();
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
      // As node:http, which destroys the connection; nothing happens when the answer has ended.
      this.#answer.gone(error ?? clientGone());
    }
    // As node:http: nobody has to listen to an 'error' of a request.
    callback(error !== null && this.listenerCount('error') > 0 ? error : null);
  }

  /** The answer has ended: a body that nobody has begun to read is not read any more. */
  forget() {
    if (this.readableFlowing === null && (this.#body !== null || this.listenerCount('close') > 0)) this.resume();
  }

  #complete() {
    this.complete = true;
    this.push(null);
  }
}

/** The answer. It has no connection: what it sends is overridden here, below the checks and counts of node:http. */
export class ClientResponse extends ServerResponse {
  #answer;
  #isEnding = false;
  #needsDrain = false;

  constructor(req, answer) {
    super(req);
    this.#answer = answer;
    // The gateway frames the answer, and says what there is to say about the connection.
    this.useChunkedEncodingByDefault = false;
    this._removedConnection = true;
    this.sendDate = false;
    this.write = this.write;
    this.end = this.end;
    this.destroy = this.destroy;
    this._storeHeader = this._storeHeader;
    this._send = this._send;
    this._writeRaw = this._writeRaw;
  }

  /** As with node:http there is none any more once the answer has ended. */
  get socket() {
    return this.#answer === undefined || this.#isEnding || this.finished ? null : this.req.socket;
  }

  set socket(_) {
    // node:http says that there is none yet.
  }

  get writableNeedDrain() {
    return this.#needsDrain && !this.finished && !this.destroyed;
  }

  write(chunk, encoding, callback) {
    const hasRoom = super.write(chunk, encoding, callback);
    if (!hasRoom && !this.#needsDrain && !this.destroyed && !this.finished) {
      this.#needsDrain = true;
      this.#answer.whenDrained(() => {
        this.#needsDrain = false;
        if (!this.destroyed && !this.finished) this.emit('drain');
      });
    }
    return hasRoom;
  }

  end(chunk, encoding, callback) {
    const isFirst = !this.finished;
    this.#isEnding = true;
    try {
      super.end(chunk, encoding, callback);
    } finally {
      this.#isEnding = false;
    }
    if (isFirst && this.finished) {
      this.#answer.end();
      this.req.forget();
      process.nextTick(finished, this);
    }
    return this;
  }

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#answer.gone(error ?? clientGone());
    process.nextTick(close, this);
    return this;
  }

  /** node:http asks the connection's server, which is not here. */
  _isLenientHeaderValidation() {
    return false;
  }

  _storeHeader(firstLine, headers) {
    // node:http would refuse it, as nothing is sent in chunks here.
    if (this.hasHeader('trailer')) this.removeHeader('trailer');
    if (this.statusCode < 200) throw new RangeError(`${this.statusCode} is no status that an answer can have.`);
    super._storeHeader(firstLine, headers);
    this._headerSent = true;
    this.#answer.head(headOfText(this.statusCode, this._header));
  }

  _send(data, encoding, callback) {
    const done = typeof encoding === 'function' ? encoding : callback;
    const isUtf8 = typeof data !== 'string' || !encoding || encoding === 'utf8' || encoding === 'utf-8';
    const hasRoom = this.#answer.data(isUtf8 ? data : Buffer.from(data, encoding));
    if (typeof done === 'function') {
      if (hasRoom) process.nextTick(done);
      else this.#answer.whenDrained(done);
    }
    return hasRoom;
  }

  /** Interim answers (100, 102, 103) come here, and go no further: the gateway answers `Expect` itself. */
  _writeRaw(_data, _encoding, callback) {
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  }
}

/** 'finish' is being emitted; 'close' comes after it. */
function finished(res) {
  process.nextTick(close, res);
}

function close(res) {
  if (res._closed) return;
  res.destroyed = true;
  res._closed = true;
  res.emit('close');
}

/** A function `(variables, body, answer)` that has the request handled by `handle(req, res)`. */
export function nodeHandler(handle) {
  return (variables, body, answer) => {
    const req = new ClientRequest(variables, body, answer);
    const res = new ClientResponse(req, answer);
    answer.onGone = (error) => {
      req.destroy(error);
      process.nextTick(close, res);
    };
    const result = handle(req, res);
    // A promise: what it is rejected with is this request's failure.
    if (typeof result?.then === 'function') result.then(undefined, (error) => answer.fail(error));
  };
}
