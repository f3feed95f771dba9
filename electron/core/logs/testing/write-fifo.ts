/** Writes letters to a master's FIFO the safe way: never creating it, never waiting for a reader. For tests. */
import { constants, open } from 'node:fs/promises';

export async function writeFifo(path: string, letters: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    await handle.write(letters);
  } finally {
    await handle.close();
  }
}
