/** A JavaScript worker ends with its master, whatever it does. */
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOnPath } from './master/interpreter.ts';
import { descendants, EngineProcess, isRunning, waitFor } from './testing/engine-process.ts';

const APP = `
import { writeFileSync } from 'node:fs';

export default () => {
  writeFileSync('stuck', '');
  for (;;);
};
`;

test('a worker that is stuck in a loop ends when its master is killed', async (context) => {
  context.skip(findOnPath(['setpriv'], process.env) === null, 'setpriv (util-linux) is not installed');
  const engine = await EngineProcess.start({ ini: 'js-app = app.mjs\n', files: { 'app.mjs': APP } });
  const family = descendants(engine.pid);
  try {
    const lost = engine.get('/').catch(() => null);
    await waitFor('a stuck worker', () => readdirSync(engine.folder).includes('stuck'));
    expect(family.length).toBeGreaterThan(0);
    engine.signal('SIGKILL');
    await lost;
    await engine.exited;
    await waitFor('the end of its workers', () => family.every((pid) => !isRunning(pid)), 5000);
  } finally {
    for (const pid of family) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    for (const name of readdirSync(tmpdir())) {
      if (name.startsWith(`reeve-engine-${engine.pid}-`)) rmSync(join(tmpdir(), name), { recursive: true });
    }
    await engine.dispose();
  }
});
