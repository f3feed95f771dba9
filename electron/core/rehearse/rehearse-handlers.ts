/** The methods of the contract about rehearsals. */
import type { HandlerContext, Part } from '../handlers.ts';

export function rehearseHandlers({ registry, rehearsals }: HandlerContext): Part<'rehearse'> {
  return {
    'rehearse.start': async ({ instanceId, text, consent }) =>
      rehearsals.start(registry.get(instanceId), text, consent),
    'rehearse.newest': ({ instanceId }) => ({ rehearsal: rehearsals.newest(registry.get(instanceId).id) }),
    'rehearse.cancel': ({ instanceId }) => {
      rehearsals.cancel(registry.get(instanceId).id);
      return {};
    },
  };
}
