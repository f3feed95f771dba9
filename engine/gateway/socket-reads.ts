/**
 * Reads sockets into memory that is used again. Node allocates 64 KiB for each read and gives back what was too much,
 * which costs more than a small request's parsing; its option `onread` avoids that, for sockets that are made with it.
 * The ones that a server has accepted get the same here: a socket that was made with the option shows under which keys
 * Node keeps what belongs to it. Where there is nothing of it (TLS, another Node) they are read as usual.
 */
import { Socket } from 'node:net';

type Received = (chunk: Buffer) => void;

/** Where a socket keeps the parts of `onread`. */
interface Keys {
  buffer: symbol;
  next: symbol;
  callback: symbol;
}

const BYTES = 64 * 1024;
/** Less room than this is not worth a read. */
const MIN_ROOM_BYTES = 16 * 1024;

/** What all sockets of this thread are read into: no connection holds memory of its own. */
const shared = Buffer.allocUnsafeSlow(BYTES);
const keys = findKeys();

/** `received` gets what comes; the chunk is valid during the call only. */
export function readShared(socket: Socket, received: Received): void {
  socket.on('data', received);
  useBuffer(socket, shared, null, (bytes) => {
    received(shared.subarray(0, bytes));
    return true;
  });
}

/** `received` gets what comes and may keep it: nothing writes there again. The socket holds some memory. */
export function readKept(socket: Socket, received: Received): void {
  socket.on('data', received);
  let room = Buffer.allocUnsafeSlow(BYTES);
  let used = 0;
  const next = (): Buffer => {
    room = room.length - used < MIN_ROOM_BYTES ? Buffer.allocUnsafeSlow(BYTES) : room.subarray(used);
    used = 0;
    return room;
  };
  useBuffer(socket, room, next, (bytes) => {
    used = bytes;
    received(room.subarray(0, bytes));
    return true;
  });
}

function useBuffer(
  socket: Socket,
  buffer: Buffer,
  next: (() => Buffer) | null,
  callback: (bytes: number) => boolean,
): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (keys === null || 'encrypted' in socket || typeof handle !== 'object' || handle === null) return;
  const take: unknown = Reflect.get(handle, 'useUserBuffer');
  if (typeof take !== 'function') return;
  Reflect.set(socket, keys.buffer, buffer);
  Reflect.set(socket, keys.next, next);
  Reflect.set(socket, keys.callback, callback);
  Reflect.apply(take, handle, [buffer]);
}

function findKeys(): Keys | null {
  const withBuffer = new Socket({ onread: { buffer: shared, callback: goOn } });
  const withNext = new Socket({ onread: { buffer: nextOf, callback: goOn } });
  const found = {
    buffer: keyOf(withBuffer, shared),
    next: keyOf(withNext, nextOf),
    callback: keyOf(withBuffer, goOn),
  };
  withBuffer.destroy();
  withNext.destroy();
  if (found.buffer === null || found.next === null || found.callback === null) return null;
  return { buffer: found.buffer, next: found.next, callback: found.callback };
}

function goOn(): boolean {
  return true;
}

function nextOf(): Buffer {
  return shared;
}

function keyOf(socket: Socket, value: unknown): symbol | null {
  return Object.getOwnPropertySymbols(socket).find((key) => Reflect.get(socket, key) === value) ?? null;
}
