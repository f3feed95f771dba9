/** The methods of the contract about emperors and their vassals. */
import type { VassalResult } from '../../contract/emperor-model.ts';
import { type AuditRecord, hostKeyOf } from '../audit/audit-log.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import { requireName } from '../reload/read-only.ts';
import { Turns } from '../turns.ts';
import { count } from '../words.ts';
import { attachVassals, openVassal, touchVassals, vassalOf } from './vassal-desk.ts';
import { readVassalLog } from './vassal-log.ts';

export function emperorHandlers(context: HandlerContext): Part<'emperor'> {
  const { registry, audit, emperors } = context;
  const turns = new Turns();
  return {
    'emperor.watch': ({ instanceId }, connection) => ({
      emperor: emperors.watch(registry.get(instanceId), connection),
    }),
    'emperor.unwatch': ({ instanceId }, connection) => {
      emperors.unwatch(instanceId, connection);
      return {};
    },
    'emperor.touch': async ({ instanceId, vassals, confirmedName }) => {
      const instance = registry.get(instanceId);
      requireName(instance, confirmedName);
      const detail = `Touch ${count(vassals.length, 'vassal', 'vassals')}: ${namesOf(instance, vassals)}`;
      const results = await turns.take(instanceId, async () =>
        audit.around(
          { ...recordOf(instance), action: 'emperor.touch', detail },
          async () => touchVassals(instance, vassals),
          judge,
        ),
      );
      return { results };
    },
    'emperor.attach': async ({ instanceId, vassals }) => ({
      results: await turns.take(`attach ${instanceId}`, async () =>
        attachVassals(context, registry.get(instanceId), vassals),
      ),
    }),
    'emperor.open': async ({ instanceId, vassal }) => {
      const opened = await turns.take(`attach ${instanceId}`, async () =>
        openVassal(context, registry.get(instanceId), vassal),
      );
      return opened.row();
    },
    'emperor.log': async ({ instanceId, vassal }) => {
      const instance = registry.get(instanceId);
      return readVassalLog(instance, vassalOf(instance, vassal).id);
    },
  };
}

function recordOf({ record, machine }: Instance): Pick<AuditRecord, 'instance' | 'machine' | 'hostKey'> {
  return { instance: record.name, machine: machine.id, hostKey: hostKeyOf(machine) };
}

function namesOf({ vassals }: Instance, keys: readonly string[]): string {
  const paths = vassals.filter((row) => keys.some((key) => key.endsWith(`\n${row.key}`)));
  return paths.map(({ id, configPath }) => configPath ?? id).join(', ');
}

function judge(results: readonly VassalResult[]): { result: 'done' | 'failed'; reason?: string } {
  const failed = results.filter(({ status }) => status === 'failed');
  const [first] = failed;
  if (first === undefined) return { result: 'done' };
  const reason = `${failed.length} of ${results.length} were not touched: ${first.text}`;
  return { result: failed.length < results.length ? 'done' : 'failed', reason };
}
