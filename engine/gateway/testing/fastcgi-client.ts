/** FastCGI as a front server speaks it: requests as bytes, and what an answer's records hold. */
import { RecordType } from '../fastcgi-records.ts';

export interface FastCgiAnswer {
  /** Content of STDOUT. */
  stdout: Buffer;
  requestId: number;
  /** END_REQUEST's protocol status. */
  status: number;
  /** Where the next answer begins. */
  end: number;
}

export interface FastCgiRecord {
  type: number;
  requestId: number;
  content: Buffer;
  end: number;
}

export function encodeRecord(type: number, requestId: number, content: Buffer, paddingBytes = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(1, 0);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(requestId, 2);
  header.writeUInt16BE(content.length, 4);
  header.writeUInt8(paddingBytes, 6);
  return Buffer.concat([header, content, Buffer.alloc(paddingBytes, 'p')]);
}

export function encodeBegin(requestId: number, keepConnection: boolean, role = 1): Buffer {
  return encodeRecord(
    RecordType.BEGIN_REQUEST,
    requestId,
    Buffer.from([0, role, keepConnection ? 1 : 0, 0, 0, 0, 0, 0]),
  );
}

export function encodeParams(vars: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    vars.map(([key, value]) =>
      Buffer.concat([encodeLength(key.length), encodeLength(value.length), Buffer.from(key + value, 'latin1')]),
    ),
  );
}

/** A whole request, its body in one record or more. */
export function encodeFastCgiRequest(
  vars: readonly (readonly [string, string])[],
  body = '',
  { requestId = 1, keepConnection = false } = {},
): Buffer {
  const stdin = Buffer.from(body, 'latin1');
  const parts: Buffer[] = [];
  for (let at = 0; at < stdin.length; at += 60_000) {
    parts.push(encodeRecord(RecordType.STDIN, requestId, stdin.subarray(at, at + 60_000), at % 8));
  }
  return Buffer.concat([
    encodeBegin(requestId, keepConnection),
    encodeRecord(RecordType.PARAMS, requestId, encodeParams(vars)),
    encodeRecord(RecordType.PARAMS, requestId, Buffer.alloc(0)),
    ...parts,
    encodeRecord(RecordType.STDIN, requestId, Buffer.alloc(0)),
  ]);
}

/** The record at the begin of `bytes`; null: it is not complete. */
export function decodeRecord(bytes: Buffer, at = 0): FastCgiRecord | null {
  if (bytes.length < at + 8) return null;
  const contentEnd = at + 8 + bytes.readUInt16BE(at + 4);
  const end = contentEnd + bytes.readUInt8(at + 6);
  if (bytes.length < end) return null;
  const content = bytes.subarray(at + 8, contentEnd);
  return { type: bytes.readUInt8(at + 1), requestId: bytes.readUInt16BE(at + 2), content, end };
}

/** A whole answer; null: its END_REQUEST has not come. */
export function decodeFastCgiAnswer(bytes: Buffer): FastCgiAnswer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const record = decodeRecord(bytes, at);
    if (record === null) return null;
    at = record.end;
    if (record.type === RecordType.STDOUT) parts.push(record.content);
    if (record.type !== RecordType.END_REQUEST) continue;
    const { requestId, content } = record;
    return { stdout: Buffer.concat(parts), requestId, status: content.readUInt8(4), end: at };
  }
}

function encodeLength(length: number): Buffer {
  if (length < 128) return Buffer.from([length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length + 0x80000000);
  return bytes;
}
