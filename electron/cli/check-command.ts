/**
 * `reeve check`: what the editor of the console would say about files, as lines that editors and people can read, or
 * as JSON for programs. Nothing is run.
 */

import { type CheckTarget, checkText, type Diagnostic, ENGINE_TARGET } from '../../engine/config/diagnostics.ts';
import { ALL_READERS } from '../../engine/config/formats/all-readers.ts';
import { decodeText } from '../../engine/config/text-bytes.ts';
import { createConfigHost } from '../../engine/config-host.ts';
import type { Parsed } from './parse-command.ts';
import { CommandError, EXIT, type Terminal, UsageError } from './terminal.ts';

const NEXT_STEP = {
  'not found': 'Check the path; it is relative to the folder you are in.',
  'is a folder': 'Name the file in it, e.g. uwsgi.ini; `reeve init FOLDER` makes one for the application in it.',
  'not permitted': 'Check its permissions, or run as the user that may read it.',
  'too large': 'A configuration file is small: check that this is the right one.',
  failed: 'Check the disk or the network folder it is on.',
} as const;

/** A finding as `--json` prints it. Lines and columns count from 1; null: it is about the file as a whole. */
interface JsonFinding {
  file: string;
  line: number | null;
  column: number | null;
  /** Behind the last character. */
  endColumn: number | null;
  severity: Diagnostic['severity'];
  code: string;
  option: string | null;
  message: string;
  why: string | null;
  fix: Diagnostic['fix'];
  related: { file: string; line: number; message: string }[];
}

export async function runCheck({ flags, positionals }: Parsed, terminal: Terminal): Promise<number> {
  const target = readCheckTarget(flags.get('target'));
  const checked = positionals.map((path) => ({ path, found: checkFile(path, target, terminal) }));
  if (flags.has('json')) {
    const findings = checked.flatMap(({ path, found }) => found.map((item) => toJson(path, item)));
    terminal.out(JSON.stringify(findings, null, 2));
  } else {
    for (const { path, found } of checked) {
      for (const diagnostic of found) terminal.out(diagnosticLine(path, diagnostic));
      if (found.length === 0) terminal.out(`${path}: nothing to complain about`);
    }
  }
  const hasError = checked.some(({ found }) => found.some(({ severity }) => severity === 'error'));
  return hasError ? EXIT.badConfiguration : EXIT.done;
}

/** `-` is the standard input, as an INI file of the folder it is run in. */
function checkFile(path: string, target: CheckTarget, terminal: Terminal): Diagnostic[] {
  const host = createConfigHost({ cwd: terminal.cwd, env: terminal.env, readers: ALL_READERS });
  const read = path === '-' ? host.readStdin() : host.readFile(path);
  if (!read.ok) throw new CommandError(`${path} can not be read: ${readReason(read.reason)}.`, NEXT_STEP[read.reason]);
  return checkText(decodeText(read.bytes), path === '-' ? 'standard-input.ini' : path, host, target);
}

/** `engine`, `uwsgi` or `uwsgi-2.0.21`. */
function readCheckTarget(value: string | true | undefined): CheckTarget {
  if (value === undefined || value === 'engine') return ENGINE_TARGET;
  const match = typeof value === 'string' ? /^uwsgi(?:-(\d+(?:\.\d+){1,3}))?$/.exec(value) : null;
  if (match === null) {
    throw new UsageError(`--target ${String(value)}: write engine, uwsgi or uwsgi-2.0.21.`, 'check');
  }
  return { server: 'uwsgi', version: match[1] ?? null, options: null };
}

/** `uwsgi.ini:4:1: error: message`; a finding about the whole file has no place. */
export function diagnosticLine(path: string, { line, from, severity, message, code }: Diagnostic): string {
  const place = line === 0 ? path : `${path}:${line}:${from + 1}`;
  return `${place}: ${severity}: ${message} [${code}]`;
}

function toJson(
  file: string,
  { line, from, to, severity, code, option, message, why, fix, related }: Diagnostic,
): JsonFinding {
  const isPlaced = line > 0;
  return {
    file,
    line: isPlaced ? line : null,
    column: isPlaced ? from + 1 : null,
    endColumn: isPlaced ? to + 1 : null,
    severity,
    code,
    option,
    message,
    why: why ?? null,
    fix,
    related: related ?? [],
  };
}

function readReason(reason: keyof typeof NEXT_STEP): string {
  if (reason === 'not found') return 'it does not exist';
  if (reason === 'not permitted') return 'permission denied';
  return reason === 'failed' ? 'the system reports an error' : `it ${reason === 'too large' ? 'is too large' : reason}`;
}
