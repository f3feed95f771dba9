/**
 * The machine of a TARGET for commands that need no core: this one, or one behind SSH. Who signs in there is asked in
 * the terminal; where there is none, what would have been asked is an error with its next step.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentStore } from '../core/files/document-store.ts';
import { localMachine } from '../core/machine/local-machine.ts';
import { LOCAL, type Machine, type MachineId } from '../core/machine/machine.ts';
import { SshMachine } from '../core/machine/ssh-machine.ts';
import { createSessionSecrets, systemClock } from '../core/node-ports.ts';
import { HOSTS_FILE, hostsFileSchema, SshHosts } from '../core/ssh/ssh-hosts.ts';
import { connectSystemSsh } from '../core/ssh/system-transport.ts';
import { UserTrust } from '../core/ssh/user-trust.ts';
import { answerInTerminal } from './answer-questions.ts';
import { copyConsoleFiles } from './console-files.ts';
import { unlessStopped } from './sign-in.ts';
import { stopSignal } from './stop-signals.ts';
import type { Terminal } from './terminal.ts';

/** Calls `use` with the machine; connections are closed when it is done. */
export async function withMachine<T>(
  id: MachineId,
  terminal: Terminal,
  use: (machine: Machine) => Promise<T>,
): Promise<T> {
  if (id === LOCAL) return use(localMachine);
  const stopped = stopSignal();
  // A running console writes its own files: this command has copies.
  const dataFolder = await mkdtemp(join(tmpdir(), 'reeve-ssh-'));
  const clock = systemClock;
  try {
    await copyConsoleFiles(terminal, dataFolder);
    const trust = await UserTrust.open(
      {
        dataFolder,
        homeFolder: homedir(),
        platform: process.platform,
        env: { ...terminal.env },
        clock,
        secrets: createSessionSecrets(),
      },
      (text) => terminal.err(text),
    );
    const store = await DocumentStore.open({
      folder: dataFolder,
      name: HOSTS_FILE,
      schema: hostsFileSchema,
      initial: { version: 1, hosts: [] },
      clock,
      onBroken: (text) => terminal.err(text),
    });
    const hosts = new SshHosts({
      clock,
      trust,
      store,
      connectSystem: async (destination, signal) =>
        connectSystemSsh({
          destination,
          configFile: trust.systemConfigFile,
          controlFolder: dataFolder,
          platform: process.platform,
          env: terminal.env,
          signal,
        }),
      instanceCount: () => 0,
      emitChanged: () => {},
      onTrouble: (text) => terminal.err(text),
    });
    answerInTerminal(trust.questions, terminal);
    try {
      const way = hosts.get(id);
      // Signing in takes as long as its user does; deadlines count from there.
      const work = way.transport().then(async () => use(new SshMachine(way)));
      return await unlessStopped(stopped, work);
    } finally {
      hosts.dispose();
      await trust.dispose();
    }
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}
