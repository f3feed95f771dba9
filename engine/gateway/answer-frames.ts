/**
 * The frames of an answer (layouts in frames.ts) on their way from a worker to the client's connection: a head, data, an
 * end, or all of it at once. What the end of an answer means for cores and queues is the dispatcher's business.
 */
import { closeSync } from 'node:fs';
import { takeNote } from './answer-notes.ts';
import type { Core } from './core-choice.ts';
import {
  answeringApp,
  decodeResponseHead,
  FrameFlag,
  FrameType,
  RESPONSE_HEAD_BYTES,
  type ResponseHead,
  requestUpgrades,
} from './frames.ts';
import type { HeadEdits } from './head-edits.ts';
import { InputWindow } from './input-window.ts';
import type { GatewayRequest, ResponseTarget } from './request.ts';
import type { SlotWriter } from './slot-writer.ts';
import { ACCEPT_BYTES, ACCEPT_HEADERS } from './websocket-handshake.ts';
import { closeWorkerFile, openWorkerFile, sendWorkerFile, type WorkerFile, withLength } from './worker-file.ts';

type Slots = Pick<SlotWriter, 'setDeadline' | 'isOverdue' | 'harakiriSeconds' | 'offloaded'>;

/** Called when the worker has done with a request, before its client hears so. */
export type Answered = (core: Core, request: GatewayRequest, micros: number, flags: number) => void;

export class AnswerFrames {
  /** What the configuration changes about the heads of answers; null: nothing. */
  edits: HeadEdits | null = null;
  readonly #slots: Slots;
  readonly #answered: Answered;

  constructor(slots: Slots, answered: Answered) {
    this.#slots = slots;
    this.#answered = answered;
  }

  /** Handles a frame of the request that runs; false: it is malformed or out of order. */
  accept(
    core: Core,
    request: GatewayRequest,
    type: number,
    flags: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    switch (type) {
      case FrameType.RESPONSE:
        return this.#response(core, request, flags, bytes, start, end);
      case FrameType.HEAD:
        return this.#head(core, request, flags, bytes, start, end);
      case FrameType.DATA:
        return takeData(request, flags, bytes.subarray(start, end));
      case FrameType.FILE:
        return takeOffer(core, request, bytes.subarray(start, end));
      case FrameType.CONSUMED:
        return end - start === 4 && request.input?.consumed(bytes.readUInt32LE(start)) === true;
      case FrameType.END:
        return end - start >= 4 && this.#end(core, request, flags, bytes.readUInt32LE(start));
      default:
        return takeNote(type, request, core.slot, this.#slots, bytes.subarray(start, end));
    }
  }

  /** A whole answer. */
  #response(core: Core, request: GatewayRequest, flags: number, bytes: Buffer, start: number, end: number): boolean {
    const sent = end - start >= 4 ? decodeResponseHead(bytes, start + 4, end) : null;
    if (sent === null || request.answering) return false;
    const micros = bytes.readUInt32LE(start);
    const edited = this.edits?.apply(sent) ?? sent;
    const { edit, file } = request;
    if (file !== null) {
      this.#answerWithFile(core, request, file, edited, micros, flags);
      return true;
    }
    const head = edit?.begin(edited) ?? edited;
    const given = bytes.subarray(start + 4 + RESPONSE_HEAD_BYTES + sent.block.length, end);
    const body = edit === null ? given : Buffer.concat([edit.data(given), edit.end()]);
    noteHead(request, head);
    if (!request.failed) request.answer.bodyBytes = body.length;
    request.parts = Math.max(head.parts, given.length > 0 ? 1 : 0);
    request.app = answeringApp(flags);
    const target = clientOf(request);
    // Counted first: whoever has the answer finds it in the statistics.
    this.#answered(core, request, micros, flags);
    if (edit?.isStreamed === true) stream(target, head, body);
    else target?.respond(head, body);
    return true;
  }

