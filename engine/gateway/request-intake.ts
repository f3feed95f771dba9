/**
 * A request while it comes in from a client: its variables, its body (in memory or in a file), and at the end the frame
 * for a worker that is made of both.
 */
import { BodyStore, statusOfStorageError } from './body-store.ts';
import type { EnvironEncoder } from './environ.ts';
import { FrameFlag, REQUEST_PREFIX_BYTES, sealRequestFrame } from './frames.ts';
import type { ClientProtocol } from './protocol.ts';
import { GatewayRequest, type RequestFacts, type ResponseTarget } from './request.ts';

/** What its connection hears of a body that goes to the disk. */
export interface IntakeEvents {
  /** The disk is slower than the client: read no more, until `relieved`. */
  congested(): void;
  relieved(): void;
  /** The disk does not take it. `status`: what the client is told. */
  lost(status: 507 | 500, error: unknown): void;
}

export class RequestIntake {
  readonly #encoder: EnvironEncoder;
  readonly #folder: string;
  readonly #events: IntakeEvents;
  #facts: RequestFacts | null = null;
  /** Environ of a request whose body is still coming. */
  #environ: Buffer | null = null;
  #body: BodyStore | null = null;

  /** @param folder for bodies that do not fit in memory */
  constructor(encoder: EnvironEncoder, folder: string, events: IntakeEvents) {
    this.#encoder = encoder;
    this.#folder = folder;
    this.#events = events;
  }

  /** Is the disk slower than the client? */
  get isCongested(): boolean {
    return this.#body?.isCongested === true;
  }

  /** The head is complete, its variables stand in the encoder. */
  begin(facts: RequestFacts, hasBody: boolean): void {
    this.#facts = facts;
    if (!hasBody) return;
    // The encoder serves other connections before the body is complete.
    const { writer } = this.#encoder;
    this.#environ = Buffer.from(writer.bytes.subarray(0, writer.length));
    this.#body = new BodyStore(this.#folder);
  }

  append(chunk: Buffer, start: number, end: number): void {
    this.#body?.append(chunk, start, end);
    if (!this.isCongested) return;
    this.#events.congested();
    this.#whenWritten(() => this.#events.relieved());
  }

  /** The body is complete: calls back when a file that holds it has been written, at once when there is none. */
  whenStored(proceed: () => void): void {
    const body = this.#body;
    if ((body?.file ?? null) === null) proceed();
    else {
      this.#whenWritten(() => {
        // The request may have been forgotten meanwhile.
        if (this.#body === body) proceed();
      });
    }
  }

  /** Calls back when the disk has all that came. */
  #whenWritten(proceed: () => void): void {
    const body = this.#body;
    body?.file?.written().then(
      () => proceed(),
      (error: unknown) => {
        if (this.#body === body) this.#events.lost(statusOfStorageError(error), error);
      },
    );
  }

  /** The request as it goes to a worker; a body in a file must have been written. Null: there is none. */
  finish(protocol: ClientProtocol, serial: number, target: ResponseTarget): GatewayRequest | null {
    const facts = this.#facts;
    const body = this.#body;
    if (facts === null) return null;
    if (this.#environ !== null) this.#resumeEnviron(this.#environ, facts, protocol);
    this.#facts = null;
    this.#environ = null;
    this.#body = null;
    const kind = kindOf(protocol);
    const frame = body === null ? this.#frame([], 0, kind) : this.#frameWith(body, kind);
    return new GatewayRequest(frame, facts, serial, target, () => body?.dispose());
  }

  /** Forgets a request that is not to be served. */
  dispose(): void {
    this.#body?.dispose();
    this.#body = null;
    this.#environ = null;
    this.#facts = null;
  }

  #resumeEnviron(environ: Buffer, facts: RequestFacts, protocol: ClientProtocol): void {
    this.#encoder.writer.restore(environ);
    if (!protocol.needsLength) return;
    facts.contentLength = this.#body?.length ?? 0;
    // A front server that names no length and sends no body has said all there is.
    if (protocol.isHttp || facts.contentLength > 0)
      this.#encoder.addContentLength(facts.contentLength, facts.variables);
  }

  #frameWith(body: BodyStore, kind: number): Buffer {
    if (body.file === null) return this.#frame(body.parts, body.length, kind);
    const path = Buffer.from(body.file.path);
    return this.#frame([path], path.length, kind | FrameFlag.BODY_FILE);
  }

  #frame(payload: readonly Buffer[], payloadBytes: number, flags: number): Buffer {
    const { writer } = this.#encoder;
    writer.finish();
    const { bytes, length } = writer;
    const frame = Buffer.allocUnsafe(REQUEST_PREFIX_BYTES + length + payloadBytes);
    bytes.copy(frame, REQUEST_PREFIX_BYTES, 0, length);
    let at = REQUEST_PREFIX_BYTES + length;
    for (const part of payload) {
      frame.set(part, at);
      at += part.length;
    }
    sealRequestFrame(frame, length, flags);
    return frame;
  }
}

/** What kind of request it is, as flags of its frame. */
function kindOf({ answer, upgrade }: ClientProtocol): number {
  if (answer.style === 'packet') return FrameFlag.PACKET;
  if (upgrade === null) return 0;
  return upgrade.websocketKey === null ? FrameFlag.TUNNEL : FrameFlag.TUNNEL | FrameFlag.WEBSOCKET;
}
