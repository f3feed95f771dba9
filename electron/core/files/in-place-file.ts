/**
 * Writes over a file where it stands, for files whose owner or whose other names would be lost by putting a new file in
 * their place. The new text is written beside it first and flushed: there is room for it, and a crash in the middle
 * leaves it whole. What fails after that puts the old bytes back.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { temporaryFor } from './atomic-file.ts';

/** Throws the system's error; the old content is there then. `beforeWrite` may refuse by throwing. */
export async function writeInPlace(path: string, content: string, beforeWrite: () => Promise<void>): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    const copy = await open(temporary, 'wx', 0o600);
    try {
      await copy.writeFile(content, 'utf8');
      await copy.sync();
    } finally {
      await copy.close();
    }
    await beforeWrite();
    await overwrite(path, Buffer.from(content, 'utf8'));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function overwrite(path: string, bytes: Buffer): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const old = await handle.readFile();
    try {
      await fill(handle, bytes);
    } catch (error) {
      await fill(handle, old);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

/** Never shorter than it has to be in between: the room of the old bytes stays taken until the new ones are written. */
async function fill(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, at);
    at += bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}
