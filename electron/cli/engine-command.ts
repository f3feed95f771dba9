/** `reeve engine`: everything after it goes to the engine unchanged. */
import { keepCompiledCode } from '../../engine/compile-cache.ts';
import { findInstallation } from './installation.ts';

export async function runEngineCommand(args: readonly string[]): Promise<number> {
  keepCompiledCode();
  const { runEngine } = await import('../../engine/run-engine.ts');
  return runEngine([...args], {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: () => process.stdin,
    resourcesFolder: findInstallation().resourcesFolder,
  });
}
