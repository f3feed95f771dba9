/**
 * Checks a configuration text as the editor shows it, for the engine or for a real uWSGI. The rules are
 * engine/config's; this gives them the file system of the server's folder.
 */
import { dirname } from 'node:path';
import { type CheckTarget, checkText } from '../../../engine/config/diagnostics.ts';
import type { ConfigDiagnostic } from '../../contract/model.ts';
import { createConfigHost } from './node-config-host.ts';

export interface DiagnoseOptions {
  path: string;
  text: string;
  target: CheckTarget;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
}

export function diagnose({ path, text, target, env, version }: DiagnoseOptions): ConfigDiagnostic[] {
  const host = createConfigHost({
    cwd: dirname(path),
    env,
    binaryPath: process.execPath,
    version,
    override: { path, text },
  });
  return checkText(text, path, host, target);
}
