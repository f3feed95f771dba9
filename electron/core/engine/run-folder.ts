/**
 * Where sockets and FIFOs of bundled engines live when a configuration names none: a folder only this user may
 * enter, with a path short enough for a unix socket. It also remembers which engines run, so that one that outlived
 * a killed Reeve is ended at the next start.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcess } from '../discover/processes.ts';
import { errnoOf } from '../errors.ts';
import { Turns } from '../turns.ts';

/** sun_path without its closing zero: 107 bytes on Linux, 103 on macOS and the BSDs. */
const LONGEST_SOCKET_PATH = 103;
/** Instances are named by UUIDs. */
const LONGEST_FOLDER = LONGEST_SOCKET_PATH - '/00000000-0000-0000-0000-000000000000.stats'.length;
const LEFTOVER_MERCY_MS = 2_000;

export interface RunFolder {
  path: string;
  statsSocket(instanceId: string): string;
  fifo(instanceId: string): string;
  /** Remembers a running engine. */
  remember(instanceId: string, pid: number): Promise<void>;
  forget(instanceId: string): Promise<void>;
  /** Its engine has ended: forgets it, and removes the socket and the FIFO that it leaves where `vacuum` is off. */
  clear(instanceId: string): Promise<void>;
  /** Ends engines that an earlier Reeve left behind; gives their number. */
  endLeftovers(): Promise<number>;
  dispose(): Promise<void>;
}

export async function openRunFolder(dataFolder: string): Promise<RunFolder> {
  const wanted = join(dataFolder, 'run');
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  const short = Buffer.byteLength(wanted) <= LONGEST_FOLDER;
  const path = short ? wanted : await mkdtemp(join(tmpdir(), 'reeve-'));
  const pidFiles = new Turns();
  const pidFile = (instanceId: string): string => join(wanted, `${instanceId}.pid`);
  const statsSocket = (instanceId: string): string => join(path, `${instanceId}.stats`);
  const fifo = (instanceId: string): string => join(path, `${instanceId}.fifo`);
  const removeAll = async (instanceId: string): Promise<void> => {
    const paths = [pidFile(instanceId), statsSocket(instanceId), fifo(instanceId)];
    await Promise.all(paths.map(async (name) => rm(name, { force: true })));
  };
  return {
    path,
    statsSocket,
    fifo,
    remember: async (instanceId, pid) =>
      pidFiles.take(instanceId, async () => {
        const info = await readProcess(pid);
        await writeFile(pidFile(instanceId), JSON.stringify({ pid, startedAtMs: info?.startedAtMs ?? null }), {
          mode: 0o600,
        });
      }),
    forget: async (instanceId) => pidFiles.take(instanceId, async () => rm(pidFile(instanceId), { force: true })),
    clear: async (instanceId) => pidFiles.take(instanceId, async () => removeAll(instanceId)),
    endLeftovers: async () => {
      const names = (await readdir(wanted)).filter((name) => name.endsWith('.pid'));
      const ended = await Promise.all(
        names.map(async (name) => {
          const hasEnded = await endLeftover(join(wanted, name));
          await removeAll(name.slice(0, -'.pid'.length));
          return hasEnded;
        }),
      );
      return ended.filter(Boolean).length;
    },
    dispose: async () => {
      await pidFiles.idle();
      if (!short) await rm(path, { recursive: true, force: true });
    },
  };
}

/** Only a process that was started at the remembered time is that engine; pids are used again. */
async function endLeftover(path: string): Promise<boolean> {
  const kept = parsePidFile(await readFile(path, 'utf8'));
  await rm(path, { force: true });
  if (kept === null) return false;
  const info = await readProcess(kept.pid);
  if (info === null || info.startedAtMs === null || info.startedAtMs !== kept.startedAtMs) return false;
  if (!signal(kept.pid, 'SIGINT')) return false;
  const giveUpAt = performance.now() + LEFTOVER_MERCY_MS;
  while ((await readProcess(kept.pid))?.startedAtMs === kept.startedAtMs) {
    if (performance.now() > giveUpAt) {
      // With its workers: an engine leads a process group of its own, where the system has such.
      if (!signal(-kept.pid, 'SIGKILL')) signal(kept.pid, 'SIGKILL');
      break;
    }
    await sleep(50);
  }
  return true;
}

/** False: it has ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
    throw error;
  }
}

function parsePidFile(text: string): { pid: number; startedAtMs: number | null } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAtMs' in value)) return null;
    const { pid, startedAtMs } = value;
    if (typeof pid !== 'number' || (startedAtMs !== null && typeof startedAtMs !== 'number')) return null;
    return { pid, startedAtMs };
  } catch {
    return null;
  }
}
