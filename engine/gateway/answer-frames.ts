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

/** Called when the worker has done with a request, before its client hears so. */
export type Answered = (core: Core, request: GatewayRequest, micros: number, flags: number) => void;

export class AnswerFrames {
  /** What the configuration changes about the heads of answers; null: nothing. */
  edits: HeadEdits | null = null;
  readonly #slots: Pick<SlotWriter, 'setDeadline' | 'harakiriSeconds' | 'offloaded'>;
  readonly #answered: Answered;

  constructor(slots: Pick<SlotWriter, 'setDeadline' | 'harakiriSeconds' | 'offloaded'>, answered: Answered) {
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
    const target = request.failed ? null : request.target;
    if (type === FrameType.RESPONSE) {
      const sent = end - start >= 4 ? decodeResponseHead(bytes, start + 4, end) : null;
      if (sent === null || request.answering) return false;
      const bodyStart = start + 4 + RESPONSE_HEAD_BYTES + sent.block.length;
      const edited = this.edits?.apply(sent) ?? sent;
      const { edit, file } = request;
      if (file !== null) {
        this.#answerWithFile(core, request, file, edited, bytes.readUInt32LE(start), flags);
        return true;
      }
      const head = edit?.begin(edited) ?? edited;
      const given = bytes.subarray(bodyStart, end);
      const body = edit === null ? given : Buffer.concat([edit.data(given), edit.end()]);
      noteHead(request, head);
      if (!request.failed) request.answer.bodyBytes = body.length;
      request.parts = Math.max(head.parts, end > bodyStart ? 1 : 0);
      request.app = answeringApp(flags);
      // Counted first: whoever has the answer finds it in the statistics.
      this.#answered(core, request, bytes.readUInt32LE(start), flags);
      if (edit?.isStreamed === true) stream(target, head, body);
      else target?.respond(head, body);
      return true;
    }
    if (type === FrameType.HEAD) {
      const upgrade = flags & UPGRADES;
      closeWorkerFile(request);
      const sent = decodeResponseHead(bytes, start, end, upgrade === 0 ? undefined : 0);
      if (sent === null || request.answering) return false;
      const edited = this.edits?.apply(sent) ?? sent;
      const head = upgrade === 0 ? (request.edit?.begin(edited) ?? edited) : edited;
      request.answering = true;
      noteHead(request, head);
      if (upgrade !== 0) return this.#upgrade(core, request, head, upgrade);
      target?.begin(head);
      return true;
    }
    if (type === FrameType.DATA) {
      if (!request.answering) return false;
      const given = bytes.subarray(start, end);
      const body = request.input === null ? (request.edit?.data(given) ?? given) : given;
      if (!request.failed && (flags & FrameFlag.CLOSED) === 0) request.answer.bodyBytes += body.length;
      request.parts++;
      target?.data(body, flags & 0xff);
      return true;
    }
    if (type === FrameType.FILE) {
      if (request.answering || request.file !== null) return false;
      // What routes change of an answer goes through their hands.
      request.file = request.edit === null && target !== null ? openWorkerFile(bytes.subarray(start, end)) : null;
      core.worker.fileOffered?.(request.id, core.index, request.file !== null);
      return true;
    }
    if (type === FrameType.CONSUMED) {
      return end - start === 4 && request.input?.consumed(bytes.readUInt32LE(start)) === true;
    }
    if (type >= FrameType.DEADLINE) return takeNote(type, request, core.slot, this.#slots, bytes.subarray(start, end));
    if (type !== FrameType.END || end - start < 4) return false;
    closeWorkerFile(request);
    if (target !== null && !request.answering) {
      request.answer = target.fail(500);
      request.status = 500;
    }
    request.app = answeringApp(flags);
    if (request.answering && request.input === null) passRest(request, target);
    this.#answered(core, request, bytes.readUInt32LE(start), flags);
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
    const target = request.failed ? null : request.target;
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
