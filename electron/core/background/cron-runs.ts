/**
 * When crons of a real uWSGI ran last: its stats document tells of a run only while it goes on. What polls have seen of
 * runs is kept; one that was over between two polls is not seen. The bundled engine tells by itself.
 */
import type { StatsDocument } from '../../../engine/api/stats.ts';

export interface SeenRun {
  pid: number;
  /** Epoch seconds, by the clock of its server. */
  startedAt: number;
  /** By ours; null: it still runs. */
  endedAtMs: number | null;
}

export class CronRuns {
  readonly #seen = new Map<string, SeenRun>();

  see({ crons = [] }: StatsDocument, atMs: number): void {
    for (const [index, { command, pid, started_at: startedAt }] of crons.entries()) {
      const key = keyOf(index, command);
      const seen = this.#seen.get(key);
      const isSame = seen !== undefined && seen.pid === pid;
      if (seen !== undefined && seen.endedAtMs === null && !isSame) seen.endedAtMs = atMs;
      if (pid > 0 && !isSame) this.#seen.set(key, { pid, startedAt, endedAtMs: null });
    }
  }

  /** Of the cron at this place in the document. */
  lastOf(index: number, command: string): SeenRun | null {
    return this.#seen.get(keyOf(index, command)) ?? null;
  }
}

function keyOf(index: number, command: string): string {
  return `${index} ${command}`;
}
