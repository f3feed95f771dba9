/** The methods of the contract about the record of actions, and about secrets of requests, whose showing goes on it. */
import type { RevealedRequest } from '../../contract/logs-model.ts';
import type { Connection } from '../../rpc/server.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import type { Instance } from '../instances/instance.ts';
import { stripControls } from '../logs/log-text.ts';

const SHOWN_FOR_MS = 60_000;
const LONGEST_VALUE = 16_000;

export function auditHandlers({ ports, registry, audit }: HandlerContext): Part<'audit' | 'requests'> {
  /** Until when a page may see secrets of an instance. */
  const open = new WeakMap<Connection, Map<string, number>>();
  return {
    'audit.list': async ({ most }) => ({ entries: await audit.read(most) }),
    'requests.reveal': ({ instanceId, begin }, connection) => {
      const instance = registry.get(instanceId);
      const now = ports.clock.now();
      const opened = open.get(connection) ?? new Map<string, number>();
      if (begin) {
        open.set(connection, opened.set(instanceId, now + SHOWN_FOR_MS));
        audit.record({
          action: 'requests.show',
          instance: instance.record.name,
          machine: instance.machine.id,
          detail: 'Variables of running requests are shown with their secrets for 1 min',
          result: 'begun',
        });
      }
      const untilMs = opened.get(instanceId) ?? 0;
      return untilMs > now ? { untilMs, requests: revealed(instance) } : { untilMs: 0, requests: [] };
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
