/** The methods of the contract about logs, about what running requests carry, and the record of actions. */
import type { HandlerContext, Part } from '../handlers.ts';
import { findLogSources } from './log-sources.ts';

export function logHandlers({ registry, logs }: HandlerContext): Part<'log'> {
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
  };
}
