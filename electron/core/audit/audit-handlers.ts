/** The methods of the contract about the record of actions, and about secrets of requests, whose showing goes on it. */
import type { RevealedRequest } from '../../contract/logs-model.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import { stripControls } from '../logs/log-text.ts';
import { hostKeyOf } from './audit-log.ts';
import { SecretViews } from './secret-views.ts';

const LONGEST_VALUE = 16_000;

export function auditHandlers({ ports, registry, audit }: HandlerContext): Part<'audit' | 'requests'> {
  const views = new SecretViews(ports.clock);
  return {
    'audit.list': async ({ most }) => ({ entries: await audit.read(most) }),
    'requests.reveal': ({ instanceId, begin }, connection) => {
      const instance = registry.get(instanceId);
      if (begin) {
        views.begin(connection, instanceId);
        audit.record({
          action: 'requests.show',
          instance: instance.record.name,
          machine: instance.machine.id,
          hostKey: hostKeyOf(instance.machine),
          detail: 'Variables of running requests are shown with their secrets for 1 min',
          result: 'begun',
        });
      }
      const untilMs = views.untilMs(connection, instanceId);
      return { untilMs, requests: untilMs === 0 ? [] : revealed(instance) };
    },
  };
}

function revealed({ monitor }: Instance): RevealedRequest[] {
  const workers = monitor.document?.workers ?? [];
  return workers.flatMap(({ id, pid, cores }) =>
    cores
      .filter((core) => core.in_request !== 0)
      .map((core) => ({ wid: id, core: core.id, pid, vars: core.vars.flatMap(splitVariable) })),
  );
}

/** `KEY=VALUE`; the document ends each list with an empty one. */
function splitVariable(text: string): [string, string][] {
  const cut = text.indexOf('=');
  if (cut <= 0) return [];
  const value = text.slice(cut + 1, cut + 1 + LONGEST_VALUE);
  return [[stripControls(text.slice(0, cut)), stripControls(value)]];
}
