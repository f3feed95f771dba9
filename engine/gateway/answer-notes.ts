/**
 * Frames about the request that runs which are no part of its answer: what the application said through the module
 * `uwsgi` (layouts in frames.ts). A new deadline for harakiri, a variable for the log, the end of the answer.
 */
import { FrameType } from './frames.ts';
import type { GatewayRequest } from './request.ts';
import type { SlotWriter } from './slot-writer.ts';

/** An application that sets more of them for one request is not listened to. */
const MAX_LOG_VARIABLES = 64;

/** Takes in one frame; false: it is malformed. */
export function takeNote(
  type: number,
  request: GatewayRequest,
  slot: number,
  slots: Pick<SlotWriter, 'setDeadline'>,
  payload: Buffer,
): boolean {
  switch (type) {
    case FrameType.DEADLINE:
      if (payload.length !== 4) return false;
      slots.setDeadline(slot, payload.readUInt32LE(0));
      return true;
    case FrameType.LOGVAR:
      return noteVariable(request, payload);
    case FrameType.DISCONNECT:
      endAnswer(request);
      return true;
    default:
      return false;
  }
}

function noteVariable(request: GatewayRequest, payload: Buffer): boolean {
  const nameEnd = payload.length < 2 ? 0 : 2 + payload.readUInt16LE(0);
  if (nameEnd < 2 || nameEnd > payload.length) return false;
  request.logVariables ??= new Map();
  if (request.logVariables.size < MAX_LOG_VARIABLES) {
    request.logVariables.set(payload.toString('latin1', 2, nameEnd), payload.toString('latin1', nameEnd));
  }
  return true;
}

/** The client has all it shall get; the request goes on without it. */
function endAnswer(request: GatewayRequest): void {
  const { target } = request;
  if (request.failed || target === null) return;
  request.failed = true;
  if (request.answering) {
    target.end();
    return;
  }
  request.answer = target.fail(500);
  request.status = 500;
}
