/** Engines as child processes: they end with the process that started them, however it ends. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readProcess } from './discover/processes.ts';
import { waitUntil } from './testing/wait-until.ts';

/** A console that starts one engine and shows what it says. */
const CONSOLE = `
import { createNodeEngineSpawner } from ${JSON.stringify(new URL('node-ports.ts', import.meta.url).href)};
const spawnEngine = createNodeEngineSpawner([process.execPath, ${JSON.stringify(fileURLToPath(new URL('../../engine/main.ts', import.meta.url)))}]);
const engine = spawnEngine({ args: ['app.ini'], cwd: process.cwd(), env: process.env });
engine.onOutput = (chunk) => process.stdout.write(chunk);
console.log('engine ' + engine.pid + ' started');
`;

it('an engine answers what runs and stops when its console is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-tied-'));
  await writeFile(
    join(folder, 'app.ini'),
    '[uwsgi]\nhttp-socket = app.sock\nwsgi-file = app.py\npidfile = app.pid\nvacuum = true\n',
  );
  await writeFile(
    join(folder, 'app.py'),
    'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"ok"]\n',
  );
  const host = spawn(process.execPath, ['--input-type=module', '-e', CONSOLE], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  host.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let enginePid = 0;
  try {
    await waitUntil('the engine', () => (said.includes('Reeve is ready') ? true : null));
    enginePid = Number(/engine (?<pid>\d+) started/.exec(said)?.groups?.['pid']);
    expect(await readProcess(enginePid)).not.toBeNull();
    host.kill('SIGKILL');
    await waitUntil('its end', async () => ((await readProcess(enginePid)) === null ? true : null));
    enginePid = 0;
  } finally {
    host.kill('SIGKILL');
    if (enginePid > 0) process.kill(-enginePid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
