/**
 * The variables of one request as they came from the gateway: pairs of strings, each `u32le length | latin-1 bytes`
 * (engine/gateway/environ-pairs.ts). They stay one string, from which what is asked for is cut: most requests need
 * few of them. What node:http and fetch want to know is made of them here.
 */

/** `HTTP_ACCEPT_ENCODING` -> `accept-encoding`; applications see few different ones. */
const headers = new Map();
const MAX_KNOWN_NAMES = 1024;
/** Counts the calls of `headers`: a header that comes again in the same call replaces what came before. */
let calls = 0;

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
    const call = ++calls;
    if (headers.size > MAX_KNOWN_NAMES) headers.clear();
    for (let at = 0; at < text.length; ) {
      const keyStart = at + 4;
      const keyEnd = keyStart + lengthAt(text, at);
      const start = keyEnd + 4;
      at = start + lengthAt(text, keyEnd);
      const isOwn = text.startsWith('HTTP_', keyStart);
      // The gateway says these two even when they are empty.
      if (!isOwn && (at === start || !text.startsWith('CONTENT_', keyStart))) continue;
      const header = headerOf(text.slice(keyStart, keyEnd));
      if (header.name === null) continue;
      const value = text.slice(start, at);
      if (header.call === call) {
        found[header.place] = value;
      } else {
        header.call = call;
        header.place = found.push(header.name, value) - 1;
      }
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

/** Its name; null: a variable of a front server that begins so (CONTENT_DISPOSITION, say). And where it came last. */
function headerOf(key) {
  let header = headers.get(key);
  if (header !== undefined) return header;
  const isHeader = key.startsWith('HTTP_') || key === 'CONTENT_TYPE' || key === 'CONTENT_LENGTH';
  const name = isHeader
    ? key
        .replace(/^HTTP_/, '')
        .toLowerCase()
        .replaceAll('_', '-')
    : null;
  header = { name, call: 0, place: 0 };
  headers.set(key, header);
  return header;
}

function lengthAt(text, at) {
  return (
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}
