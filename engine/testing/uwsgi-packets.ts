/** uwsgi packets as programs send them, for tests. */
import { connect } from 'node:net';

/** A block of these values, each behind its length. */
export function block(...values: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
      return [Buffer.from([bytes.length & 0xff, bytes.length >> 8]), bytes];
    }),
  );
}

export function packet(modifier1: number, modifier2: number, content: Buffer, value = ''): Buffer {
  const head = Buffer.from([modifier1, content.length & 0xff, content.length >> 8, modifier2]);
  return Buffer.concat([head, content, Buffer.from(value, 'latin1')]);
}

/** What the server says to these bytes up to the end of the connection, as latin-1. */
export async function ask(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error('no end of the answer')));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    // A connection that is reset has said all there is.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}
