/**
 * Checks a configuration text as the editor shows it, for the engine or for a real uWSGI. The rules are
 * engine/config's; this gives them the file system and the facts of the server's machine.
 */
import { dirname } from 'node:path';
import { type CheckTarget, checkText } from '../../../engine/config/diagnostics.ts';
import type { ConfigDiagnostic } from '../../contract/model.ts';
import type { Machine } from '../machine/machine.ts';
import { type ServerStart, TYPING_MS } from './server-start.ts';

export interface DiagnoseOptions {
  /** Where the file is. */
  machine: Machine;
  path: string;
  text: string;
  target: CheckTarget;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** How the server of the file was started; absent: from the folder of the file. */
  start?: Pick<ServerStart, 'cwd' | 'binaryPath' | 'machine'>;
}

export async function diagnose(options: DiagnoseOptions): Promise<ConfigDiagnostic[]> {
  const { machine, path, text, target, env, version, start } = options;
  const place =
    start === undefined
      ? { cwd: dirname(path), binaryPath: process.execPath }
      : { cwd: start.cwd, binaryPath: start.binaryPath, machine: start.machine };
  return machine.withConfigHost({ ...place, env, version, ageMs: TYPING_MS, override: { path, text } }, (host) =>
    checkText(text, path, host, target),
  );
}
