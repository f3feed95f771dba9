/**
 * What an application module may export, and how it is called. In this order:
 *
 *   export function fetch(request)            a fetch handler: (Request) => Response or a promise of one
 *   export default { fetch(request) { } }     the same as an object's method
 *   export default http.createServer(app)     a node:http server that does not listen: its request listeners run
 *   export default (req, res) => { }          two or more parameters: a node:http handler (an Express application, too)
 *   export default (request) => response      none or one parameter: a fetch handler
 *   module.exports = any of the above         CommonJS
 */
import { createReadStream } from 'node:fs';
import { IncomingMessage, Server, ServerResponse, STATUS_CODES } from 'node:http';
import { Duplex, Readable } from 'node:stream';
import { makeHead } from './answer.mjs';

/** Chooses how to call the module: a function `(environ, body, answer) => Promise<void>`, or null. */
export function chooseHandler(module) {
  const exported = module.default ?? module;
  if (typeof module.fetch === 'function') return fetchHandler((request) => module.fetch(request));
  if (exported instanceof Server) return nodeHandler((req, res) => exported.emit('request', req, res));
  if (typeof exported === 'function') {
    return exported.length >= 2 ? nodeHandler(exported) : fetchHandler((request) => exported(request));
  }
  if (typeof exported?.fetch === 'function') return fetchHandler((request) => exported.fetch(request));
  return null;
}

/** Header names and values of a request, from its CGI variables. */
function requestHeaders(environ) {
  const headers = [];
  for (const [key, value] of Object.entries(environ)) {
    if (key.startsWith('HTTP_')) headers.push([key.slice(5).toLowerCase().replaceAll('_', '-'), value]);
    else if ((key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH') && value !== '') {
      headers.push([key.toLowerCase().replace('_', '-'), value]);
    }
  }
  return headers;
}

/** The request's target in origin form. */
function requestTarget(environ) {
  const uri = environ.REQUEST_URI ?? '';
  if (uri.startsWith('/')) return uri;
  const query = environ.QUERY_STRING ? `?${environ.QUERY_STRING}` : '';
  return `${encodeURI(environ.PATH_INFO || '/')}${query}`;
}

/** `body` is null, a Buffer, or `{ path }` of a file. */
function bodyStream(body) {
  if (body === null) return Readable.from([]);
  return Buffer.isBuffer(body) ? Readable.from([body]) : createReadStream(body.path);
}

function fetchHandler(handle) {
  return async (environ, body, answer) => {
    const host = environ.HTTP_HOST || environ.SERVER_NAME || 'localhost';
    const method = environ.REQUEST_METHOD || 'GET';
    const init = { method, headers: requestHeaders(environ) };
    if (body !== null && method !== 'GET' && method !== 'HEAD') {
      init.body = Buffer.isBuffer(body) ? body : Readable.toWeb(bodyStream(body));
      init.duplex = 'half';
    }
    const url = `${environ['wsgi.url_scheme'] ?? 'http'}://${host}${requestTarget(environ)}`;
    const response = await handle(new Request(url, init));
    if (!(response instanceof Response)) throw new TypeError('The fetch handler did not return a Response.');
    const reason = response.statusText || STATUS_CODES[response.status] || '';
    answer.head(makeHead(response.status, reason, response.headers));
    if (response.body !== null) {
      for await (const chunk of response.body) {
        if (!answer.data(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) await answer.drained();
      }
    }
    answer.end();
  };
}

/** What a node:http handler takes for the client's connection: takes the answer's bytes, gives none. */
class ClientSocket extends Duplex {
  #answer;
  #head = Buffer.alloc(0);
  #isHeadSeen = false;

  constructor(environ, answer) {
    super({ allowHalfOpen: true });
    this.#answer = answer;
    this.remoteAddress = environ.REMOTE_ADDR;
    this.remotePort = Number(environ.REMOTE_PORT ?? 0);
    this.encrypted = environ['wsgi.url_scheme'] === 'https';
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

  _read() {
    // The request's body comes through the IncomingMessage.
  }

  _write(chunk, _encoding, callback) {
    let body = chunk;
    if (!this.#isHeadSeen) {
      body = this.#takeHead(chunk);
      if (body === null) {
        callback();
        return;
      }
    }
    void this.#writeBody(Buffer.from(body), callback);
  }

  async #writeBody(body, callback) {
    if (!this.#answer.data(body)) await this.#answer.drained();
    callback();
  }

  /** Reads the head that node:http wrote; null while it is not complete. Interim answers (1xx) are left out. */
  #takeHead(chunk) {
    this.#head = Buffer.concat([this.#head, chunk]);
    for (;;) {
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return null;
      const [statusLine, ...lines] = this.#head.toString('latin1', 0, end).split('\r\n');
      const rest = this.#head.subarray(end + 4);
      const status = Number(statusLine.slice(9, 12));
      this.#head = rest;
      if (status < 200) continue;
      const headers = lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      this.#isHeadSeen = true;
      this.#answer.head(makeHead(status, statusLine.slice(13), headers));
      return rest;
    }
  }
}

/** The request of a node:http handler; its body comes from memory or from a file. */
class ClientRequest extends IncomingMessage {
  #body;

  constructor(socket, body) {
    super(socket);
    this.#body = bodyStream(body);
    this.#body.on('data', (chunk) => {
      if (!this.push(chunk)) this.#body.pause();
    });
    this.#body.on('end', () => {
      this.complete = true;
      this.push(null);
    });
    this.#body.on('error', (error) => this.destroy(error));
    this.#body.pause();
  }

  _read() {
    this.#body.resume();
  }

  _destroy(error, callback) {
    this.#body.destroy();
    callback(error);
  }
}

function nodeHandler(handle) {
  return async (environ, body, answer) => {
    const socket = new ClientSocket(environ, answer);
    const req = new ClientRequest(socket, body);
    req.method = environ.REQUEST_METHOD || 'GET';
    req.url = requestTarget(environ);
    req.httpVersion = (environ.SERVER_PROTOCOL ?? 'HTTP/1.1').slice(5);
    [req.httpVersionMajor, req.httpVersionMinor] = req.httpVersion.split('.').map(Number);
    for (const [name, value] of requestHeaders(environ)) {
      req.rawHeaders.push(name, value);
      req.headers[name] = value;
    }
    const res = new ServerResponse(req);
    // The gateway frames the answer for the client: here its bytes are wanted as they are.
    res.useChunkedEncodingByDefault = false;
    res.shouldKeepAlive = false;
    res.sendDate = false;
    res.assignSocket(socket);
    socket.on('drain', () => res.emit('drain'));
    const isDone = new Promise((resolve, reject) => {
      res.on('finish', resolve);
      res.on('close', () => (res.writableFinished ? resolve() : reject(new Error('The answer was destroyed.'))));
      res.on('error', reject);
    });
    await Promise.all([isDone, handle(req, res)]);
    req.destroy();
    answer.end();
  };
}
