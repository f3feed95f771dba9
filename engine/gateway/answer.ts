/**
 * The bytes of an answer to a client: status line, framing headers and the gateway's own error answers. Pure: what
 * a connection knows goes in, buffers come out. The application's header block is copied, never parsed.
 */
import type { ResponseHead } from './frames.ts';
import type { AnswerSize } from './request.ts';

/** How a body is delimited. `raw`: the connection's end ends it. */
export type Framing = 'none' | 'length' | 'chunked' | 'raw';

/**
 * `http`: the gateway frames the answer for the client. The others leave that to a front server: `raw` begins with an
 * HTTP status line, `cgi` with a `Status:` header. `packet`: there is no head, the body is the answer.
 */
export type AnswerStyle = 'http' | 'raw' | 'cgi' | 'packet';

export interface AnswerContext {
  style: AnswerStyle;
  /** What the status line begins with: `HTTP/1.1`, `HTTP/1.0`, or `Status:`. */
  protocol: string;
  isHead: boolean;
  keepAlive: boolean;
  /** `http-auto-gzip` is on and the client takes it. */
  acceptsGzip: boolean;
  /** What the protocol wraps answers in; null: nothing. */
  envelope: Envelope | null;
}

/** Carries an answer's bytes in records of the protocol (FastCGI). */
export interface Envelope {
  /** A request has begun that an answer can belong to. */
  readonly isOpen: boolean;
  wrap(bytes: Buffer): Buffer;
  /** What follows a complete answer. */
  end(): Buffer;
}

export interface AnswerPlan {
  framing: Framing;
  keepAlive: boolean;
  /** Bytes of body to send at most; -1: no limit. */
  bodyBytes: number;
}

const MAX_PROTOCOLS = 8;
const MAX_STATUSES = 64;
/** Those that were made, by protocol and status. */
const statusLines = new Map<string, Map<number, Buffer>>();

/**
 * Decides how the body is framed and writes the head.
 * @param bodyBytes length of the body if it is known already, otherwise -1
 */
export function planAnswer(
  head: ResponseHead,
  context: AnswerContext,
  bodyBytes: number,
): AnswerPlan & { head: Buffer } {
  const declared = head.contentLength;
  const hasNoBody = context.isHead || head.status === 204 || head.status === 304;
  let { keepAlive } = context;
  let framing: Framing;
  let extra = '';
  if (context.style !== 'http') {
    framing = 'raw';
  } else if (hasNoBody) {
    framing = 'none';
  } else if (declared >= 0) {
    framing = 'length';
  } else if (bodyBytes >= 0) {
    framing = 'length';
    extra = `Content-Length: ${bodyBytes}\r\n`;
  } else if (context.protocol === 'HTTP/1.1') {
    framing = 'chunked';
    extra = 'Transfer-Encoding: chunked\r\n';
  } else {
    framing = 'raw';
    keepAlive = false;
  }
  if (context.style === 'http') extra += connectionHeader(context.protocol, keepAlive);
  return {
    framing,
    keepAlive,
    bodyBytes: hasNoBody ? 0 : framing === 'length' && declared >= 0 ? declared : -1,
    head: context.style === 'packet' ? NOTHING : encodeHead(context.protocol, head, extra),
  };
}

const NOTHING = Buffer.alloc(0);

function connectionHeader(protocol: string, keepAlive: boolean): string {
  if (!keepAlive) return 'Connection: close\r\n';
  return protocol === 'HTTP/1.1' ? '' : 'Connection: keep-alive\r\n';
}

function encodeHead(protocol: string, head: ResponseHead, extra: string): Buffer {
  const line = statusLine(protocol, head.status);
  const { block } = head;
  const bytes = Buffer.allocUnsafe(line.length + block.length + extra.length + 2);
  bytes.set(line, 0);
  bytes.set(block, line.length);
  bytes.write(`${extra}\r\n`, line.length + block.length, 'latin1');
  return bytes;
}

/** `HTTP/1.1 200 ` or `Status: 200 `; the reason follows in the application's block. */
function statusLine(protocol: string, status: number): Buffer {
  const known = statusLines.get(protocol)?.get(status);
  if (known !== undefined) return known;
  const line = Buffer.from(`${protocol} ${status} `, 'latin1');
  const lines = statusLines.get(protocol) ?? new Map<number, Buffer>();
  if (lines.size < MAX_STATUSES) lines.set(status, line);
  if (statusLines.size < MAX_PROTOCOLS) statusLines.set(protocol, lines);
  return line;
}

/** One chunk of a chunked body. */
export function encodeChunk(body: Buffer): Buffer {
  const size = `${body.length.toString(16)}\r\n`;
  const bytes = Buffer.allocUnsafe(size.length + body.length + 2);
  bytes.write(size, 0, 'latin1');
  bytes.set(body, size.length);
  bytes.write('\r\n', size.length + body.length, 'latin1');
  return bytes;
}

export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
export const CONTINUE: Buffer = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

/** Names of the statuses that the gateway itself answers with (RFC 9110 section 15). */
const NAMES: Record<number, string> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
};

/** Why the gateway itself answers, for the body of the answer. */
const REASONS: Record<number, string> = {
  408: 'The request did not arrive in time.',
  500: '',
  502: 'The worker that served this request ended before it answered.',
  503: 'All workers are busy and the request queue is full.',
  504: 'The application did not answer in time.',
};

/**
 * The gateway's own answer to a request.
 * @param reason what is wrong, in plain words; for statuses of its own the gateway has one
 */
export function encodeError(
  status: number,
  context: AnswerContext,
  reason: string = REASONS[status] ?? '',
): { bytes: Buffer; size: AnswerSize } {
  // The end of the connection says it.
  if (context.style === 'packet') return { bytes: NOTHING, size: { headBytes: 0, bodyBytes: 0, headerCount: 0 } };
  const name = NAMES[status] ?? 'Error';
  const headers = ['Connection: close', 'Content-Type: text/plain'];
  // uWSGI's own answer when there is no application has these bytes and no more.
  const text = status === 500 ? name : `${status} ${name}\n${reason === '' ? '' : `${reason}\n`}`;
  const body = context.isHead ? '' : text;
  if (status === 503) headers.push('Retry-After: 1');
  if (status === 426) headers.push('Upgrade: websocket', 'Sec-WebSocket-Version: 13');
  if (status !== 500) headers.push(`Content-Length: ${Buffer.byteLength(text)}`);
  const head = `${context.protocol} ${status} ${name}\r\n${headers.join('\r\n')}\r\n\r\n`;
  return {
    bytes: Buffer.from(head + body),
    size: { headBytes: head.length, bodyBytes: body.length, headerCount: headers.length },
  };
}
