/**
 * A core of a command's own, on a folder that is thrown away, for commands that do what a page does. They talk to it
 * through the same contract; settings and host keys are copies of those of the console.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore } from '../core/core.ts';
import { systemClock } from '../core/node-ports.ts';
import { RpcClient } from '../rpc/client.ts';
import { RpcError } from '../rpc/errors.ts';
import { createMemoryPair } from '../rpc/transport.ts';
import { createWebPorts } from '../web/web-ports.ts';
import { copyConsoleFiles } from './console-files.ts';
import { findInstallation } from './installation.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** What the core says went wrong becomes a CommandError. Nothing of the core is left when this resolves or rejects. */
export async function withOwnCore<T>(
  terminal: Terminal,
  { command, rawLogs = false }: { command: string; rawLogs?: boolean },
  work: (client: RpcClient) => Promise<T>,
): Promise<T> {
  const dataFolder = await mkdtemp(join(tmpdir(), `reeve-${command}-`));
  await copyConsoleFiles(terminal, dataFolder);
  const ports = createWebPorts({ ...findInstallation(), dataFolder, env: terminal.env });
  const core = await createCore(ports, { autoStart: false, rawLogs });
  const { left, right } = createMemoryPair();
  core.connect(left);
  const client = new RpcClient({ setTimer: (callback, ms) => systemClock.setTimer(callback, ms) });
  client.attach(right);
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof RpcError) throw new CommandError(error.message, error.hint, error);
    throw error;
  } finally {
    client.detach();
    await core.dispose();
    await rm(dataFolder, { recursive: true, force: true });
  }
}
