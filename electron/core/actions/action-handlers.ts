/** The methods `rolling.*` and `action.*` of the contract. */
import type { HandlerContext, Part } from '../handlers.ts';

export function actionHandlers({ registry, rolling, actions }: HandlerContext): Part<'rolling' | 'action'> {
  return {
    'rolling.plan': async ({ instanceIds }) => rolling.plan(instanceIds),
    'rolling.start': async (options) => rolling.start(options),
    'rolling.stop': ({ rollingId }) => rolling.stop(rollingId),
    'rolling.resume': async ({ rollingId, confirmedNames }) => rolling.resume(rollingId, confirmedNames),
    'rolling.list': () => ({ runs: rolling.list() }),
    'action.plan': async ({ instanceId, kind, wid }) => actions.plan(registry.get(instanceId), kind, wid ?? null),
    'action.run': async ({ instanceId, kind, wid, confirmedName }) =>
      actions.run(registry.get(instanceId), kind, wid ?? null, confirmedName),
  };
}
