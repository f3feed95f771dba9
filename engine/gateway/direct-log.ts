/**
 * The log lines of requests that workers have accepted themselves (`worker-accept`): a LOGGED record (frames.ts) becomes
 * what the request log knows of any other request, by the same parser and encoder.
 */
import { takeNote } from './answer-notes.ts';
import type { Core, DispatchWorker } from './core-choice.ts';
import { EnvironEncoder } from './environ.ts';
import {
  answeringApp,
  FRAME_HEADER_BYTES,
  FrameFlag,
  FrameType,
  REQUEST_PREFIX_BYTES,
  sealRequestFrame,
} from './frames.ts';
import { GatewayRequest, type ResponseTarget } from './request.ts';
import { encodeUwsgiMessage } from './uwsgi-message.ts';

const FIXED_BYTES = 40;
/** Nothing is answered here: the client has its answer. */
const ANSWERED: ResponseTarget = {
  respond: () => undefined,
  begin: () => undefined,
  upgrade: () => undefined,
  data: () => undefined,
  end: () => undefined,
  whenRoom: () => true,
  abort: () => undefined,
  fail: () => ({ headBytes: 0, bodyBytes: 0, headerCount: 0 }),
};

export interface LoggedRequest {
  request: GatewayRequest;
  core: Core;
  micros: number;
}

export class DirectLog {
  readonly #encoder = new EnvironEncoder('marshal');

  /** The record as a request that has been served; null: it is malformed. */
  read(worker: DispatchWorker, flags: number, record: Buffer): LoggedRequest | null {
    if (record.length < FIXED_BYTES) return null;
    const varsStart = FIXED_BYTES + record.readUInt32LE(36);
    const core = worker.cores[record.readUInt16LE(12)];
    const facts =
      varsStart <= record.length
        ? encodeUwsgiMessage(this.#encoder, record.subarray(varsStart), record[31] === 1)
        : null;
    if (core === undefined || facts === null) return null;
    const request = new GatewayRequest(this.#frame(), facts, 0, ANSWERED, () => undefined);
    request.beganMs = record.readDoubleLE(0);
    request.status = record.readUInt16LE(14);
    request.answer = {
      headBytes: record.readUInt32LE(16),
      bodyBytes: record.readDoubleLE(20),
      headerCount: record.readUInt16LE(28),
    };
    if (record[30] === 1) request.target = null;
    request.parts = record.readInt32LE(32);
    request.app = answeringApp(flags);
    request.isLoggedByApp = (flags & FrameFlag.LOG) !== 0;
    return takeVariables(request, record.subarray(FIXED_BYTES, varsStart))
      ? { request, core, micros: record.readUInt32LE(8) }
      : null;
  }

  /** A REQUEST frame with the environ, where the log finds the variables of `log-format`. */
  #frame(): Buffer {
    const { writer } = this.#encoder;
    writer.finish();
    const frame = Buffer.alloc(REQUEST_PREFIX_BYTES + writer.length);
    writer.bytes.copy(frame, REQUEST_PREFIX_BYTES, 0, writer.length);
    sealRequestFrame(frame, writer.length, 0);
    return frame;
  }
}

function takeVariables(request: GatewayRequest, frames: Buffer): boolean {
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= frames.length) {
    const end = at + FRAME_HEADER_BYTES + frames.readUInt32LE(at);
    if (end > frames.length || frames[at + 4] !== FrameType.LOGVAR) return false;
    const slots = { setDeadline: () => undefined };
    if (!takeNote(FrameType.LOGVAR, request, 0, slots, frames.subarray(at + FRAME_HEADER_BYTES, end))) return false;
    at = end;
  }
  return at === frames.length;
}
