/**
 * `Request` as applications get it: that of Node, but made when somebody asks for more than its method and its URL. Making
 * it costs more than all else about a small request. Everything an application can see is Node's own: whatever else it
 * asks goes to the Request of Node's that is made then, also when it is given to `fetch` or `new Request`.
 */

import { inspect } from 'node:util';

const NodeRequest = globalThis.Request;
const nodeFetch = globalThis.fetch;
let fullOf;
const isInstance = Function.prototype[Symbol.hasInstance];

/** A request without a body, whose method and URL are known to be good. */
export class LightRequest {
  #method;
  #url;
  #href = null;
  #pairs;
  #headers = null;
  #makeFull;
  #full = null;

  /**
   * @param pairs gives the headers as `[name, value]`
   * @param makeFull gives the Request of Node's with such headers; it has a method `abort(reason)`
   */
  constructor(method, url, pairs, makeFull) {
    this.#method = method;
    this.#url = url;
    this.#pairs = pairs;
    this.#makeFull = makeFull;
  }

  static {
    fullOf = (request) => {
      if (typeof request !== 'object' || request === null || !(#full in request)) return null;
      if (request.#full === null) request.#full = request.#makeFull(request.#headers ?? request.#pairs());
      else if (request.#headers !== null) copyHeaders(request.#headers, request.#full.headers);
      return request.#full;
    };
    Object.setPrototypeOf(this.prototype, NodeRequest.prototype);
    // All else that a Request has: attributes are read from Node's, methods are called on it.
    for (const [key, attribute] of Object.entries(Object.getOwnPropertyDescriptors(NodeRequest.prototype))) {
      if (!Object.hasOwn(this.prototype, key)) Object.defineProperty(this.prototype, key, delegated(key, attribute));
    }
    const { custom } = inspect;
    Object.defineProperty(this.prototype, custom, delegated(custom, { value: NodeRequest.prototype[custom] }));
  }

  get method() {
    return this.#method;
  }

  get url() {
    this.#href ??= new URL(this.#url).href;
    return this.#href;
  }

  get headers() {
    this.#headers ??= this.#full?.headers ?? new Headers(this.#pairs());
    return this.#headers;
  }

  /** The client has gone: who has asked for the signal hears it. */
  abort(reason) {
    this.#full?.abort(reason);
  }
}

function delegated(key, { value, enumerable = false }) {
  const always = { enumerable, configurable: true };
  if (typeof value !== 'function') return { ...always, get: attributeOf(key) };
  const call = function (...words) {
    return fullOf(this)[key](...words);
  };
  return { ...always, value: call, writable: true };
}

function attributeOf(key) {
  return function () {
    return fullOf(this)[key];
  };
}

/** What the application has changed since. */
function copyHeaders(from, to) {
  if (from === to) return;
  const names = Array.from(to.keys());
  for (const name of names) to.delete(name);
  for (const [name, value] of from) to.append(name, value);
}

/** `new Request(request)` takes one that has not been made yet as well. */
class FullRequest extends NodeRequest {
  constructor(input, ...rest) {
    if (arguments.length === 0) super();
    else super(fullOf(input) ?? input, ...rest);
  }

  /** Requests that Node makes are Requests, too. */
  static [Symbol.hasInstance](value) {
    return isInstance.call(this === FullRequest ? NodeRequest : this, value);
  }
}

Object.defineProperty(FullRequest, 'name', { value: 'Request' });
Object.defineProperty(LightRequest.prototype, 'constructor', {
  value: FullRequest,
  writable: true,
  configurable: true,
});

/** To be called before the application is loaded. */
export function installLightRequest() {
  const fetch = (...words) =>
    nodeFetch(...(words.length === 0 ? [] : [fullOf(words[0]) ?? words[0]]), ...words.slice(1));
  Object.defineProperty(fetch, 'length', { value: nodeFetch.length });
  for (const [name, value] of Object.entries({ Request: FullRequest, fetch })) {
    const { enumerable } = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable, configurable: true });
  }
}
