/** What `worker-accept` means for a worker that starts, and where its parts meet in the run folder. */
import type { EngineSettings } from '../config/settings.ts';
import type { DirectBoot } from './control.ts';
import type { RuntimePlace } from './runtimes.ts';

/** Null: the gateways accept connections. */
export function directBoot(settings: EngineSettings, place: RuntimePlace): DirectBoot | null {
  if (!settings.sockets.workerAccept) return null;
  const { harakiri, disableLogging, log, protocols } = settings;
  const filters = Object.values(log.requestFilter);
  return {
    keeper: keeperPath(place.runFolder),
    folder: place.runFolder,
    bodyFolder: place.bodyFolder,
    harakiriSeconds: harakiri.seconds,
    logsRequests: !disableLogging || filters.some((value) => value !== false && value !== 0),
    trustedProxies: protocols.trustedProxies,
    modifiers: protocols.modifiers,
    bufferSizeBytes: settings.bufferSizeBytes,
    limitPostBytes: settings.limitPostBytes,
    socketTimeoutSeconds: settings.socketTimeoutSeconds,
  };
}

export function keeperPath(runFolder: string): string {
  return `${runFolder}/sockets`;
}

export function boardPath(runFolder: string, spawnId: number): string {
  return `${runFolder}/board-${spawnId}`;
}
