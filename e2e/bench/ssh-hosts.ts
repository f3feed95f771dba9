/**
 * Many hosts behind SSH, of a few real sshd that listen on many addresses of the loopback: to the console each address
 * is a machine of its own, with its own connection. The aliases are `web1`, `web2` and so on, in `.ssh/config` of a home.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeKey, Sshd, writeSshHome } from '../../electron/core/ssh/testing/sshd.ts';
import { treeUsage } from './process-usage.ts';

/** OpenSSH listens on 16 addresses at most, and each server is on 127.0.0.1 already. */
const ADDRESSES_EACH = 15;

export interface ManyHosts {
  /** CPU time of all servers, their sessions and what these run. */
  cpuSeconds: () => number;
  dispose: () => Promise<void>;
}

export function hostName(index: number): string {
  return `web${index + 1}`;
}

export async function startManyHosts(home: string, count: number): Promise<ManyHosts> {
  await mkdir(home, { recursive: true });
  const keyPath = await makeKey(join(home, 'id'));
  const addresses = Array.from({ length: count }, (_unused, index) => `127.0.0.${index + 2}`);
  const servers: Sshd[] = [];
  const hosts: Parameters<typeof writeSshHome>[1] = [];
  for (let first = 0; first < count; first += ADDRESSES_EACH) {
    const own = addresses.slice(first, first + ADDRESSES_EACH);
    const sshd = await Sshd.start({
      config: [...own.map((address) => `ListenAddress ${address}`), 'MaxStartups 100'],
      keyPath,
    });
    servers.push(sshd);
    for (const [index, address] of own.entries()) {
      const config = [`HostName ${address}`, 'IdentitiesOnly yes', 'IdentityAgent none'];
      hosts.push({ alias: hostName(first + index), sshd, known: false, config });
    }
  }
  await writeSshHome(home, hosts);
  const known = servers.map((sshd) => `[127.0.0.*]:${sshd.port} ${sshd.hostKey}\n`);
  await appendFile(join(home, '.ssh', 'known_hosts'), known.join(''));
  return {
    cpuSeconds: () => servers.reduce((sum, { pid }) => sum + (pid === null ? 0 : treeUsage(pid).cpuSeconds), 0),
    dispose: async () => {
      for (const sshd of servers) await sshd.dispose();
    },
  };
}
