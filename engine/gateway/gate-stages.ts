/** The stages of the gate that a configuration asks for, in the order in which they see a request: routes, then files. */
import { hasRouting } from '../config/routing-settings.ts';
import { servesFiles } from '../config/static-settings.ts';
import { FileServer } from './file-server.ts';
import type { GatewayOptions } from './messages.ts';
import type { GateStage } from './request-gate.ts';
import type { CommonsClient } from './routing/commons-client.ts';
import { longActions } from './routing/long-actions.ts';
import type { RoutingHost } from './routing/route-context.ts';
import { RoutingStage } from './routing/routing-stage.ts';
import type { WorkerCalls } from './routing/worker-calls.ts';
import { StaticFiles } from './static-files.ts';

/** @param host what routes ask of the gateway; `commons` are the instance's caches and metrics, `calls` its workers' functions */
export function gateStages(
  { routing, staticFiles, readsTarget }: GatewayOptions,
  host: Omit<RoutingHost, 'mediaTypes'>,
  commons: CommonsClient,
  calls: WorkerCalls,
): GateStage[] {
  const stages: GateStage[] = [];
  const isRouted = hasRouting(routing);
  if (!isRouted && !servesFiles(staticFiles)) return stages;
  const server = new FileServer(staticFiles, (path, root) =>
    host.log(`security error: ${path} leads to a file that is not under ${root} or a folder of static-safe`),
  );
  if (isRouted) {
    const routed = { ...host, mediaTypes: () => server.types };
    stages.push(new RoutingStage(routing, routed, longActions(commons, calls, server), readsTarget));
  }
  if (servesFiles(staticFiles)) stages.push(new StaticFiles(staticFiles, server));
  return stages;
}
