import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeDataLock } from './data-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const owner = { pid: process.pid, kind: 'web', url: 'http://127.0.0.1:4717/', linkSecret: 'secret' } as const;

function take() {
  const taken = takeDataLock(folder);
  if (taken.status !== 'taken') throw new Error('the lock is held');
  return taken.lock;
}

describe('the lock of a data folder', () => {
  it('is held once and tells others who holds it', () => {
    const lock = take();
    expect(takeDataLock(folder)).toEqual({ status: 'held', owner: null });
    lock.announce(owner);
    expect(takeDataLock(folder)).toEqual({ status: 'held', owner });
    lock.release();
    lock.release();
    take().release();
  });

  it('shows how it is reached to its own user only', () => {
    const lock = take();
    lock.announce(owner);
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
    lock.release();
  });

  it('reads an announcement that is broken as none', () => {
    const lock = take();
    for (const text of ['', '{"pid":', '{"pid":-1}', '[]']) {
      writeFileSync(join(folder, 'running.json'), text);
      expect(takeDataLock(folder)).toEqual({ status: 'held', owner: null });
    }
    lock.release();
  });

  it('is free as soon as its process is gone, however it went', async () => {
    const script = `
      const { takeDataLock } = await import(${JSON.stringify(join(import.meta.dirname, 'data-lock.ts'))});
      const taken = takeDataLock(${JSON.stringify(folder)});
      taken.lock.announce(${JSON.stringify(owner)});
      console.log(taken.status);
      setInterval(() => taken, 1000);`;
    const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    const exited = once(other, 'exit');
    const [said] = await once(other.stdout, 'data');
    expect(String(said).trim()).toBe('taken');
    expect(takeDataLock(folder).status).toBe('held');
    other.kill('SIGKILL');
    await exited;
    const lock = take();
    expect(takeDataLock(folder)).toEqual({ status: 'held', owner: null });
    lock.release();
  });
});
