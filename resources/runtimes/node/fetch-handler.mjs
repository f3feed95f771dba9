/**
 * Calls a fetch handler: `(Request) => Response`. The request's `signal` says that the client has gone; a body that is a
 * stream is read as fast as the gateway takes it.
 */
import { createReadStream } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { headOf } from './heads.mjs';
import { LightRequest } from './light-request.mjs';
import { takeText } from './light-response.mjs';

/** A Request whose signal is made when somebody wants it. */
class ClientRequest extends Request {
  #answer;
  #controller = null;

  constructor(url, init, answer) {
    super(url, init);
    this.#answer = answer;
  }

  get signal() {
    this.#controller ??= new AbortController();
    if (this.#answer.isEnded) this.abort(gone());
    return this.#controller.signal;
  }

  abort(reason) {
    this.#controller?.abort(reason);
  }
}

/** A function `(variables, body, answer)` that has the request handled by `handle(request)`. */
export function fetchHandler(handle) {
  return (variables, body, answer) => {
    const request = requestOf(variables, body, answer);
    if (request === null) return;
    answer.onGone = () => request.abort(gone());
    const response = handle(request);
    if (response instanceof Response) respond(response, answer, request);
    else void waitFor(response, answer, request);
  };
}

/** What the Fetch Standard has no Request for. */
const WITHOUT_REQUEST = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Those that a Request leaves as they are. */
const PLAIN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** null: there is no Request to make of what the client sent, and it has been told. */
function requestOf(variables, body, answer) {
  const { method } = variables;
  if (WITHOUT_REQUEST.has(method.toUpperCase())) return refuse(answer, 405, `The method ${method} is not served.`);
  const host = variables.get('HTTP_HOST') || variables.get('SERVER_NAME') || 'localhost';
  const { target } = variables;
  const url = `${variables.scheme}://${host}${target === '*' ? '/*' : target}`;
  const isPlain = PLAIN_METHODS.has(method) && !host.includes('@') && URL.canParse(url);
  if (isPlain && (body === null || method === 'GET' || method === 'HEAD')) {
    const pairs = () => pairsOf(variables.headers());
    return new LightRequest(method, url, pairs, (headers) => new ClientRequest(url, { method, headers }, answer));
  }
  try {
    return fullRequest(method, url, variables, body, answer);
  } catch (error) {
    if (!URL.canParse(url)) return refuse(answer, 400, 'The Host header is none that a URL can have.');
    throw error;
  }
}

function fullRequest(method, url, variables, body, answer) {
  const init = { method, headers: pairsOf(variables.headers()) };
  if (body !== null && method !== 'GET' && method !== 'HEAD') {
    init.body = Buffer.isBuffer(body) ? body : Readable.toWeb(createReadStream(body.path));
    init.duplex = 'half';
  }
  return new ClientRequest(url, init, answer);
}

function refuse(answer, status, why) {
  answer.refuse(status, STATUS_CODES[status], why);
  return null;
}

function pairsOf(headers) {
  const pairs = [];
  for (let at = 0; at < headers.length; at += 2) pairs.push([headers[at], headers[at + 1]]);
  return pairs;
}

async function waitFor(promise, answer, request) {
  try {
    respond(await promise, answer, request);
  } catch (error) {
    answer.fail(error);
  }
}

function respond(response, answer, request) {
  if (!(response instanceof Response)) throw new TypeError('The fetch handler did not return a Response.');
  const { status } = response;
  if (status === 0) throw new TypeError('The fetch handler returned Response.error().');
  answer.head(headOf(status, response.statusText || STATUS_CODES[status] || '', response.headers));
  const text = takeText(response);
  if (text !== null) answer.end(text);
  else if (response.body === null) answer.end();
  else void stream(response.body, answer, request);
}

async function stream(body, answer, request) {
  let reader;
  try {
    reader = body.getReader();
    answer.onGone = () => {
      const reason = gone();
      request.abort(reason);
      // A source that fails while it is cancelled has nobody left to tell.
      reader.cancel(reason).catch(() => undefined);
    };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new TypeError('A part of the Response body is no Uint8Array.');
      if (!answer.data(value)) await answer.drained();
      if (answer.isEnded) return;
    }
    answer.end();
  } catch (error) {
    answer.fail(error);
    reader?.cancel(error).catch(() => undefined);
  }
}

function gone() {
  return new DOMException('The client has gone.', 'AbortError');
}
