/**
 * A process with nothing but connections, as the console makes them. Started by the benchmark with `--expose-gc`, a
 * home folder, a data folder and the number of hosts (ssh-hosts.ts) as arguments; connects to all of them at once and
 * prints one line of JSON.
 */
import { DocumentStore } from '../../electron/core/files/document-store.ts';
import { createSessionSecrets, systemClock } from '../../electron/core/node-ports.ts';
import { hostsFileSchema, SshHosts } from '../../electron/core/ssh/ssh-hosts.ts';
import { UserTrust } from '../../electron/core/ssh/user-trust.ts';
import { hostName } from './ssh-hosts.ts';

export interface ConnectionsLine {
  count: number;
  /** From the beginning until all are up. */
  allMs: number;
  /** CPU time of this process, of all together. */
  cpuMs: number;
  /** What the process has grown by, after its garbage was collected. */
  rssBytes: number;
  /** Of that, what V8 and Node count as used. */
  usedBytes: number;
}

const SETTLE_MS = 1_500;
const [homeFolder = '', dataFolder = '', count = '1'] = process.argv.slice(2);
const clock = systemClock;
const fail = (text: string): void => {
  throw new Error(text);
};
const trust = await UserTrust.open(
  { dataFolder, homeFolder, platform: 'linux', env: process.env, clock, secrets: createSessionSecrets() },
  fail,
);
const store = await DocumentStore.open({
  folder: dataFolder,
  name: 'hosts.json',
  schema: hostsFileSchema,
  initial: { version: 1, hosts: [] },
  clock,
  onBroken: fail,
});
const hosts = new SshHosts({
  clock,
  trust,
  store,
  connectSystem: null,
  instanceCount: () => 1,
  emitChanged: () => {},
  onTrouble: fail,
});
const before = await memory();
const cpuBefore = process.cpuUsage();
const began = performance.now();
await Promise.all(Array.from({ length: Number(count) }, async (_unused, i) => hosts.get(hostName(i)).transport()));
const allMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpuBefore);
const after = await memory();
const line: ConnectionsLine = {
  count: Number(count),
  allMs,
  cpuMs: (user + system) / 1000,
  rssBytes: after.rssBytes - before.rssBytes,
  usedBytes: after.usedBytes - before.usedBytes,
};
console.log(JSON.stringify(line));
hosts.dispose();
await trust.dispose();

async function memory(): Promise<{ rssBytes: number; usedBytes: number }> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, usedBytes: heapUsed + external };
}
