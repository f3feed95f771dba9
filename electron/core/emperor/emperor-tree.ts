/**
 * All that one emperor rules, emperors among its vassals with theirs below them, as far as they are attached, too. Tells
 * which instance is attached to which vassal by the process that answers.
 */
import type { Emperor, VassalRow } from '../../contract/emperor-model.ts';
import type { Instance } from '../instances/instance.ts';
import type { OwnRow } from './vassal-rows.ts';

/** Emperors below emperors below emperors: as deep as it is shown. */
const MOST_DEPTH = 5;

/** null: it has not answered yet, or is no emperor. */
export function emperorTree(instance: Instance, all: readonly Instance[], atMs: number): Emperor | null {
  const document = instance.monitor.emperor;
  if (document === null) return null;
  const neighbours = new Neighbours(all.filter(({ machine }) => machine.id === instance.machine.id));
  return {
    head: {
      atMs,
      pid: document.pid,
      monitors: document.emperor,
      tyrant: document.emperor_tyrant > 0,
      tellsCauses: document.reeve !== undefined,
    },
    vassals: rowsBelow(instance, null, 0, neighbours, new Set([instance.id])),
  };
}

/** Of a vassal, among those of all emperors. */
export function keyOfVassal(emperorId: string, row: OwnRow): string {
  return `${emperorId}\n${row.key}`;
}

/** Instances of one machine, by the process that answers. */
class Neighbours {
  readonly servers = new Map<number, Instance>();
  readonly emperors = new Map<number, Instance>();

  constructor(instances: readonly Instance[]) {
    for (const instance of instances) {
      if (instance.monitor.link.status !== 'attached') continue;
      const { pid, parentPid } = instance.masterProcess;
      if (pid === null) continue;
      if (instance.record.kind !== 'emperor') {
        this.servers.set(pid, instance);
        continue;
      }
      this.emperors.set(pid, instance);
      // With a master uWSGI's emperor is a child of it, and the master is the vassal.
      if (parentPid !== null && !this.emperors.has(parentPid)) this.emperors.set(parentPid, instance);
    }
  }
}

function rowsBelow(
  emperor: Instance,
  parentKey: string | null,
  depth: number,
  neighbours: Neighbours,
  above: ReadonlySet<string>,
): VassalRow[] {
  return emperor.vassals.flatMap((own) => {
    const key = keyOfVassal(emperor.id, own);
    const below = own.pid === null ? undefined : neighbours.emperors.get(own.pid);
    const isNew = below !== undefined && !above.has(below.id) && depth < MOST_DEPTH;
    const server = own.pid === null ? undefined : neighbours.servers.get(own.pid);
    const row: VassalRow = {
      ...own,
      key,
      parentKey,
      depth,
      emperorId: emperor.id,
      instanceId: server?.id ?? below?.id ?? null,
      isEmperor: below !== undefined,
    };
    return isNew ? [row, ...rowsBelow(below, key, depth + 1, neighbours, new Set([...above, below.id]))] : [row];
  });
}
