/**
 * What an emperor's log says about one vassal: the lines that name it, and those before it was given up last, which are
 * where a vassal that could not start has said why. Vassals write to their emperor's log without their name.
 */
import type { VassalLog } from '../../contract/emperor-model.ts';
import { toErrorData } from '../errors.ts';
import type { Instance } from '../instances/instance.ts';
import { hideSecrets } from '../logs/line-secrets.ts';

const TAIL_BYTES = 256 * 1024;
const LINES_BEFORE = 8;
const MOST_NAMING = 4;
const MOST_LINE = 500;

export async function readVassalLog(instance: Instance, id: string): Promise<VassalLog> {
  const { machine } = instance;
  try {
    const path = await logPath(instance);
    if (path === null) {
      const reason =
        'Its log does not go to a file that is known. Add "logto" to the emperor, or look where it was started.';
      return { path: null, lines: [], reason };
    }
    const limits = { deadlineMs: 8_000, mostBytes: 2 * TAIL_BYTES };
    const { code, stdout, stderr } = await machine.run(['tail', '-c', String(TAIL_BYTES), '--', path], limits);
    if (code !== 0)
      return { path, lines: [], reason: stderr.toString('utf8').trim().split('\n')[0] ?? 'It can not be read.' };
    return { path, lines: linesAbout(stdout.toString('utf8'), id), reason: null };
  } catch (error) {
    return { path: null, lines: [], reason: toErrorData(error).message };
  }
}

/** Oldest first; secrets are hidden. Pure. */
export function linesAbout(text: string, id: string): string[] {
  const lines = text.split('\n');
  const naming = lines.flatMap((line, i) => (names(line, id) ? [i] : []));
  const end = naming.findLast((i) => /\b(curse|died|exited|ended|throttl)/i.test(lines[i] ?? '')) ?? -1;
  const wanted = new Set(naming.slice(-MOST_NAMING));
  for (let i = Math.max(0, end - LINES_BEFORE); i < end; i += 1) wanted.add(i);
  return [...wanted]
    .sort((a, b) => a - b)
    .map((i) =>
      hideSecrets(lines[i] ?? '')
        .trimEnd()
        .slice(0, MOST_LINE),
    )
    .filter((line) => line !== '');
}

/** `a.ini` is not named by `data.ini`. */
function names(line: string, id: string): boolean {
  const at = line.indexOf(id);
  return at >= 0 && !/[\w.-]/.test(line[at - 1] ?? ' ') && !/[\w-]/.test(line[at + id.length] ?? ' ');
}

async function logPath({ config, machine, monitor }: Instance): Promise<string | null> {
  const configured = config?.logto ?? null;
  if (configured !== null) return configured;
  const pid = monitor.document?.pid;
  if (pid === undefined) return null;
  const path = await machine.files.realPath(`/proc/${pid}/fd/2`).catch(() => null);
  const found = path === null ? null : await machine.files.stat(path);
  return found?.kind === 'file' ? path : null;
}
