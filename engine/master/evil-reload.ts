/**
 * `evil-reload-on-rss` and `evil-reload-on-as`: finds workers that take too much memory, once a cycle, whatever they do.
 * uWSGI knows of their memory at the end of a request only; the kernel knows at any time.
 */
import type { RecyclingSettings } from '../config/settings.ts';
import { type ProcessMemory, readMemory } from '../process-memory.ts';
import type { WorkerEvent } from './events.ts';
import type { MasterState } from './machine-state.ts';

type TooLarge = Extract<WorkerEvent, { type: 'worker-too-large' }>;

export function findTooLarge(
  state: MasterState,
  { evilOnRssBytes, evilOnAsBytes }: RecyclingSettings,
  memoryOf: (pid: number) => ProcessMemory = readMemory,
): TooLarge[] {
  if (evilOnRssBytes === 0 && evilOnAsBytes === 0) return [];
  const found: TooLarge[] = [];
  for (const { spawnId, pid, phase } of state.workers.values()) {
    if (pid === 0 || phase === 'killed') continue;
    const { rssBytes, vszBytes } = memoryOf(pid);
    if (evilOnRssBytes > 0 && rssBytes >= evilOnRssBytes) {
      found.push({ type: 'worker-too-large', spawnId, what: 'RSS', bytes: rssBytes });
    } else if (evilOnAsBytes > 0 && vszBytes >= evilOnAsBytes) {
      found.push({ type: 'worker-too-large', spawnId, what: 'ADDRESS SPACE', bytes: vszBytes });
    }
  }
  return found;
}
