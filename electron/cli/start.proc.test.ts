import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processesOf, type Running, run, signalGroup } from './testing/running.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
let data = '';
let started: Running | null = null;

beforeEach(() => {
  data = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-start-')));
});
afterEach(async () => {
  if (started?.process.exitCode === null && started.process.signalCode === null) signalGroup(started, 'SIGINT');
  await started?.ended;
  rmSync(data, { recursive: true });
});

describe('npm start', () => {
  it('says why there is no window, serves the console, and leaves nothing behind after Ctrl-C', async () => {
    started = run('npm', ['start'], { cwd: projectRoot, env: { REEVE_DATA: data, HOME: data } });
    await started.says(/No window: there is no display\. The console runs for a browser instead\./);
    const link = await started.says(/http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/);
    expect((await fetch(link)).status).toBe(200);
    await vi.waitFor(() => expect(processesOf(join(data, 'samples'))).not.toEqual([]), { timeout: 40_000 });
    const beforeMs = performance.now();
    signalGroup(started, 'SIGINT');
    await started.ended;
    expect(performance.now() - beforeMs).toBeLessThan(10_000);
    expect(processesOf(data)).toEqual([]);
    expect(started.output()).not.toMatch(/Warning:|Error/);
  });
});
