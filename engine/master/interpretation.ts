/** What settings mean for the machine and for the gateways. Pure but for the machine's name. */
import { hostname } from 'node:os';
import { formatAddress } from '../config/address.ts';
import type { EngineSettings } from '../config/settings.ts';
import type { GatewayOptions } from '../gateway/messages.ts';
import type { Plan } from './events.ts';

export function planOf(settings: EngineSettings): Plan {
  const canFork = settings.app.language !== 'javascript' && process.platform !== 'win32';
  return {
    processes: settings.processes,
    threads: settings.threads,
    spawn: canFork && !settings.lazyApps ? 'fork' : 'fresh',
    needApp: settings.needApp,
    mercyMs: settings.workerReloadMercySeconds * 1000,
  };
}

export function gatewayOptions(settings: EngineSettings, logFd: number): GatewayOptions {
  return {
    environEncoding: settings.app.language === 'javascript' ? 'json' : 'marshal',
    hostname: hostname(),
    listen: settings.listen,
    bufferSizeBytes: settings.bufferSizeBytes,
    limitPostBytes: settings.limitPostBytes,
    harakiriSeconds: settings.harakiriSeconds,
    socketTimeoutSeconds: settings.socketTimeoutSeconds,
    httpTimeoutSeconds: settings.httpTimeoutSeconds,
    httpKeepaliveSeconds: settings.httpKeepaliveSeconds,
    logFd: settings.disableLogging ? -1 : logFd,
    logFormat: settings.logFormat,
    logMicros: false,
    memoryReport: settings.memoryReport,
  };
}

/** What a reload can not change; null: this one can go ahead. */
export function reloadObstacle(present: EngineSettings, next: EngineSettings): string | null {
  if ((present.app.language === 'javascript') !== (next.app.language === 'javascript')) {
    return 'The language of the application has changed. Stop the engine and start it again.';
  }
  const kinds = new Map(present.listeners.map((one) => [formatAddress(one.address), one.kind]));
  const changed = next.listeners.find((one) => {
    const kind = kinds.get(formatAddress(one.address));
    return kind !== undefined && kind !== one.kind;
  });
  if (changed === undefined) return null;
  return `${changed.text} was another kind of socket before. Stop the engine and start it again, or use another address.`;
}
