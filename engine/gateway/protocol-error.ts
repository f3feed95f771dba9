/**
 * What a peer can do wrong, by name: the parsers throw a ProtocolError, the connection answers its status
 * and closes. Each limit has a code of its own. `offset` counts from the first byte of the message's head
 * (or of the body, for the codes that begin with `chunk-` and `trailer-`; of the PARAMS stream for FastCGI's variables).
 */

const CATALOGUE = {
  // request line
  'bad-method': [400, 'the request method is not a token'],
  'bad-target': [400, 'the request target is malformed'],
  'bad-version': [400, 'the HTTP version is malformed'],
  'version-not-supported': [505, 'only HTTP/1.0 and HTTP/1.1 are spoken here'],
  'connect-not-supported': [501, 'CONNECT is not supported'],
  'target-too-long': [414, 'the request target is longer than buffer-size'],
  // headers
  'head-too-large': [431, 'the request line and headers are larger than buffer-size'],
  'too-many-headers': [431, 'the request has too many headers'],
  'bare-lf': [400, 'a line ends with LF only'],
  'bare-cr': [400, 'a CR stands alone'],
  'nul-byte': [400, 'the head holds a NUL byte'],
  'control-byte': [400, 'the head holds a control character'],
  'header-no-colon': [400, 'a header line has no colon'],
  'bad-header-name': [400, 'a header name is not a token'],
  'blank-before-colon': [400, 'a blank stands before the colon of a header'],
  'folded-header': [400, 'a header is folded over two lines'],
  'host-missing': [400, 'an HTTP/1.1 request needs a Host header'],
  'host-repeated': [400, 'the Host header is there more than once'],
  'host-invalid': [400, 'the Host header is no host'],
  'content-length-invalid': [400, 'the Content-Length is not a number'],
  'content-length-repeated': [400, 'the Content-Length is there more than once'],
  'length-and-encoding': [400, 'Content-Length and Transfer-Encoding are both there'],
  'encoding-in-http10': [400, 'Transfer-Encoding in an HTTP/1.0 request'],
  'encoding-not-supported': [501, 'the only Transfer-Encoding supported is chunked'],
  'websocket-version': [426, 'the only version of websockets spoken here is 13'],
  'websocket-key': [400, 'the Sec-WebSocket-Key is missing or malformed'],
  'expectation-failed': [417, 'the only expectation supported is 100-continue'],
  // body
  'body-too-large': [413, 'the body is larger than limit-post'],
  'chunk-size-invalid': [400, 'the size of a chunk is not a number'],
  'chunk-size-too-large': [413, 'the size of a chunk is too large'],
  'chunk-line-too-long': [400, 'the size line of a chunk is too long'],
  'chunk-end-missing': [400, 'a chunk does not end where its size says'],
  'trailer-invalid': [400, 'a trailer line is malformed'],
  'trailer-too-large': [431, 'the trailer is too large'],
  // uwsgi, FastCGI and SCGI
  'block-too-large': [431, 'the variables block is larger than buffer-size'],
  'block-malformed': [400, 'a length in the variables block points outside it'],
  'key-empty': [400, 'a variable has an empty name'],
  'too-many-vars': [431, 'the request has too many variables'],
  'block-empty': [400, 'the variables block is empty'],
  'body-too-short': [400, 'the body is shorter than its CONTENT_LENGTH'],
  'netstring-invalid': [400, 'the variables are not a netstring'],
  'record-invalid': [400, 'a FastCGI record is malformed or out of place'],
  'record-too-large': [400, 'a FastCGI management record is too large'],
  // PROXY protocol
  'proxy-header-invalid': [400, 'the PROXY protocol header is malformed'],
  'proxy-header-too-large': [400, 'the PROXY protocol header is too large'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ProtocolErrorCode = keyof typeof CATALOGUE;

export const PROTOCOL_ERROR_CODES: readonly string[] = Object.keys(CATALOGUE);

/** Malformed bytes from a peer: never a bug, never a crash. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  /** HTTP status to answer. */
  readonly status: number;
  readonly offset: number;

  constructor(code: ProtocolErrorCode, offset: number) {
    const [status, message] = CATALOGUE[code];
    super(message);
    this.code = code;
    this.status = status;
    this.offset = offset;
  }
}
