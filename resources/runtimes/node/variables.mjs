/**
 * The variables of one request as they came from the gateway: pairs of strings, each `u32le length | latin-1 bytes`
 * (engine/gateway/environ-pairs.ts). They stay one string, from which what is asked for is cut: most requests need
 * few of them. What node:http and fetch want to know is made of them here.
 */

/** `HTTP_ACCEPT_ENCODING` -> `accept-encoding`; applications see few different ones. */
const headerNames = new Map([
  ['CONTENT_TYPE', 'content-type'],
  ['CONTENT_LENGTH', 'content-length'],
]);
const MAX_KNOWN_NAMES = 1024;

export class Variables {
  method = 'GET';
  /** As it was sent: a path with its query, mostly. */
  uri = '';
  protocol = 'HTTP/1.1';
  #text;

  /** @param text the whole block as a latin-1 string */
  constructor(text) {
    this.#text = text;
    let missing = 3;
    for (let at = 0; missing > 0 && at < text.length; ) {
      const keyEnd = at + 4 + lengthAt(text, at);
      const start = keyEnd + 4;
      const end = start + lengthAt(text, keyEnd);
      const keyBytes = keyEnd - at - 4;
      if (keyBytes === 14 && text.startsWith('REQUEST_METHOD', at + 4)) {
        this.method = end - start === 3 && text.startsWith('GET', start) ? 'GET' : text.slice(start, end);
        missing--;
      } else if (keyBytes === 11 && text.startsWith('REQUEST_URI', at + 4)) {
        this.uri = text.slice(start, end);
        missing--;
      } else if (keyBytes === 15 && text.startsWith('SERVER_PROTOCOL', at + 4)) {
        if (!text.startsWith('HTTP/1.1', start)) this.protocol = text.slice(start, end);
        missing--;
      }
      at = end;
    }
  }

  /** The value of a variable; the last one counts. */
  get(name) {
    const text = this.#text;
    let found;
    for (let at = 0; at < text.length; ) {
      const keyStart = at + 4;
      const keyEnd = keyStart + lengthAt(text, at);
      const start = keyEnd + 4;
      at = start + lengthAt(text, keyEnd);
      if (keyEnd - keyStart === name.length && text.startsWith(name, keyStart)) found = text.slice(start, at);
    }
    return found;
  }

  /** Names in lower case and values of the request's headers, one after the other, as in `rawHeaders`. */
  headers() {
    const text = this.#text;
    const found = [];
    for (let at = 0; at < text.length; ) {
      const keyStart = at + 4;
      const keyEnd = keyStart + lengthAt(text, at);
      const start = keyEnd + 4;
      at = start + lengthAt(text, keyEnd);
      if (!text.startsWith('HTTP_', keyStart) && !text.startsWith('CONTENT_', keyStart)) continue;
      const name = headerName(text.slice(keyStart, keyEnd));
      if (name !== null && (at > start || text.startsWith('HTTP_', keyStart))) found.push(name, text.slice(start, at));
    }
    return found;
  }

  /** The request's target in origin form. */
  get target() {
    const { uri } = this;
    if (uri.charCodeAt(0) === 47) return uri;
    // `OPTIONS *`, an absolute form, or a front server that names the path alone.
    if (uri === '*') return uri;
    const query = this.get('QUERY_STRING');
    return `${encodeURI(this.get('PATH_INFO') || '/')}${query ? `?${query}` : ''}`;
  }

  get scheme() {
    return this.get('wsgi.url_scheme') ?? 'http';
  }
}

function headerName(key) {
  let name = headerNames.get(key);
  if (name !== undefined) return name;
  // Front servers send more that begins so: CONTENT_DISPOSITION would be theirs.
  if (!key.startsWith('HTTP_')) return null;
  name = key.slice(5).toLowerCase().replaceAll('_', '-');
  if (headerNames.size < MAX_KNOWN_NAMES) headerNames.set(key, name);
  return name;
}

function lengthAt(text, at) {
  return (
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}
