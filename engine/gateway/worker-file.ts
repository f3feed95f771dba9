/**
 * A file that is the body of a worker's answer (FILE in frames.ts): the gateway opens it while the worker holds it open too,
 * makes sure that it is the same one, and sends it. The worker is free as soon as it knows.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { FileSender } from './file-sender.ts';
import type { ResponseHead } from './frames.ts';
import type { GatewayRequest } from './request.ts';

/** An open file, and what of it is to be sent. */
export interface WorkerFile {
  fd: number;
  start: number;
  bytes: number;
}

const FIXED_BYTES = 32;
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Opens what the payload of a FILE frame names; null: it is not there, not the same, or may not be read here. */
export function openWorkerFile(payload: Buffer): WorkerFile | null {
  if (payload.length <= FIXED_BYTES) return null;
  const device = payload.readDoubleLE(0);
  const inode = payload.readDoubleLE(8);
  const start = payload.readDoubleLE(16);
  const bytes = payload.readDoubleLE(24);
  let fd: number;
  try {
    fd = openSync(Buffer.from(payload.subarray(FIXED_BYTES)), FLAGS);
  } catch {
    // The worker can see it, and sends it itself.
    return null;
  }
  const stats = fstatSync(fd);
  const isSame = stats.isFile() && stats.ino === inode && stats.dev === device;
  if (isSame && start >= 0 && bytes >= 0 && start + bytes <= stats.size) return { fd, start, bytes };
  closeSync(fd);
  return null;
}

/** Forgets a file that was offered and is not to be sent. */
export function closeWorkerFile(request: GatewayRequest): void {
  if (request.file !== null) closeSync(request.file.fd);
  request.file = null;
}

/** Sends the file behind the head; nothing of the answer has been sent. The request is over for its worker. */
export function sendWorkerFile(request: GatewayRequest, file: WorkerFile, head: ResponseHead): void {
  const { target } = request;
  if (target === null) {
    closeSync(file.fd);
    return;
  }
  // From here on its worker has nothing to do with it.
  request.wire = null;
  const sender = new FileSender(file.fd, [{ start: file.start, end: file.start + file.bytes }], {
    begin: () => target.begin(head),
    data: (bytes) => target.data(bytes),
    end: () => target.end(),
    failed: (hasBegun) => {
      if (hasBegun) target.abort();
      else target.fail(500);
    },
    whenRoom: (callback) => target.whenRoom(callback),
    close: () => {
      request.visit = null;
      closeSync(file.fd);
    },
  });
  request.visit = { abandoned: () => sender.stop() };
  sender.start();
}

/** The head with the file's length, where the application gave none. */
export function withLength(head: ResponseHead, bytes: number): ResponseHead {
  if (head.contentLength >= 0) return head;
  const line = Buffer.from(`Content-Length: ${bytes}\r\n`, 'latin1');
  const block = Buffer.concat([head.block, line]);
  return { ...head, contentLength: bytes, headerCount: head.headerCount + 1, block };
}
