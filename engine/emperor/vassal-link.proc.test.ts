/** The link of a vassal to its emperor, in a process of its own: its pipe is one end of a pair of sockets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PIPE = 3;
const MODULE = fileURLToPath(new URL('vassal-link.ts', import.meta.url));

/** Loses its emperor, opens a file that gets the number of the pipe, and has something to say then. */
const VASSAL = `
  import { EventEmitter, once } from 'node:events';
  import { closeSync, openSync } from 'node:fs';
  const { VassalLink } = await import(${JSON.stringify(MODULE)});
  const orders = new EventEmitter();
  const stopped = once(orders, 'stop');
  const link = VassalLink.of({ UWSGI_EMPEROR_FD: '${PIPE}' });
  link.listen({ log: () => undefined, command: (command) => orders.emit(command) });
  process.stdout.write('listens ');
  await stopped;
  for (let fd = -1; fd !== ${PIPE}; ) {
    if (fd >= 0) closeSync(fd);
    await new Promise((resolve) => setImmediate(resolve));
    fd = openSync(process.argv[1], 'a');
  }
  const state = { stop: null, reload: null, phase: 'serving', activity: { requests: 1 } };
  link.observe(state, { emperor: { monitors: [], heartbeatSeconds: 0 } });
  process.stdout.write('has spoken');
  process.exit();
`;

test('nothing is said on the number of a pipe that was closed: it is another file by then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-vassal-link-'));
  const path = join(folder, 'file');
  try {
    const child = spawn(process.execPath, ['--input-type=module', '-e', VASSAL, path], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    const closed = once(child, 'close');
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said === 'listens ') child.stdio[PIPE]?.destroy();
    });
    await closed;
    expect(said).toBe('listens has spoken');
    expect(readFileSync(path, 'latin1')).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
