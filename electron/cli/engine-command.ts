/** `reeve engine`: everything after it goes to the engine unchanged; a folder alone is told what to do with it. */
import { statSync } from 'node:fs';
import { findInstallation } from './installation.ts';
import { CommandError } from './terminal.ts';

export async function runEngineCommand(args: readonly string[]): Promise<number> {
  const [only = '', second] = args;
  if (second === undefined && (statSync(only, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new CommandError(
      `${only} is a folder, and the engine runs from a configuration file.`,
      `Name the file in it, e.g. app.ini; \`reeve init ${only}\` makes one for the application in it.`,
    );
  }
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
