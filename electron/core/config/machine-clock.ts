/**
 * How far the clock of a machine is ahead of this one's: files and processes there carry its times, reloads are noted
 * with ours. What became of a version is told by comparing both.
 */
import type { Machine } from '../machine/machine.ts';

/** Its answer is in whole seconds and took a while. */
const NOTHING_MS = 2_000;
const KEPT_MS = 10 * 60_000;

const known = new WeakMap<Machine, { atMs: number; ahead: Promise<number> }>();

/** Milliseconds; 0 where it is about the same, or can't be asked. Never rejects. */
export async function clockAheadMs(machine: Machine): Promise<number> {
  if (machine.isLocal) return 0;
  const last = known.get(machine);
  if (last !== undefined && performance.now() - last.atMs < KEPT_MS) return last.ahead;
  const ahead = ask(machine).catch(() => {
    // Without a link nothing is compared; it is asked again then.
    known.delete(machine);
    return 0;
  });
  known.set(machine, { atMs: performance.now(), ahead });
  return ahead;
}

async function ask(machine: Machine): Promise<number> {
  const before = Date.now();
  const { stdout } = await machine.run(['date', '+%s'], { deadlineMs: 5_000, mostBytes: 1_000 });
  const seconds = Number.parseInt(stdout.toString('latin1'), 10);
  if (!Number.isSafeInteger(seconds)) return 0;
  const ahead = seconds * 1000 + 500 - (before + Date.now()) / 2;
  return Math.abs(ahead) < NOTHING_MS ? 0 : Math.round(ahead);
}
