import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DocumentStore } from '../files/document-store.ts';
import { systemClock } from '../node-ports.ts';
import type { Clock } from '../ports.ts';
import { findFreePort } from '../sample/free-port.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { hostsFileSchema, SshHosts } from './ssh-hosts.ts';
import { UserTrust } from './user-trust.ts';

test('a machine that slept tries what waits at once, with a wall clock that jumped as the only sign', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-wake-'));
  let sleptMs = 0;
  const due: { callback: () => void; ms: number }[] = [];
  const clock: Clock = {
    now: () => systemClock.now() + sleptMs,
    monotonicMs: () => systemClock.monotonicMs(),
    setTimer: (callback, ms) => {
      const timer = { callback, ms };
      due.push(timer);
      return () => {
        const at = due.indexOf(timer);
        if (at >= 0) due.splice(at, 1);
      };
    },
  };
  const port = await findFreePort('127.0.0.1', 20_000 + Math.floor(Math.random() * 20_000), new Set());
  const ports = { dataFolder: folder, homeFolder: folder, platform: process.platform, env: { ...process.env }, clock };
  const none = { kind: 'none' as const, get: async () => null, set: async () => {}, remove: async () => {} };
  const trust = await UserTrust.open({ ...ports, secrets: none }, () => {});
  const initial = { version: 1 as const, hosts: [] };
  const common = { folder, clock: systemClock, onBroken: () => {} };
  const store = await DocumentStore.open({ ...common, name: 'hosts.json', schema: hostsFileSchema, initial });
  const hosts = new SshHosts({
    clock,
    trust,
    store,
    connectSystem: null,
    instanceCount: () => 1,
    emitChanged: () => {},
    onTrouble: () => {},
    random: () => 1,
  });
  const way = hosts.get(`u@127.0.0.1:${port}`);
  const beat = (): void => due.find(({ ms }) => ms === 5_000)?.callback();
  const tries = (): number => way.state.tries.length;
  try {
    way.connect();
    await waitUntil('the first try', () => tries() === 1 && way.state.status === 'waiting');
    beat();
    expect(way.state.status).toBe('waiting');
    sleptMs = 3_600_000;
    beat();
    await waitUntil('the try after waking up', () => tries() === 2);
    expect(way.state.code).toBe('ssh-refused');
  } finally {
    hosts.dispose();
    await trust.dispose();
    await store.settle();
    await rm(folder, { recursive: true, force: true });
  }
});
