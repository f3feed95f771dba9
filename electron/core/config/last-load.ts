/**
 * When a running server read its configuration last, as far as it can be known from here: at its start, at a reload that
 * Reeve saw, or when a file that is watched was changed and all workers are younger than that. Times are those of its
 * machine's clock, as those of its files are.
 */
import type { ConfigHistory, ConfigLoad } from '../history/config-history.ts';
import type { Instance } from '../instances/instance.ts';
import type { Machine } from '../machine/machine.ts';
import { clockAheadMs } from './machine-clock.ts';
import { saveReloads } from './save-effect.ts';

export interface LastLoad {
  atMs: number;
  kind: 'start' | 'reload';
  /** How far the time may be off: other programs' processes, and workers, are known to the second only. */
  slackMs: number;
}

const SLACK_MS = 1_000;

/** null: it does not run, or its process can't be seen. */
export function startOf(instance: Instance, history: ConfigHistory): LastLoad | null {
  const { upSinceMs } = instance.row();
  if (upSinceMs === null) return null;
  if (instance.runner === null) return { atMs: upSinceMs, kind: 'start', slackMs: SLACK_MS };
  // Its file may still be written when it is about to start; it reads it once it is spawned.
  const spawned = history.loads(instance.id).find(({ kind, atMs }) => kind === 'start' && atMs >= upSinceMs);
  return { atMs: spawned?.atMs ?? upSinceMs, kind: 'start', slackMs: 0 };
}

/** `path`: the configuration file itself. */
export async function findLastLoad(instance: Instance, history: ConfigHistory, path: string): Promise<LastLoad | null> {
  const start = startOf(instance, history);
  if (start === null) return null;
  const reload = (await loadsOf(instance, history)).find(
    ({ kind, status, readsFiles }) => kind === 'reload' && readsFiles === 1 && status.startsWith('done'),
  );
  const known: LastLoad =
    reload !== undefined && reload.atMs > start.atMs ? { atMs: reload.atMs, kind: 'reload', slackMs: 0 } : start;
  const spawnedAtMs = oldestSpawnMs(instance);
  if (spawnedAtMs === null || spawnedAtMs <= known.atMs) return known;
  const mtimeMs = await mtimeOf(instance.machine, path);
  if (mtimeMs <= known.atMs + known.slackMs || mtimeMs > spawnedAtMs + SLACK_MS) return known;
  const isWatched = (await saveReloads(instance, path)) !== null;
  return isWatched ? { atMs: spawnedAtMs, kind: 'reload', slackMs: SLACK_MS } : known;
}

/** What is noted of its reloads and starts, newest first. */
export async function loadsOf(instance: Instance, history: ConfigHistory): Promise<ConfigLoad[]> {
  const ahead = await clockAheadMs(instance.machine);
  return history.loads(instance.id).map((load) => Object.assign(load, { atMs: load.atMs + ahead }));
}

/** When the oldest of its workers was started; null: it has none. */
export function oldestSpawnMs(instance: Instance): number | null {
  const workers = instance.monitor.document?.workers.filter(({ pid }) => pid > 0) ?? [];
  return workers.length === 0 ? null : Math.min(...workers.map(({ last_spawn }) => last_spawn)) * 1000;
}

/** Of a file that is gone: whatever it said is older than now. */
export async function mtimeOf({ files }: Machine, path: string): Promise<number> {
  return (await files.stat(path))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}
