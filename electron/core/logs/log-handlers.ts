/** The methods of the contract about logs of instances. */
import { hostKeyOf } from '../audit/audit-log.ts';
import { SecretViews } from '../audit/secret-views.ts';
import type { HandlerContext, Part } from '../handlers.ts';
import { findLogSources } from './log-sources.ts';

export function logHandlers({ ports, registry, logs, audit }: HandlerContext): Part<'log'> {
  const views = new SecretViews(ports.clock);
  return {
    'log.sources': async ({ instanceId }) => findLogSources(registry.get(instanceId)),
    'log.follow': async ({ instanceId, source = 'engine', most }, connection) => {
      const feed = await logs.follow(registry.get(instanceId), source, most, connection);
      return { source, lines: feed.ring.read(most), state: feed.state };
    },
    'log.unfollow': ({ instanceId }, connection) => {
      logs.unfollow(instanceId, connection);
      return {};
    },
    'log.read': ({ instanceId, source = 'engine', most }) => logs.read(registry.get(instanceId), source, most),
    'log.reveal': ({ instanceId, source = 'engine', begin, sinceSeq }, connection) => {
      const instance = registry.get(instanceId);
      const subject = `${instanceId} ${source}`;
      if (begin) {
        views.begin(connection, subject);
        audit.record({
          action: 'log.show',
          instance: instance.record.name,
          machine: instance.machine.id,
          hostKey: hostKeyOf(instance.machine),
          detail: `Lines of ${source} are shown with their secrets for 1 min`,
          result: 'begun',
        });
      }
      const untilMs = views.untilMs(connection, subject);
      return { untilMs, lines: untilMs === 0 ? [] : logs.reveal(instance, source, sinceSeq) };
    },
  };
}
