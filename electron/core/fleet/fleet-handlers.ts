/** The methods `fleet.*`: what an import would add, adding it, and the list as a file. */
import { randomUUID } from 'node:crypto';
import type { ImportRow } from '../../contract/fleet-model.ts';
import { CoreError, toErrorData } from '../errors.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import { followMaster } from '../instances/attach.ts';
import { LOCAL } from '../machine/machine.ts';
import { parseStatsTarget } from '../stats/target.ts';
import { exportFleet } from './fleet-export.ts';
import { previewImport } from './import-preview.ts';
import { sparkOf } from './spark.ts';

/** First polls of many are spread, so that they do not all come at once. */
const SPREAD_MS = 50;

export function fleetHandlers(context: HandlerContext): Part<'fleet'> {
  const { registry, ports } = context;
  return {
    'fleet.sparks': () => ({
      sparks: registry.all().map(({ id, monitor }) => ({ instanceId: id, ...sparkOf(monitor.ring) })),
    }),
    'fleet.preview': ({ format, text }) => {
      const known = new Set(registry.all().map(({ record }) => record.statsAddress));
      return previewImport(format, text, known, ports.homeFolder);
    },
    'fleet.import': ({ rows }) => {
      const refused: { address: string; text: string }[] = [];
      let added = 0;
      for (const row of rows) {
        try {
          addRow(context, row, added * SPREAD_MS);
          added += 1;
        } catch (error) {
          refused.push({ address: row.address, text: toErrorData(error).message });
        }
      }
      const addresses = rows.map(({ address }) => address).join(', ');
      context.audit.record({
        action: 'fleet.import',
        machine: LOCAL,
        detail: `${added} of ${rows.length} instances added: ${addresses}`,
        result: added > 0 || rows.length === 0 ? 'done' : 'refused',
        reason: refused[0]?.text ?? null,
      });
      return { added, refused };
    },
    'fleet.export': ({ format }) =>
      exportFleet(
        registry.all().map(({ record }) => record),
        format,
      ),
  };
}

/** Throws `stats-address`, `ssh-destination` or `instance-known`. */
function addRow(
  { registry, machines, ports, onTrouble }: HandlerContext,
  { name, address, tags }: ImportRow,
  phaseMs: number,
) {
  const target = parseStatsTarget(address, ports.homeFolder);
  if (registry.find((record) => record.statsAddress === target.text) !== null) {
    throw new CoreError('instance-known', { address: target.text });
  }
  // Refuses a machine that there is no way to, before anything is kept.
  machines.get(target.machine);
  const instance = registry.add({
    id: randomUUID(),
    name: registry.freeName(name.trim() || target.text.slice(0, 100)),
    kind: 'attached',
    statsAddress: target.text,
    configPath: null,
    sample: false,
    wanted: 'running',
    acceptedMethods: [],
    lastReloadAtMs: null,
    tags: [...new Set(tags)],
  });
  followMaster(instance, ports, onTrouble);
  instance.attach({ phaseMs });
}
