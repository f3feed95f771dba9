/** What an engine leaves in its process group goes with it. */
import { expect, it } from 'vitest';
import { readProcess } from '../discover/processes.ts';
import { createNodeEngineSpawner } from '../node-ports.ts';
import type { EngineExit } from '../ports.ts';
import { waitUntil } from '../testing/wait-until.ts';

it('a group is killed also after its leader has died', async () => {
  const spawn = createNodeEngineSpawner(['/bin/sh', '-c', 'sleep 1000 >/dev/null 2>&1 & echo $!; kill -9 $$']);
  const child = spawn({ args: [], cwd: '/', env: { PATH: process.env['PATH'] ?? '' } });
  let output = '';
  const exits: EngineExit[] = [];
  child.onOutput = (chunk) => (output += Buffer.from(chunk).toString());
  child.onExit = (exit) => {
    exits.push(exit);
  };
  await waitUntil('the end of the leader', () => exits.length > 0);
  expect(exits).toEqual([{ code: null, signal: 'SIGKILL', error: null }]);
  const left = Number(output);
  expect(await readProcess(left)).not.toBeNull();
  child.kill('SIGKILL');
  await waitUntil('the end of what it left', async () => (await readProcess(left)) === null);
  child.kill('SIGKILL');
});
