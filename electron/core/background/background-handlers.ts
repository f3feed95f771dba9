/** The methods of the contract about what runs beside requests, and about tasks of spoolers. */
import type { Params, Result } from '../../contract/api.ts';
import type { TaskName, TaskResult } from '../../contract/background-model.ts';
import { type AuditRecord, hostKeyOf } from '../audit/audit-log.ts';
import { SHOWN_FOR_MS } from '../audit/secret-views.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import { requireName } from '../reload/read-only.ts';
import { Turns } from '../turns.ts';
import { count } from '../words.ts';
import { changeTasks, listSpool, readTask } from './spool-desk.ts';

export function backgroundHandlers(context: HandlerContext): Part<'background' | 'spool'> {
  const { ports, registry, audit, background } = context;
  const turns = new Turns();
  const change = async (
    what: 'retry' | 'delete',
    { instanceId, folder, tasks, confirmedName }: Params<'spool.delete'>,
  ): Promise<Result<'spool.delete'>> => {
    const instance = registry.get(instanceId);
    requireName(instance, confirmedName);
    const detail = `${count(tasks.length, 'task', 'tasks')} in ${folder}: ${namesOf(tasks)}`;
    const results = await turns.take(`${instanceId} ${folder}`, async () =>
      audit.around(
        { ...recordOf(instance), action: `spool.${what}`, detail },
        async () => changeTasks(instance, what, folder, tasks),
        judge,
      ),
    );
    return { results };
  };
  return {
    'background.watch': ({ instanceId }, connection) => ({
      background: background.watch(registry.get(instanceId), connection),
    }),
    'background.unwatch': ({ instanceId }, connection) => {
      background.unwatch(instanceId, connection);
      return {};
    },
    'spool.list': async ({ instanceId, folder }) =>
      listSpool(registry.get(instanceId), folder, () => ports.clock.now()),
    'spool.task': async ({ instanceId, folder, task, reveal }) => {
      const instance = registry.get(instanceId);
      if (reveal) {
        const detail = `Task ${task.place}/${task.name} in ${folder} is shown with its secrets for 1 min`;
        audit.record({ ...recordOf(instance), action: 'spool.show', detail, result: 'begun' });
      }
      return readTask(instance, folder, task, reveal ? ports.clock.now() + SHOWN_FOR_MS : 0);
    },
    'spool.retry': async (params) => change('retry', params),
    'spool.delete': async (params) => change('delete', params),
  };
}

function recordOf({ record, machine }: Instance): Pick<AuditRecord, 'instance' | 'machine' | 'hostKey'> {
  return { instance: record.name, machine: machine.id, hostKey: hostKeyOf(machine) };
}

const MOST_NAMED = 5;

function namesOf(tasks: readonly TaskName[]): string {
  const named = tasks.slice(0, MOST_NAMED).map(({ place, name }) => (place === '' ? name : `${place}/${name}`));
  return named.join(', ') + (tasks.length > MOST_NAMED ? `, and ${tasks.length - MOST_NAMED} more` : '');
}

function judge(results: readonly TaskResult[]): { result: 'done' | 'failed' | 'refused'; reason?: string } {
  const left = results.filter(({ status }) => status !== 'done');
  if (left.length === 0) return { result: 'done' };
  const [first] = left;
  const words = { running: 'a process holds it', gone: 'it was gone', failed: first?.reason ?? '', done: '' };
  const reason = `${left.length} of ${results.length} were left as they are: ${first === undefined ? '' : words[first.status]}`;
  return { result: left.length < results.length ? 'done' : 'refused', reason };
}
