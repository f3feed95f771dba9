/** `reeve engine`: everything after it goes to the engine unchanged. */
import { runEngine } from '../../engine/main.ts';
import { findInstallation } from './installation.ts';

export async function runEngineCommand(args: readonly string[]): Promise<number> {
  return runEngine([...args], {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: () => process.stdin,
    resourcesFolder: findInstallation().resourcesFolder,
  });
}