  #head(core: Core, request: GatewayRequest, flags: number, bytes: Buffer, start: number, end: number): boolean {
    const upgrade = flags & UPGRADES;
    closeWorkerFile(request);
    const sent = decodeResponseHead(bytes, start, end, upgrade === 0 ? undefined : 0);
    if (sent === null || request.answering) return false;
    const edited = this.edits?.apply(sent) ?? sent;
    const head = upgrade === 0 ? (request.edit?.begin(edited) ?? edited) : edited;
    request.answering = true;
    noteHead(request, head);
    if (upgrade !== 0) return this.#upgrade(core, request, head, upgrade);
    clientOf(request)?.begin(head);
    return true;
  }

  #end(core: Core, request: GatewayRequest, flags: number, micros: number): boolean {
    const target = clientOf(request);
    closeWorkerFile(request);
    if (target !== null && !request.answering) {
      // A worker that was told to give the request up may say so before the gateway hears of it.
      request.status = this.#slots.isOverdue(core.slot) ? 504 : 500;
      request.answer = target.fail(request.status);
    }
    request.app = answeringApp(flags);
    if (request.answering && request.input === null) passRest(request, target);
    this.#answered(core, request, micros, flags);
    if (request.answering && (flags & FrameFlag.ABORTED) !== 0) target?.abort();
    else if (request.answering) target?.end();
    return true;
  }

  /** The worker has done; the gateway goes on with the file. */
  #answerWithFile(
    core: Core,
    request: GatewayRequest,
    file: WorkerFile,
    sent: ResponseHead,
    micros: number,
    flags: number,
  ): void {
    const { target, facts, failed } = request;
    const hasBody = facts.method !== 'HEAD' && sent.status !== 204 && sent.status !== 304;
    const head = hasBody ? withLength(sent, file.bytes) : sent;
    noteHead(request, head);
    if (!failed && hasBody) request.answer.bodyBytes = file.bytes;
    request.parts = 1;
    request.app = answeringApp(flags);
    this.#slots.offloaded(core.slot);
    request.file = null;
    this.#answered(core, request, micros, flags);
    // The dispatcher has done with it, its client has not.
    request.target = failed ? null : target;
    if (hasBody && request.target !== null) {
      sendWorkerFile(request, file, head);
      return;
    }
    closeSync(file.fd);
    request.target?.respond(head, NOTHING);
  }

  /** The connection becomes what the worker says; false: its client has not asked for that. */
  #upgrade({ slot }: Core, request: GatewayRequest, head: ResponseHead, upgrade: number): boolean {
    if ((requestUpgrades(request.frame) & upgrade) !== upgrade || upgrade === UPGRADES) return false;
    const seconds = this.#slots.harakiriSeconds;
    request.input = new InputWindow(request, (isLimited) => {
      if (seconds > 0) this.#slots.setDeadline(slot, isLimited ? seconds : 0);
    });
    if (upgrade === FrameFlag.WEBSOCKET) {
      request.answer.headBytes += ACCEPT_BYTES;
      request.answer.headerCount += ACCEPT_HEADERS;
    }
    const target = clientOf(request);
    if (target !== null) target.upgrade(head, upgrade === FrameFlag.WEBSOCKET, request.input);
    // The client has gone before: nothing will ever come.
    else request.input.send(FrameFlag.CLOSED, upgrade === FrameFlag.WEBSOCKET ? GONE : NOTHING);
    return true;
  }
}

const NOTHING = Buffer.alloc(0);
/** Close code 1006. */
const GONE = Buffer.from([0xee, 0x03]);
const UPGRADES = FrameFlag.WEBSOCKET | FrameFlag.TUNNEL;

/** Who hears the answer; null: the client has gone, or has been told that there is none. */
function clientOf(request: GatewayRequest): ResponseTarget | null {
  return request.failed ? null : request.target;
}

/** A part of the body. */
function takeData(request: GatewayRequest, flags: number, given: Buffer): boolean {
  if (!request.answering) return false;
  const body = request.input === null ? (request.edit?.data(given) ?? given) : given;
  if (!request.failed && (flags & FrameFlag.CLOSED) === 0) request.answer.bodyBytes += body.length;
  request.parts++;
  clientOf(request)?.data(body, flags & 0xff);
  return true;
}

/** A file in place of the body: the worker hears whether it is taken. */
function takeOffer({ worker, index }: Core, request: GatewayRequest, payload: Buffer): boolean {
  if (request.answering || request.file !== null) return false;
  // What routes change of an answer goes through their hands.
  request.file = request.edit === null && clientOf(request) !== null ? openWorkerFile(payload) : null;
  worker.fileOffered?.(request.id, index, request.file !== null);
  return true;
}

function stream(target: ResponseTarget | null, head: ResponseHead, body: Buffer): void {
  target?.begin(head);
  target?.data(body);
  target?.end();
}

/** What routes still have of the answer. */
function passRest(request: GatewayRequest, target: ResponseTarget | null): void {
  const rest = request.edit?.end();
  if (rest === undefined || rest.length === 0) return;
  if (!request.failed) request.answer.bodyBytes += rest.length;
  target?.data(rest);
}

function noteHead(request: GatewayRequest, head: ResponseHead): void {
  if (request.failed) return;
  request.status = head.status;
  request.answeredByApp = true;
  const headBytes = request.facts.statusBytes + head.block.length;
  request.answer = { headBytes, bodyBytes: 0, headerCount: head.headerCount };
}
