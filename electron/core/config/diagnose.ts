/**
 * Checks a configuration text as the editor shows it, for the engine or for a real uWSGI. The rules are
 * engine/config's; this gives them the file system and the facts of the server's machine.
 */
import { dirname } from 'node:path';
import { type CheckTarget, checkText } from '../../../engine/config/diagnostics.ts';
import type { ConfigDiagnostic } from '../../contract/model.ts';
import { createConfigHost } from './node-config-host.ts';
import type { ServerStart } from './server-start.ts';

export interface DiagnoseOptions {
  path: string;
  text: string;
  target: CheckTarget;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** How the server of the file was started; absent: from the folder of the file, on this machine. */
  start?: Pick<ServerStart, 'cwd' | 'binaryPath' | 'machine'>;
}

export function diagnose({ path, text, target, env, version, start }: DiagnoseOptions): ConfigDiagnostic[] {
  const place = start ?? { cwd: dirname(path), binaryPath: process.execPath };
  const host = createConfigHost({ ...place, env, version, override: { path, text } });
  return checkText(text, path, host, target);
}
