/** The stages of the gate that a configuration asks for, in the order in which they see a request. */
import { servesFiles } from '../config/static-settings.ts';
import { FileServer } from './file-server.ts';
import type { GatewayOptions } from './messages.ts';
import type { GateStage } from './request-gate.ts';
import { StaticFiles } from './static-files.ts';

/** @param trouble a line for the log */
export function gateStages({ staticFiles }: GatewayOptions, trouble: (text: string) => void): GateStage[] {
  if (!servesFiles(staticFiles)) return [];
  const server = new FileServer(staticFiles, (path, root) =>
    trouble(`security error: ${path} leads to a file that is not under ${root} or a folder of static-safe`),
  );
  return [new StaticFiles(staticFiles, server)];
}
