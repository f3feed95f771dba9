/** Drafts and versions when the program that writes them is killed. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { openConfigHistory } from './open-config-history.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-config-history-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('a text that was kept is there after the program was killed, and the database is whole', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'open-config-history.ts'));
  const script = `const { openConfigHistory } = await import(${module});
    const clock = { now: () => 1, monotonicMs: () => 1, setTimer: () => () => {} };
    const history = openConfigHistory({ folder: ${JSON.stringify(folder)}, clock, onTrouble: console.error, onBroken: console.error });
    for (let i = 0; ; i += 1) {
      history.keepDraft('shop', { baseSha256: 'x', text: String(i) });
      const version = { path: '/a.ini', instanceId: 'shop', atMs: i, mtimeMs: i, text: String(i), kind: 'saved', who: null, summary: null };
      history.note(version);
      process.stdout.write(i + '\\n');
      await new Promise((resolve) => setImmediate(resolve));
    }`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await waitUntil('some texts to be kept', () => output.split('\n').length > 20);
  child.kill('SIGKILL');
  await ended;
  const told = Number(output.trimEnd().split('\n').at(-1));
  const troubles: string[] = [];
  const say = (text: string) => troubles.push(text);
  const history = openConfigHistory({ folder, clock: new ManualClock(), onTrouble: say, onBroken: say });
  const kept = Number(history.draft('shop')?.text);
  const [newest] = history.versions('/a.ini');
  history.dispose();
  expect(troubles).toEqual([]);
  expect(kept).toBeGreaterThanOrEqual(told);
  expect(newest?.atMs).toBeGreaterThanOrEqual(told);
});
