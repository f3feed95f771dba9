/** A host "behind SSH" whose commands are run by a shell of this machine: what is sent there is tried without a server. */
import { spawn } from 'node:child_process';
import type { RunningCommand } from '../machine.ts';

/** `loginShell` reads the command as the server's user's would. */
export function execHere(loginShell = '/bin/sh', env: NodeJS.ProcessEnv = process.env) {
  return async (command: string): Promise<RunningCommand> => {
    const child = spawn(loginShell, ['-c', command], { stdio: 'pipe', env });
    const { promise: ended, resolve } = Promise.withResolvers<{ code: number | null }>();
    child.once('close', (code) => resolve({ code }));
    child.stdin.on('error', () => {});
    // As the end of a channel: its input closes, and nobody reads its output any more.
    const kill = (): void => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
    };
    return Promise.resolve({ stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill });
  };
}
