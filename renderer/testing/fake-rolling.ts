/** Rolling reloads and small actions without servers: a member after the other becomes done. For tests and `?fake` only. */

import type { RollingMember, RollingRun } from '../../electron/contract/actions-model.ts';
import type { Params, Result } from '../../electron/contract/api.ts';
import type { Instance } from '../../electron/contract/model.ts';
import { RpcError } from '../../electron/rpc/errors.ts';

interface Handlers {
  'rolling.plan': (params: Params<'rolling.plan'>) => Result<'rolling.plan'>;
  'rolling.start': (params: Params<'rolling.start'>) => RollingRun;
  'rolling.stop': (params: Params<'rolling.stop'>) => RollingRun;
  'rolling.resume': (params: Params<'rolling.resume'>) => RollingRun;
  'rolling.list': () => Result<'rolling.list'>;
  'action.plan': (params: Params<'action.plan'>) => Result<'action.plan'>;
  'action.run': (params: Params<'action.run'>) => Result<'action.run'>;
}

export interface FakeRolling {
  handlers: Handlers;
  /** One step of a second; the runs that changed. */
  step(atMs: number): RollingRun[];
}

const METHOD = 'Graceful reload';

export function createFakeRolling(instanceOf: (id: string) => Instance, now: () => number): FakeRolling {
  const runs = new Map<string, RollingRun>();

  function runOf(id: string): RollingRun {
    const run = runs.get(id);
    if (!run)
      throw new RpcError({ code: 'rolling-unknown', message: 'This rolling reload is not kept any more.', hint: null });
    return run;
  }

  function keep(run: RollingRun): RollingRun {
    runs.set(run.id, run);
    return run;
  }

  const handlers: Handlers = {
    'rolling.plan': ({ instanceIds }) => ({
      members: instanceIds.map((instanceId) => {
        const { name, readOnly, link } = instanceOf(instanceId);
        const isUp = link.status === 'attached';
        return {
          instanceId,
          name,
          method: isUp ? METHOD : null,
          action: isUp ? [`write r to /run/${name}.fifo`] : [],
          troubles: isUp ? [] : [{ status: 'fail', text: 'There is no link to it.' }],
          needsName: readOnly,
        };
      }),
    }),
    'rolling.start': (options) =>
      keep({
        id: `rolling-${runs.size + 1}`,
        options,
        startedAtMs: now(),
        finishedAtMs: null,
        status: 'running',
        reason: null,
        members: options.instanceIds.map((instanceId, index): RollingMember => {
          const afterCanary = index - Number(options.canary);
          return {
            instanceId,
            name: instanceOf(instanceId).name,
            wave: afterCanary < 0 ? 0 : Math.floor(afterCanary / options.waveSize) + Number(options.canary),
            status: 'waiting',
            method: METHOD,
            reloadId: null,
            progress: null,
            text: null,
          };
        }),
      }),
    'rolling.stop': ({ rollingId }) =>
      keep({ ...runOf(rollingId), status: 'stopped', reason: 'You stopped it.', finishedAtMs: now() }),
    'rolling.resume': ({ rollingId }) =>
      keep({ ...runOf(rollingId), status: 'running', reason: null, finishedAtMs: null }),
    'rolling.list': () => ({ runs: [...runs.values()].toReversed() }),
    'action.plan': ({ instanceId, kind }) => ({
      kind,
      title: kind,
      explanation: 'It is sent to the master.',
      enabled: true,
      whyNot: null,
      action: [`write to /run/${instanceOf(instanceId).name}.fifo`],
      needsName: instanceOf(instanceId).readOnly,
      acceptedBefore: false,
    }),
    'action.run': () => ({ status: 'done', title: 'Done', detail: 'The master carried it out.' }),
  };

  return {
    handlers,
    step: (atMs) =>
      [...runs.values()].filter(({ status }) => status === 'running').map((run) => keep(stepRun(run, atMs))),
  };
}

/** The wave that is not done goes on by one worker; after the last one the run is done. */
function stepRun(run: RollingRun, atMs: number): RollingRun {
  const open = run.members.filter(({ status }) => status === 'waiting' || status === 'reloading');
  const wave = Math.min(...open.map((member) => member.wave));
  const members = run.members.map((member) =>
    member.wave === wave && open.includes(member) ? stepMember(member) : member,
  );
  const isDone = members.every(({ status }) => status === 'done');
  return { ...run, members, status: isDone ? 'done' : 'running', finishedAtMs: isDone ? atMs : null };
}

function stepMember(member: RollingMember): RollingMember {
  const fresh = (member.progress?.fresh ?? 0) + 1;
  const of = member.progress?.of ?? 4;
  if (fresh < of) return { ...member, status: 'reloading', progress: { fresh, of }, text: null };
  return { ...member, status: 'done', progress: { fresh: of, of }, text: 'All 4 workers are new.' };
}
