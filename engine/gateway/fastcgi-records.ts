/**
 * FastCGI records as bytes: what responders and those who ask them write, and the numbers of the specification (FastCGI 1.0, section 8).
 *
 *   record   u8 version = 1 | u8 type | u16be request id | u16be content length | u8 padding length | u8 reserved
 *            content | padding
 */

export const RECORD_HEADER_BYTES = 8;
export const FASTCGI_VERSION = 1;
export const MAX_CONTENT_BYTES = 65535;

export const RecordType = {
  BEGIN_REQUEST: 1,
  ABORT_REQUEST: 2,
  END_REQUEST: 3,
  PARAMS: 4,
  STDIN: 5,
  STDOUT: 6,
  STDERR: 7,
  DATA: 8,
  GET_VALUES: 9,
  GET_VALUES_RESULT: 10,
  UNKNOWN_TYPE: 11,
} as const;

export const ROLE_RESPONDER = 1;
export const FLAG_KEEP_CONN = 1;

/** Why a request ended without an answer, or `REQUEST_COMPLETE`. */
export const ProtocolStatus = { REQUEST_COMPLETE: 0, CANT_MPX_CONN: 1, OVERLOADED: 2, UNKNOWN_ROLE: 3 } as const;
export type ProtocolStatus = (typeof ProtocolStatus)[keyof typeof ProtocolStatus];

/** Bytes of an answer as STDOUT records, as large as they may be. No bytes: no record. */
export function encodeStdout(requestId: number, content: Buffer): Buffer {
  const records = Math.ceil(content.length / MAX_CONTENT_BYTES);
  const out = Buffer.allocUnsafe(content.length + records * RECORD_HEADER_BYTES);
  let at = 0;
  for (let from = 0; from < content.length; from += MAX_CONTENT_BYTES) {
    const size = Math.min(MAX_CONTENT_BYTES, content.length - from);
    writeHeader(out, at, RecordType.STDOUT, requestId, size);
    at += RECORD_HEADER_BYTES;
    content.copy(out, at, from, from + size);
    at += size;
  }
  return out;
}

/** The end of an answer: an empty STDOUT record and END_REQUEST. */
export function encodeEnd(requestId: number): Buffer {
  const out = Buffer.alloc(RECORD_HEADER_BYTES);
  writeHeader(out, 0, RecordType.STDOUT, requestId, 0);
  return Buffer.concat([out, encodeEndRequest(requestId, ProtocolStatus.REQUEST_COMPLETE)]);
}

export function encodeEndRequest(requestId: number, status: ProtocolStatus): Buffer {
  const out = Buffer.alloc(RECORD_HEADER_BYTES * 2);
  writeHeader(out, 0, RecordType.END_REQUEST, requestId, 8);
  out.writeUInt8(status, RECORD_HEADER_BYTES + 4);
  return out;
}

/** The answer to GET_VALUES. Names and values are short. */
export function encodeValues(values: readonly (readonly [name: string, value: string])[]): Buffer {
  const content = Buffer.concat(
    values.flatMap(([name, value]) => [Buffer.from([name.length, value.length]), Buffer.from(name + value, 'latin1')]),
  );
  const out = Buffer.alloc(RECORD_HEADER_BYTES);
  writeHeader(out, 0, RecordType.GET_VALUES_RESULT, 0, content.length);
  return Buffer.concat([out, content]);
}

/** The answer to a management record that we do not know. */
export function encodeUnknownType(type: number): Buffer {
  const out = Buffer.alloc(RECORD_HEADER_BYTES * 2);
  writeHeader(out, 0, RecordType.UNKNOWN_TYPE, 0, 8);
  out.writeUInt8(type, RECORD_HEADER_BYTES);
  return out;
}

function writeHeader(out: Buffer, at: number, type: number, requestId: number, contentBytes: number): void {
  out.writeUInt8(FASTCGI_VERSION, at);
  out.writeUInt8(type, at + 1);
  out.writeUInt16BE(requestId, at + 2);
  out.writeUInt16BE(contentBytes, at + 4);
  out.writeUInt16BE(0, at + 6);
}

/**
 * A request: BEGIN_REQUEST, its variables, which are name-value pairs already, and its body.
 * @param body at most MAX_CONTENT_BYTES; null: it follows, with `encodeStdinHeader`
 */
export function encodeRequest(keepsConnection: boolean, params: readonly Buffer[], body: Buffer | null): Buffer {
  const paramBytes = params.reduce((sum, part) => sum + part.length, 0);
  const records = 3 + Math.ceil(paramBytes / MAX_CONTENT_BYTES) + (body === null ? 0 : body.length > 0 ? 2 : 1);
  const out = Buffer.allocUnsafe(records * RECORD_HEADER_BYTES + paramBytes + (body?.length ?? 0));
  writeHeader(out, 0, RecordType.BEGIN_REQUEST, 1, 8);
  out.fill(0, RECORD_HEADER_BYTES, RECORD_HEADER_BYTES * 2);
  out[RECORD_HEADER_BYTES + 1] = ROLE_RESPONDER;
  out[RECORD_HEADER_BYTES + 2] = keepsConnection ? FLAG_KEEP_CONN : 0;
  let at = writeParams(out, RECORD_HEADER_BYTES * 2, params, paramBytes);
  if (body === null) return out;
  if (body.length > 0) {
    writeHeader(out, at, RecordType.STDIN, 1, body.length);
    out.set(body, at + RECORD_HEADER_BYTES);
    at += RECORD_HEADER_BYTES + body.length;
  }
  writeHeader(out, at, RecordType.STDIN, 1, 0);
  return out;
}

/** As records, with the empty one that ends them; returns where that ends. */
function writeParams(out: Buffer, start: number, params: readonly Buffer[], bytes: number): number {
  let at = start;
  let left = bytes;
  let recordLeft = 0;
  for (const part of params) {
    for (let from = 0; from < part.length; ) {
      if (recordLeft === 0) {
        recordLeft = Math.min(left, MAX_CONTENT_BYTES);
        writeHeader(out, at, RecordType.PARAMS, 1, recordLeft);
        at += RECORD_HEADER_BYTES;
      }
      const size = Math.min(recordLeft, part.length - from);
      part.copy(out, at, from, from + size);
      at += size;
      from += size;
      left -= size;
      recordLeft -= size;
    }
  }
  writeHeader(out, at, RecordType.PARAMS, 1, 0);
  return at + RECORD_HEADER_BYTES;
}

/** Header of a record of the request's body; of no bytes: the body's end. */
export function encodeStdinHeader(contentBytes: number): Buffer {
  const out = Buffer.alloc(RECORD_HEADER_BYTES);
  writeHeader(out, 0, RecordType.STDIN, 1, contentBytes);
  return out;
}

/** Asks for a variable; whoever answers is ready for a request. */
export function encodeGetValues(name: string): Buffer {
  const content = Buffer.concat([Buffer.from([name.length, 0]), Buffer.from(name, 'latin1')]);
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  writeHeader(header, 0, RecordType.GET_VALUES, 0, content.length);
  return Buffer.concat([header, content]);
}
