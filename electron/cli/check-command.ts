/** `reeve check`: what the editor of the console would say about a file, as lines that editors and people can read. */
import { checkText, type Diagnostic, ENGINE_TARGET } from '../../engine/config/diagnostics.ts';
import { decodeText } from '../../engine/config/text-bytes.ts';
import { createConfigHost } from '../../engine/config-host.ts';
import type { Parsed } from './parse-command.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

const NEXT_STEP = {
  'not found': 'Check the path; it is relative to the folder you are in.',
  'is a folder': 'Name the file in it, e.g. uwsgi.ini.',
  'not permitted': 'Check its permissions, or run as the user that may read it.',
  'too large': 'A configuration file is small: check that this is the right one.',
  failed: 'Check the disk or the network folder it is on.',
} as const;

export async function runCheck({ positionals }: Parsed, terminal: Terminal): Promise<number> {
  const [path = ''] = positionals;
  const host = createConfigHost({ cwd: terminal.cwd, env: terminal.env });
  const read = host.readFile(path);
  if (!read.ok) throw new CommandError(`${path} can not be read: ${readReason(read.reason)}.`, NEXT_STEP[read.reason]);
  const found = checkText(decodeText(read.bytes), path, host, ENGINE_TARGET);
  for (const diagnostic of found) terminal.out(diagnosticLine(path, diagnostic));
  const errors = found.filter(({ severity }) => severity === 'error').length;
  if (found.length === 0) terminal.out(`${path}: nothing to complain about`);
  return errors === 0 ? EXIT.done : EXIT.badConfiguration;
}

/** `uwsgi.ini:4:1: error: message`; a finding about the whole file has no place. */
export function diagnosticLine(path: string, { line, from, severity, message }: Diagnostic): string {
  const place = line === 0 ? path : `${path}:${line}:${from + 1}`;
  return `${place}: ${severity}: ${message}`;
}

function readReason(reason: keyof typeof NEXT_STEP): string {
  if (reason === 'not found') return 'it does not exist';
  if (reason === 'not permitted') return 'permission denied';
  return reason === 'failed' ? 'the system reports an error' : `it ${reason === 'too large' ? 'is too large' : reason}`;
}
