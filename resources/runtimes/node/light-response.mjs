/**
 * `Response` as applications get it: that of Node, except that a body which is a string stays one until somebody looks at
 * it. Node makes a stream of it at once, and reading that back costs more than all else about a small answer. Everything
 * an application can see is Node's own: whatever it asks about the body goes to a Response of Node's that is made then.
 */

const NodeResponse = globalThis.Response;
/** With these a body is an error, which is Node's to raise (Fetch Standard, "null body status"). */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);
let textOf;
const isInstance = Function.prototype[Symbol.hasInstance];

class LightResponse extends NodeResponse {
  /** The body; null: it is where Node has it. */
  #text = null;
  /** Node's Response with the body, once anybody has asked. */
  #full = null;
  #isTaken = false;

  constructor(body, init) {
    if (typeof body !== 'string' || WITHOUT_BODY.has(init?.status)) {
      super(...arguments);
      return;
    }
    super(null, init);
    this.#text = body;
    const { headers } = this;
    if (!headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
  }

  /** Responses that Node makes (of its own `fetch`) are Responses, too. */
  static [Symbol.hasInstance](value) {
    return isInstance.call(this === LightResponse ? NodeResponse : this, value);
  }

  static json(data, init) {
    const text = JSON.stringify(data);
    // What can not be written is Node's to refuse.
    if (text === undefined || WITHOUT_BODY.has(init?.status)) return NodeResponse.json(data, init);
    const headers = new Headers(init?.headers);
    if (!headers.has('content-type')) headers.set('content-type', 'application/json');
    return new LightResponse(text, { status: init?.status ?? 200, statusText: init?.statusText ?? '', headers });
  }

  static {
    textOf = (response) => {
      if (!(#text in response) || response.#text === null || response.#full !== null || response.#isTaken) return null;
      response.#isTaken = true;
      return response.#text;
    };
  }

  get body() {
    return this.#text === null ? super.body : this.#asked().body;
  }

  get bodyUsed() {
    return this.#text === null ? super.bodyUsed : this.#isTaken || (this.#full?.bodyUsed ?? false);
  }

  text() {
    return this.#text === null ? super.text() : this.#asked().text();
  }

  json() {
    return this.#text === null ? super.json() : this.#asked().json();
  }

  arrayBuffer() {
    return this.#text === null ? super.arrayBuffer() : this.#asked().arrayBuffer();
  }

  bytes() {
    return this.#text === null ? super.bytes() : this.#asked().bytes();
  }

  blob() {
    return this.#text === null ? super.blob() : this.#asked().blob();
  }

  formData() {
    return this.#text === null ? super.formData() : this.#asked().formData();
  }

  clone() {
    return this.#text === null ? super.clone() : this.#asked().clone();
  }

  #asked() {
    if (this.#full !== null) return this.#full;
    const { headers, status, statusText } = this;
    this.#full = new NodeResponse(this.#text, { headers, status, statusText });
    // Used by the answer: what is asked now is refused as it is for any body that has been read.
    if (this.#isTaken) void this.#full.text();
    return this.#full;
  }
}

Object.defineProperty(LightResponse, 'name', { value: 'Response' });

/** To be called before the application is loaded. */
export function installLightResponse() {
  Object.defineProperty(globalThis, 'Response', {
    value: LightResponse,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

/** The whole body of an answer as a string, which counts as used then; null: it has to be read from `body`. */
export const takeText = (response) => textOf(response);
