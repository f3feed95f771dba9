/**
 * What the server's log says of a reload that failed: the lines since its start, from its log file or from the
 * journal of its unit. Read after the verdict; secrets and control characters are taken out.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';
import type { EffectiveConfig } from '../config/effective-config.ts';
import { type ProcessInfo, serverArguments } from '../discover/processes.ts';
import { unitOf } from '../discover/supervisor.ts';
import { CoreError } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { SecretHider } from '../logs/line-secrets.ts';
import { stripControls } from '../logs/log-text.ts';
import { findMaster } from './master-check.ts';

export interface LogEvidence {
  /** The master's process can be seen on its machine, so its end can be seen, too. */
  isMasterSeen: boolean;
  /** An emperor or systemd starts it again when it ends. */
  isSupervised: boolean;
  file: { path: string; sizeBytes: number } | null;
  unit: string | null;
  sinceMs: number;
}

const MOST_LINES = 40;
const MOST_BYTES = 65_536;
const LIMITS = { deadlineMs: 10_000, mostBytes: 2 * MOST_BYTES };

/** Where the log stands before the reload begins. */
export async function noteLog(
  instance: Instance,
  config: EffectiveConfig | null,
  document: StatsDocument,
  sinceMs: number,
): Promise<LogEvidence> {
  const path = config?.logto ?? null;
  const [master, stat] = await Promise.all([
    findMaster(instance, document).catch(nullFor),
    path === null ? null : instance.machine.files.stat(path).catch(nullFor),
  ]);
  return {
    isMasterSeen: master !== null,
    isSupervised: master !== null && (await isSupervised(instance, master)),
    file: path === null ? null : { path, sizeBytes: stat?.sizeBytes ?? 0 },
    unit: master === null ? null : unitOf(master),
    sinceMs,
  };
}

async function isSupervised({ machine }: Instance, master: ProcessInfo): Promise<boolean> {
  if (unitOf(master) !== null) return true;
  const parent = await machine.readProcess(master.parentPid).catch(nullFor);
  return parent !== null && serverArguments(parent) !== null;
}

/** The last lines since then, oldest first; empty: there are none, or they can't be read. */
export async function readEvidence(instance: Instance, { file, unit, sinceMs }: LogEvidence): Promise<string[]> {
  if (instance.runner !== null) return tidy(instance.runner.log.read(MOST_LINES).map(({ text }) => text));
  const argv = await argvOf(instance, file, unit, sinceMs);
  if (argv === null) return [];
  const result = await instance.machine.run(argv, LIMITS).catch(nullFor);
  return result === null || result.code !== 0 ? [] : tidy(result.stdout.toString('utf8').split('\n'));
}

async function argvOf(
  instance: Instance,
  file: LogEvidence['file'],
  unit: string | null,
  sinceMs: number,
): Promise<[string, ...string[]] | null> {
  if (file !== null) {
    const now = await instance.machine.files.stat(file.path).catch(nullFor);
    if (now === null) return null;
    // A file that is shorter than before was rotated: all of it is new.
    const fresh = now.sizeBytes < file.sizeBytes ? now.sizeBytes : now.sizeBytes - file.sizeBytes;
    return ['tail', '-c', String(Math.min(fresh, MOST_BYTES)), file.path];
  }
  if (unit === null) return null;
  const since = `@${Math.floor(sinceMs / 1000)}`;
  return ['journalctl', '-u', unit, '--since', since, '-n', String(MOST_LINES), '--no-pager', '-q', '-o', 'cat'];
}

function tidy(lines: readonly string[]): string[] {
  const hider = new SecretHider();
  return lines
    .map((line) =>
      hider
        .hide(stripControls(line))
        .replace(/\p{Cc}/gu, ' ')
        .trimEnd()
        .slice(0, 500),
    )
    .filter((line) => line !== '')
    .slice(-MOST_LINES);
}

/** What can't be looked at is no evidence. */
function nullFor(error: unknown): null {
  if (error instanceof CoreError) return null;
  throw error;
}
