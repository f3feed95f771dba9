/** What has been opened as root and must stay usable after `uid` and `gid`. Pure. */
import type { EngineSettings, SocketAddress } from '../config/settings.ts';

/** Sockets with an owner of their own (`chown-socket`) and pidfiles, which root's tools trust, stay as they are. */
export function handedOver(settings: EngineSettings): string[] {
  const { listeners, masterFifos, sockets, stats } = settings;
  const addresses = sockets.owner === null ? [...stats, ...listeners.map(({ address }) => address)] : stats;
  return [...masterFifos, ...addresses.flatMap(pathOf)];
}

function pathOf(address: SocketAddress): string[] {
  return address.type === 'unix' ? [address.path] : [];
}
