/** What has been opened as root and must stay usable after `uid` and `gid`. Pure. */
import type { LogChannel } from '../config/log-settings.ts';
import type { EngineSettings, SocketAddress } from '../config/settings.ts';

/** Sockets with an owner of their own (`chown-socket`) and pidfiles, which root's tools trust, stay as they are. */
export function handedOver(settings: EngineSettings): string[] {
  const { listeners, log, masterFifos, sockets, stats } = settings;
  const addresses = sockets.owner === null ? [...stats, ...listeners.map(({ address }) => address)] : stats;
  return [...masterFifos, ...addresses.flatMap(pathOf), ...logFiles(log.server), ...logFiles(log.requests)];
}

/** They are opened anew and rotated later on. */
function logFiles({ loggers }: LogChannel): string[] {
  return loggers.flatMap(({ target }) => (target.type === 'file' ? [target.path] : []));
}

function pathOf(address: SocketAddress): string[] {
  return address.type === 'unix' ? [address.path] : [];
}
